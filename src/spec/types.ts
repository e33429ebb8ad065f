/**
 * The normalised spec: every default is filled in, every size is in bytes, nothing is optional without a reason.
 * All of it is frozen. What a person writes is typed by `schema.ts`.
 */

import type { ImageSpec } from './image-types.ts';

/** A secret by reference. A hash is not clear text, yet it is treated as a secret everywhere. */
export type SecretReference =
  | { readonly kind: 'hash'; readonly hash: string }
  | { readonly kind: 'file'; readonly path: string; readonly oneLine?: true }
  | { readonly kind: 'env'; readonly name: string; readonly oneLine?: true };

/** Where root volumes live: a volume group, a thin pool in one, or a directory of files. */
export type StorageSpec =
  | { readonly kind: 'lvm'; readonly volumeGroup: string }
  | { readonly kind: 'thin'; readonly volumeGroup: string; readonly pool: string }
  | { readonly kind: 'files'; readonly directory: string };

/** What an installed guest keeps of the cache: its address, nothing, or a look each time whether it answers. */
export type GuestCacheUse = 'keep' | 'remove' | 'detect';

export type CacheSpec =
  | { readonly kind: 'off' }
  | {
      readonly kind: 'apt-cacher-ng';
      /** HOST:PORT. */
      readonly address: string;
      /** IP addresses that a cache on this machine listens on besides the one of `address`. */
      readonly listen: readonly string[];
      readonly guests: GuestCacheUse;
    }
  | { readonly kind: 'proxy'; readonly url: string; readonly guests: GuestCacheUse };

/** What `dom0 setup` makes of this machine. */
export interface Dom0Spec {
  readonly memoryBytes: number;
  /** Undefined: all of them. */
  readonly vcpus: number | undefined;
  readonly guestsAtShutdown: 'save' | 'shutdown';
  readonly guestConsoles: boolean;
}

export type HypervisorChoice = 'auto' | 'xl' | 'qemu';

export interface HostSpec {
  readonly hypervisor: HypervisorChoice;
  /** Undefined: the hypervisor's own default (files under the state directory for qemu). */
  readonly storage: StorageSpec | undefined;
  readonly cache: CacheSpec;
  readonly dom0: Dom0Spec;
  /** Installation images by suite, for route `iso`. */
  readonly isos: Readonly<Record<string, string>>;
  /** Directories with the installer's kernel and initrd by suite, for route `installer`. */
  readonly netboot: Readonly<Record<string, string>>;
  /** What the mirror lacks is put into the installer's initrd. */
  readonly completeInitrd: boolean;
  /** The directory of the vault; undefined: below the state directory. */
  readonly vault: string | undefined;
}

export type NetworkSpec =
  | {
      readonly name: string;
      readonly mode: 'bridge';
      readonly bridge: string;
      /** What `relight dom0 setup` makes a port of the bridge; undefined: the administrator sees to the bridge. */
      readonly interface?: string | undefined;
    }
  | { readonly name: string; readonly mode: 'routed'; readonly interface: string }
  | {
      readonly name: string;
      readonly mode: 'nat';
      readonly bridge: string;
      readonly subnet: string;
      readonly out: string;
    };

export type GuestType = 'pv' | 'pvh' | 'hvm';
export type BootMethod = 'grub' | 'direct' | 'pygrub' | 'bios' | 'uefi';
export type RouteName = 'installer' | 'iso' | 'bootstrap' | 'image' | 'fai';
export type RouteSpec =
  | { readonly kind: Exclude<RouteName, 'image'> }
  | { readonly kind: 'image'; readonly image: string };

/** `host`: the mirrors that this machine's own apt uses; otherwise the archive's base URL. */
export type MirrorSpec = { readonly kind: 'host' } | { readonly kind: 'url'; readonly url: string };

export type DiskLayout =
  | 'plain'
  | 'lvm'
  | 'luks'
  | { readonly recipe: string }
  /** Of this and the disks behind it: all with role `root`. */
  | { readonly raid: 0 | 1 | 5 | 6 | 10 };

/** What opens an encrypted disk: one line of printable ASCII, since a person types it when the guest boots. */
export type DiskKey = Exclude<SecretReference, { readonly kind: 'hash' }> & { readonly oneLine: true };

