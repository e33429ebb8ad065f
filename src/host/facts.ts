import type { StorageSpec } from '../spec/types.ts';
import type { HostNetworkFacts } from './network.ts';

/** Where relight and the hypervisor keep things on this machine. All absolute. */
export interface HostPaths {
  /** relight's own state: journals, identities, old configurations. */
  readonly state: string;
  /** One configuration a guest; the rename in here is the commit. `/etc/xen` under xl. */
  readonly config: string;
  /** Links that start guests at boot (`/etc/xen/auto`), or undefined where the hypervisor has none. */
  readonly auto: string | undefined;
}

/** The archives that this machine's own apt uses. */
export interface MirrorFacts {
  readonly archive: string;
  readonly security: string | undefined;
}

/** A volume that belongs, or seems to belong, to the guest being planned. Sizes in bytes. */
export interface VolumeFact {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** Tags of relight: `domu`, `op`, `role`, `state`. Empty for a volume that relight did not make. */
  readonly tags: Readonly<Record<string, string>>;
  /** UUID of the volume itself (LVM) or undefined for files. */
  readonly uuid: string | undefined;
  readonly filesystem: { readonly type: string; readonly uuid: string | undefined } | undefined;
  readonly open: boolean;
}

/** The generation that is committed now, as its configuration's header says. */
export interface LiveGeneration {
  readonly operation: string;
  readonly configPath: string;
  readonly configText: string;
}

/** What dom0 forwards now: of interest to a rebuild where relight set the networks up. */
export type GuestNetworkFacts = Pick<HostNetworkFacts, 'firewall' | 'addresses' | 'files'>;

/** Everything about this machine that a plan rests on. Collected by `src/run/probe-host.ts`, hashed into the plan. */
export interface HostFacts {
  readonly hypervisor: 'xl' | 'qemu';
  readonly paths: HostPaths;
  readonly storage: StorageSpec;
  /** Where LVM has its device nodes: `/dev`, unless lvm.conf says otherwise. */
  readonly devicesDirectory: string;
  readonly freeBytes: number;
  readonly volumes: readonly VolumeFact[];
  readonly live: LiveGeneration | undefined;
  /** A configuration that relight did not write lies under the guest's name. */
  readonly foreignConfig: string | undefined;
  readonly running: boolean;
  readonly autostart: boolean;
  readonly mirrors: MirrorFacts | undefined;
  readonly keyring: string;
  /** Whether the guest's kept identity exists already: its files' names below `identity/`. */
  readonly identity: readonly string[];
  /** Hashes of the site's files that are copied into the guest, by absolute path. */
  readonly fileHashes: Readonly<Record<string, string>>;
  readonly xenVersion: string | undefined;
  readonly network?: GuestNetworkFacts | undefined;
}
