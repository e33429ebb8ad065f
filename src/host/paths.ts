import type { HostPaths } from './facts.ts';

/** In the place of a guest's name: an operation on this machine itself. No guest may have this name. */
export const DOM0 = 'dom0';

function findGuest(paths: HostPaths, guest: string): string {
  return guest === DOM0 ? `${paths.state}/host` : `${paths.state}/guests/${guest}`;
}

/** Every path below the state directory, in one place. Guest and operation are allow-listed names. */
export const statePaths = {
  guest: findGuest,
  lock: (paths: HostPaths, guest: string) => `${findGuest(paths, guest)}/lock`,
  identity: (paths: HostPaths, guest: string) => `${findGuest(paths, guest)}/identity`,
  /** Plan, journal, logs and consoles of one operation. */
  operation: (paths: HostPaths, guest: string, operation: string) =>
    `${findGuest(paths, guest)}/operations/${operation}`,
  /** The configuration that an operation replaced, kept for the way back. */
  oldConfig: (paths: HostPaths, guest: string, operation: string) =>
    `${findGuest(paths, guest)}/generations/${operation}.cfg`,
  /** Kernel and initrd for direct boot. */
  boot: (paths: HostPaths, guest: string, operation: string) =>
    `${findGuest(paths, guest)}/boot/${operation}`,
  /** The store of standard images, and what bakes keep to be quick. */
  images: (paths: HostPaths) => `${paths.state}/images`,
  /** The key that signs pushed images, and the keys of others that are trusted. */
  imageKeys: (paths: HostPaths) => `${paths.state}/image-keys`,
  bake: (paths: HostPaths) => `${paths.state}/bake`,
  /** What rebuilds need when the internet is down, unless the site names another directory. */
  vault: (paths: HostPaths) => `${paths.state}/vault`,
  /** Hashes of installation images, so that the next guest's image does not read the input again. */
  isoHashes: ({ state }: Pick<HostPaths, 'state'>) => `${state}/iso-hashes.json`,
  work: (paths: HostPaths, operation: string) => `${paths.state}/work/${operation}`,
  config: (paths: HostPaths, guest: string) => `${paths.config}/${guest}.cfg`,
  verifyConfig: (paths: HostPaths, guest: string, operation: string) =>
    `${findGuest(paths, guest)}/operations/${operation}/verify.cfg`,
  autoLink: (paths: HostPaths, guest: string) =>
    paths.auto === undefined ? undefined : `${paths.auto}/${guest}.cfg`,
  /** A change of dom0's network that waits for its confirmation. */
  networkChange: (paths: HostPaths) => `${paths.state}/host/network-change`,
  /** Which files of the package cache were found whole. */
  cacheSeen: (paths: HostPaths) => `${paths.state}/host/cache-seen.json`,
  /** Sockets and process identifiers of running QEMU guests. */
  runtime: (paths: HostPaths) => `${paths.state}/run`,
} as const;
