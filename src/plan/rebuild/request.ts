import type { HostFacts } from '../../host/facts.ts';
import type { NetbootFacts } from '../../host/netboot.ts';
import type { VolumeWish } from '../../resources/volume.ts';
import type { DiskSpec, GuestSpec, Site } from '../../spec/types.ts';
import type { ArchiveSource } from '../../tools/mmdebstrap.ts';
import type { ImageSource } from './restore.ts';
import type { ServedArchive } from './served-archive.ts';

/** The archive that the vault keeps for one guest; it takes the place of the mirrors while the guest is installed. */
export interface VaultSource {
  readonly source: ArchiveSource;
  readonly keyring: string;
}

/** The installation image of route `iso`. */
export interface IsoSource {
  readonly path: string;
  readonly insecure: boolean;
  /** The suite under whose name the mirror has the installer's components, when it is not the guest's. */
  readonly componentSuite?: string;
}

/** Everything that a plan is made of. The random values come from the caller: planning itself is pure. */
export interface PlanRequest {
  readonly site: Site;
  readonly guest: GuestSpec;
  readonly facts: HostFacts;
  /** Names this rebuild: six hexadecimal digits that no volume or operation of the guest bears yet. */
  readonly operation: string;
  /** The ready line must repeat it. */
  readonly nonce: string;
  /** For a guest that has none yet: 32 hexadecimal digits (machine-id(5)). */
  readonly machineId: string;
  readonly specHash: string;
  readonly hostHash: string;
  readonly relightVersion: string;
  readonly bootstrapper: 'mmdebstrap' | 'debootstrap';
  /** The Debian installer, for the routes that use it. */
  readonly netboot?: NetbootFacts;
  /** The installation image, for route `iso`. */
  readonly iso?: IsoSource;
  /** Stop the new guest again once it has been checked. */
  readonly keepRunning: boolean;
  /** Install from what is stored, not from the mirrors. */
  readonly vault?: VaultSource;
  /** For the Debian installer with the internet down: what it fetches is served by this machine. */
  readonly served?: ServedArchive;
  /** For route `image:NAME`: the image. */
  readonly image?: ImageSource;
}

/** A disk of the guest with the volume that holds it in this operation. */
export interface PlannedDisk {
  readonly disk: DiskSpec;
  readonly volume: VolumeWish;
  /** `xvda`, `xvdb`, ... in the order of the spec. */
  readonly target: string;
  /** UUID of the filesystem or swap area that the guest mounts. */
  readonly filesystemUuid: string;
  /** Absent, made by relight for this guest, or somebody else's: used as it is, never formatted. */
  readonly found: 'absent' | 'own' | 'foreign';
}

/** The names and paths that several actions share. */
export interface PlanContext extends PlanRequest {
  readonly disks: readonly PlannedDisk[];
  readonly rootDisk: PlannedDisk;
  readonly work: string;
  readonly rootfs: string;
  readonly operationDirectory: string;
  readonly commandLine: string;
  /** The words of it that name consoles. */
  readonly consoleArguments: string;
  readonly serialConsole: boolean;
}