/** A disk of a guest, in the order of the spec: the first is xvda, the second xvdb, and so on. */
export interface DiskSpec {
  readonly name: string;
  /** Of several with role `root` the first is the disk `root`; the others make a RAID with it. */
  readonly role: 'root' | 'swap' | 'data';
  readonly sizeBytes: number;
  /** True: created only if absent, never written by an install, never destroyed. Always true for role `data`. */
  readonly keep: boolean;
  readonly layout: DiskLayout;
  /** Given exactly for layout `luks`. */
  readonly key?: DiskKey | undefined;
  /** Mount point inside the guest: `/` for root, undefined for swap and for the other disks of a RAID. */
  readonly mount: string | undefined;
  readonly filesystem: 'ext4' | 'xfs' | 'swap';
}

/** `public:publicPort -> guestPort`; without ports the whole address is forwarded. */
export interface ForwardSpec {
  readonly address: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number | undefined;
  readonly guestPort: number | undefined;
}

export interface NicSpec {
  readonly network: string;
  /** Lower case, derived from site and guest name unless given. */
  readonly mac: string;
  /** IPv4 configuration: DHCP, one static address with prefix, or none. */
  readonly ipv4:
    | { readonly kind: 'dhcp' }
    | { readonly kind: 'static'; readonly address: string }
    | undefined;
  /** Static IPv6 address with prefix length, or router advertisements (`auto`). */
  readonly ipv6:
    | { readonly kind: 'auto' }
    | { readonly kind: 'static'; readonly address: string }
    | undefined;
  readonly gateway: string | undefined;
  readonly gateway6: string | undefined;
  readonly dns: readonly string[];
  readonly forward: readonly ForwardSpec[];
}

export interface UserSpec {
  readonly name: string;
  readonly sudo: boolean;
  readonly sshKeys: readonly string[];
  readonly password: SecretReference | undefined;
  readonly shell: string;
}

export interface RootSpec {
  readonly login: boolean;
  readonly password: SecretReference | undefined;
  readonly sshKeys: readonly string[];
}

/** A file copied into the guest. `from` is absolute and below the site; `content` is text given inline instead. */
export interface FileSpec {
  readonly source:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'text'; readonly text: string };
  readonly to: string;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
}

export type CheckSpec =
  | { readonly kind: 'port'; readonly port: number }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly status: number;
      readonly contains: string | undefined;
    };

/** An answer that the installer is given beside relight's own; `owner` is `d-i` or a package that is installed. */
export interface PreseedExtra {
  readonly owner: string;
  readonly question: string;
  readonly type: 'boolean' | 'string' | 'select' | 'multiselect' | 'password' | 'note';
  readonly value: string;
}

/** One guest, ready to be planned: defaults and roles are merged in. */
export interface GuestSpec {
  readonly name: string;
  /** The file that described it, for messages. */
  readonly file: string;
  readonly suite: string;
  readonly guest: GuestType;
  readonly boot: BootMethod;
  readonly install: RouteSpec;
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly uuid: string;
  readonly mirror: MirrorSpec;
  readonly locale: string;
  readonly keyboard: string;
  readonly timezone: string;
  readonly disks: readonly DiskSpec[];
  readonly nics: readonly NicSpec[];
  readonly users: readonly UserSpec[];
  readonly root: RootSpec;
  readonly roles: readonly string[];
  readonly packages: readonly string[];
  readonly files: readonly FileSpec[];
  readonly run: readonly string[];
  readonly checks: readonly CheckSpec[];
  /** Further answers for the Debian installer. */
  readonly preseed: readonly PreseedExtra[];
  readonly start: 'auto' | 'manual';
  readonly timeouts: TimeoutsSpec;
}

/** How long a rebuild waits for a guest, in seconds. */
export interface TimeoutsSpec {
  /** From a start to the ready line. */
  readonly ready: number;
  /** Until a guest that does not shut down by itself is destroyed. */
  readonly shutdown: number;
  /** From the ready line until the checks have to pass. */
  readonly checks: number;
}

export interface Site {
  /** Gives MAC addresses and UUIDs their namespace. */
  readonly name: string;
  /** Absolute path of the site's directory. */
  readonly directory: string;
  readonly host: HostSpec;
  readonly networks: ReadonlyMap<string, NetworkSpec>;
  readonly guests: ReadonlyMap<string, GuestSpec>;
  readonly images: ReadonlyMap<string, ImageSpec>;
}
