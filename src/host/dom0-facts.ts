import type { CacheFacts } from './cache-facts.ts';
import type { HostPaths, MirrorFacts } from './facts.ts';
import type { HostNetworkFacts } from './network.ts';

/** A file of this machine as it is. */
export interface FileFact {
  readonly text: string;
  readonly mode: number;
}

/** What Xen says of itself when this machine runs under it. */
export interface RunningXen {
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly commandLine: string;
  /** Of Domain-0 in `xl list`; undefined when xl does not answer. */
  readonly dom0: { readonly memoryMiB: number; readonly vcpus: number } | undefined;
  /** Why xl did not answer. */
  readonly problem: string | undefined;
}

/** A physical disk or partition, as lsblk(8) and wipefs(8) see it. */
export interface DiskFact {
  readonly path: string;
  readonly sizeBytes: number;
  readonly isDisk: boolean;
  /** Types of the signatures on it, and what holds it: empty for a disk that nobody uses. */
  readonly signatures: readonly string[];
  readonly mounted: boolean;
  readonly partitions: number;
}

export interface VolumeGroupFact {
  readonly name: string;
  readonly sizeBytes: number;
  readonly freeBytes: number;
  /** Names of its thin pools, with how full they are in percent. */
  readonly pools: readonly { readonly name: string; readonly dataPercent: number | undefined }[];
}

/** Everything about this machine that `dom0 setup` and `dom0 check` rest on. Collected by `src/run/dom0/probe.ts`. */
export interface Dom0Facts {
  readonly paths: HostPaths;
  /** ID and VERSION_CODENAME of os-release(5). */
  readonly system: { readonly id: string; readonly codename: string };
  /** dpkg's name of the architecture. */
  readonly architecture: string;
  /** `uname -r`. */
  readonly kernel: string;
  /** /proc/cmdline. */
  readonly kernelCommandLine: string;
  readonly firmware: 'bios' | 'efi';
  readonly secureBoot: boolean;
  /** Packages whose status is `installed`. */
  readonly installed: readonly string[];
  /** dpkg's half-done work, as `dpkg --audit` prints it; empty when there is none. */
  readonly dpkgAudit: string;
  /** Lines of `dpkg-divert --list`. */
  readonly diversions: readonly string[];
  /** The files that a plan may write, by path; a path that is not here does not exist. */
  readonly files: Readonly<Record<string, FileFact>>;
  readonly xen: RunningXen | undefined;
  readonly mirrors: MirrorFacts | undefined;
  /** The apt-cacher-ng of this machine, where the site wants one and it is installed. */
  readonly cache: CacheFacts | undefined;
  /** Whether a file of the archive comes through the cache of site.yaml. */
  readonly cacheAnswers: boolean;
  /** The program that listens on the cache's port of this machine. */
  readonly cacheListener: string | undefined;
  /** Addresses of this machine's own interfaces. */
  readonly addresses: readonly string[];
  readonly volumeGroups: readonly VolumeGroupFact[];
  /** Undefined where nobody looked: the site has no networks. */
  readonly network?: HostNetworkFacts | undefined;
  /** The disk named by `--storage`. */
  readonly disk: DiskFact | undefined;
}
