import type { Udeb } from './udebs.ts';

/** The installer's kernel and initrd, and what is known of them and the mirror. */
export interface NetbootFacts {
  readonly kernel: string;
  readonly initrd: string;
  /** Such as `6.12.43+deb13-amd64`. */
  readonly kernelVersion: string;
  /** `usr/` where /lib is a link to usr/lib in the initrd, else empty. */
  readonly prefix: string;
  /** Udebs that the initrd has installed, and the text that says so. */
  readonly installed: readonly Udeb[];
  readonly statusText: string;
  /** The name of the suite under which the mirror has the installer's components; undefined when it is the guest's. */
  readonly componentSuite?: string;
  /** An archive with what the mirror lacks, or undefined when the initrd is used as it is. */
  readonly completion: string | undefined;
}
