import type { FilesystemPlace } from '../tools/mount.ts';
import type { ServedArchive } from './rebuild/served-archive.ts';
import type { Content } from './types.ts';

/** Where a root filesystem lies in its volume: at bytes that the plan knows, or in a partition that is looked up. */
export type RootPlace = FilesystemPlace | { readonly partition: number };

/** Steps of the routes whose root filesystem lies inside its volume from the start, and of the Debian installer, from the network or from an image. */
export type VolumeRootStep =
  /**
   * Mounts the ext4 filesystem that lies inside a volume, so that the steps with a `root` can work on it. Whatever an
   * interrupted run left mounted at `path` is unmounted first. `path` lies below the state directory's `work`.
   */
  | {
      readonly do: 'mount-root';
      readonly device: string;
      readonly place: RootPlace;
      readonly path: string;
      readonly readOnly: boolean;
    }
  /** Unmounts it and removes the mount point; not mounted, or no such path, is fine. */
  | { readonly do: 'unmount-root'; readonly path: string }
  /** Checks the ext4 filesystem in a partition of a disk that the installer has made, and gives it a UUID. */
  | {
      readonly do: 'adopt-root';
      readonly device: string;
      readonly partition: number;
      readonly uuid: string;
      /** Where the BIOS boot partition must lie, in bytes. */
      readonly biosOffset: number;
    }
  /** Writes the installer's initrd: files of the overlay, Debian's initrd, and perhaps what completes it. */
  | {
      readonly do: 'build-initrd';
      readonly initrd: string;
      readonly completion?: string;
      readonly files: readonly { readonly path: string; readonly content: Content; readonly mode: number }[];
      readonly target: string;
    }
  /** Remasters an installation image so that it installs the guest; `target` and its manifest get mode 0600. */
  | {
      readonly do: 'build-image';
      readonly image: string;
      /** Go on without a signed list of hashes beside the image. */
      readonly insecure: boolean;
      readonly guest: string;
      /** For the installer's initrd; one of them is /preseed.cfg. */
      readonly files: readonly { readonly path: string; readonly content: Content; readonly mode: number }[];
      readonly installerArguments: readonly string[];
      readonly alsoErases: readonly string[];
      readonly specHash: string;
      readonly relight: string;
      readonly target: string;
    }
  /**
   * Copies the installer's logs out of a root filesystem that may be half made, for what failed or was taken back.
   * Nothing there is fine. `path` is where it is mounted for that, `from` the directory in it.
   */
  | {
      readonly do: 'keep-logs';
      readonly device: string;
      readonly place: RootPlace;
      readonly path: string;
      readonly from: string;
      readonly names: readonly string[];
      readonly directory: string;
    }
  /**
   * Follows the Debian installer on a domain's console until it has powered the domain off. With `served` this machine
   * serves it the stored archive meanwhile.
   */
  | {
      readonly do: 'watch-install';
      readonly domain: string;
      readonly console: string;
      readonly nonce: string;
      /** Seconds for the whole installation, and without any sign of life. */
      readonly deadline: number;
      readonly silence: number;
      readonly guest: string;
      readonly served?: ServedArchive;
    };
