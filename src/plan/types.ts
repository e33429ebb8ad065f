import type { CheckSpec, NicSpec, StorageSpec } from '../spec/types.ts';
import type { Expectation } from './expectation.ts';
import type { HostFileStep } from './host-file-step.ts';
import type { ImageStep } from './image-steps.ts';
import type { VolumeRootStep } from './volume-root-step.ts';

export type { Expectation } from './expectation.ts';
export type { RootPlace } from './volume-root-step.ts';

/** Names the step of a rebuild that a person sees. The order is the order of a rebuild. */
export type Phase =
  | 'prepare'
  | 'storage'
  | 'install'
  | 'personalise'
  | 'check'
  | 'write'
  | 'verify'
  | 'stop'
  | 'commit'
  | 'start'
  | 'finish';

/** Something on this machine that an action creates or destroys. `size` is in bytes. */
export interface ResourceReference {
  readonly kind: 'volume' | 'file' | 'directory' | 'domain' | 'link';
  readonly name: string;
  readonly size?: number;
}

/**
 * Text that may hold secrets by name. The executor puts the secret in at the last moment, on standard input or into a
 * file of mode 0600; plan, journal and logs only ever hold the name.
 */
export type Content = string | readonly ContentPart[];
export type ContentPart = { readonly text: string } | { readonly secret: string };

/** Tells the executor how to read progress out of a command's output. */
export type ProgressReader = 'mmdebstrap' | 'debootstrap' | 'none';

/** One file of an overlay, unpacked inside the guest's root by a chrooted tar, so that no symlink leads out. */
export interface OverlayEntry {
  readonly path: string;
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  readonly body:
    | { readonly kind: 'content'; readonly content: Content }
    | { readonly kind: 'host-file'; readonly path: string }
    | { readonly kind: 'link'; readonly target: string }
    | { readonly kind: 'directory' };
}

