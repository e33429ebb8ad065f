import type { GuestSpec } from '../spec/types.ts';

/** What a preseed is made of, besides the spec. */
export interface PreseedRequest {
  readonly guest: GuestSpec;
  /** Base URLs of the archives; `security` is undefined when there is none to use. */
  readonly mirror: { readonly archive: string; readonly security: string | undefined };
  /** The proxy for packages, as `http://host:port`. */
  readonly proxy: string | undefined;
  /** The root disk as the installer sees it, such as `/dev/xvda`. */
  readonly rootDevice: string;
  /** The other disks of a RAID with it. */
  readonly raidDevices: readonly string[];
  /** The swap disk, when the guest has one, and the UUID that its swap area gets. */
  readonly swap: { readonly device: string; readonly uuid: string } | undefined;
  /** Packages beyond the installer's base system, checked names. */
  readonly packages: readonly string[];
  /** Words for the installed kernel's command line. */
  readonly commandLine: string;
  /** Printed by the late script when all is done, so that the watcher knows a finished installation. */
  readonly nonce?: string;
  /** True: relight makes the guest boot once it is installed, and the installer leaves the boot loader alone. */
  readonly skipBootLoader?: boolean;
  /** The suite under whose name the mirror has the installer's components, when it is not the guest's. */
  readonly componentSuite?: string;
  /** True: the mirror has the suite and neither its updates nor a security archive. */
  readonly suiteAlone?: boolean;
  /** True: the initrd has all kernel modules already, and the mirror has none for it. */
  readonly hasModules?: boolean;
  /** The name of the secret that holds a user's password hash. */
  readonly nameSecret: (user: string) => string;
  /** The name of the secret that holds the key of an encrypted disk. */
  readonly diskSecret: string;
}

/** Where the installer finds its scripts and their data: folders of the initrd overlay. */
export const INITRD_FOLDER = '/relight';