/** A disk of a domain. `device` is a path on this machine. */
export interface DomainDisk {
  readonly name: string;
  readonly device: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A domain as the hypervisors start it. */
export interface DomainDefinition {
  readonly name: string;
  readonly uuid: string;
  readonly guest: 'pv' | 'pvh' | 'hvm';
  readonly boot: 'grub' | 'direct' | 'pygrub' | 'bios' | 'uefi';
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly disks: readonly DomainDisk[];
  readonly nics: readonly NicSpec[];
  /** For direct boot: kernel and initrd on this machine, and the kernel's command line. */
  readonly kernel:
    | { readonly kernel: string; readonly initrd: string; readonly commandLine: string }
    | undefined;
  /** An image in a CD drive that the firmware tries first: for an HVM guest that is installed from it. */
  readonly cdrom?: string;
  /** The domain ends when it reboots: an installer, or a guest that is only tried. */
  readonly once?: boolean;
  /** TCP ports inside the guest that the checks need; QEMU forwards them to free ports of 127.0.0.1. */
  readonly ports: readonly number[];
}

export type VolumeState = 'building' | 'live' | 'old' | 'kept';

/** Tags of a volume (`relight.domu=`, `relight.op=`, ...). Role `data` is never destroyed by any step. */
export interface VolumeTags {
  readonly domu: string;
  readonly operation: string;
  readonly role: 'root' | 'swap' | 'data';
  readonly state: VolumeState;
}

/**
 * The instruction set of a plan: data, so that a plan can be printed, stored, compared and run.
 * Only `src/run/` gives it effects.
 */
export type Step =
  | ImageStep
  | {
      readonly do: 'run';
      readonly argv: readonly string[];
      readonly stdin?: Content;
      /** Seconds. */
      readonly deadline: number;
      readonly progress?: ProgressReader;
      /** Exit statuses that count as success besides 0. */
      readonly accept?: readonly number[];
    }
  | { readonly do: 'make-directory'; readonly path: string; readonly mode: number }
  | { readonly do: 'write-file'; readonly path: string; readonly content: Content; readonly mode: number }
  | { readonly do: 'create-file'; readonly path: string; readonly size: number; readonly mode: number }
  | { readonly do: 'rename'; readonly from: string; readonly to: string }
  /** Copies a file durably to a name of its own; a copy that is there already is left alone. */
  | { readonly do: 'keep-file'; readonly from: string; readonly to: string }
  /** Puts a kept copy back by a rename; when the copy is gone, it has been put back already. */
  | { readonly do: 'restore-file'; readonly from: string; readonly to: string }
  | HostFileStep
  | { readonly do: 'symlink'; readonly target: string; readonly path: string }
  /** Removes a file or a symbolic link; absent is fine. */
  | { readonly do: 'remove'; readonly path: string }
  /** Removes a configuration whose header names this operation; any other is left alone. */
  | { readonly do: 'remove-config'; readonly path: string; readonly operation: string }
  /** Removes a tree that relight made: the path must lie below the state directory's `work`. */
  | { readonly do: 'remove-work'; readonly path: string }
  | VolumeRootStep
  | { readonly do: 'unpack-overlay'; readonly root: string; readonly entries: readonly OverlayEntry[] }
  | { readonly do: 'set-password'; readonly root: string; readonly user: string; readonly secret: string }
  | {
      readonly do: 'write-grub-config';
      readonly root: string;
      readonly rootUuid: string;
      readonly commandLine: string;
      readonly serial: boolean;
    }
  | { readonly do: 'copy-kernel'; readonly root: string; readonly directory: string }
  | {
      readonly do: 'embed-grub';
      readonly root: string;
      readonly device: string;
      readonly boot: string;
      readonly core: string;
      readonly sector: number;
    }
  | {
      readonly do: 'format-if-blank';
      readonly device: string;
      readonly filesystem: 'ext4' | 'xfs';
      readonly uuid: string;
      readonly label: string;
    }
  | { readonly do: 'check-rootfs'; readonly root: string; readonly expectations: readonly Expectation[] }
  | {
      readonly do: 'start-domain';
      readonly domain: DomainDefinition;
      readonly config: string;
      readonly console: string;
    }
  | {
      readonly do: 'wait-ready';
      readonly domain: string;
      readonly console: string;
      readonly nonce: string;
      readonly deadline: number;
      readonly mounts: readonly string[];
    }
  | { readonly do: 'shutdown-domain'; readonly domain: string; readonly deadline: number }
  | { readonly do: 'destroy-domain'; readonly domain: string }
  | {
      readonly do: 'run-checks';
      readonly domain: string;
      readonly addresses: readonly string[];
      readonly checks: readonly CheckSpec[];
      readonly deadline: number;
    }
  /** Creates a volume under its tags; a volume of that name which is ours and right counts as done, a foreign one fails. */
  | {
      readonly do: 'create-volume';
      readonly storage: StorageSpec;
      readonly volume: string;
      readonly size: number;
      readonly tags: VolumeTags;
    }
  | {
      readonly do: 'tag-volume';
      readonly storage: StorageSpec;
      readonly volume: string;
      readonly operation: string;
      readonly state: VolumeState;
    }
  /** Destroys a rebuilt volume whose tags name this operation; absent is fine, anything else is refused. */
  | {
      readonly do: 'remove-volume';
      readonly storage: StorageSpec;
      readonly volume: string;
      readonly operation: string;
    };

/** How a resume finds out whether an action that the journal calls done still is. Probes only read. */
export type Probe =
  /** The journal's word is enough; the steps can be run again where it is not. */
  | { readonly kind: 'journal' }
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'volume';
      readonly storage: StorageSpec;
      readonly volume: string;
      readonly operation: string;
    }
  | { readonly kind: 'config'; readonly path: string; readonly operation: string }
  | { readonly kind: 'domain'; readonly domain: string; readonly running: boolean };

/** A step of a rebuild as data. `steps` do it, `undo` takes it back; both may be run again. */
export interface Action {
  readonly id: string;
  readonly phase: Phase;
  readonly title: string;
  readonly creates: readonly ResourceReference[];
  readonly destroys: readonly ResourceReference[];
  readonly probe: Probe;
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
  /** An action that cannot be done twice names the earlier action from which a resume begins again. */
  readonly redoFrom?: string;
  /** When it is done, all that the plan has written so far is on the disk: a power cut takes none of it. */
  readonly settles?: true;
}

/** What `plan` prints and `rebuild` executes. */
export interface Plan {
  readonly version: 1;
  readonly relight: string;
  readonly guest: string;
  readonly operation: string;
  readonly hypervisor: 'xl' | 'qemu';
  readonly route: string;
  /** SHA-256 of the normalised spec, and of the facts that the plan rests on. */
  readonly specHash: string;
  readonly hostHash: string;
  /** The operation that is live now and will be kept as the old generation. */
  readonly replaces: string | undefined;
  readonly commitAction: string;
  /** What the installation fetches from at its start: the suite's directory in the archive. Undefined: from nowhere. */
  readonly archive?: { readonly suite: string; readonly proxy?: string };
  readonly actions: readonly Action[];
  /** Names of the secrets that `Content` refers to. Their values are never part of a plan. */
  readonly secrets: readonly string[];
}
