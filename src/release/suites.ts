import type { GuestType } from '../spec/types.ts';

/** What relight knows of a Debian suite. A new release is a new row, not new code. */
export interface SuiteRelease {
  readonly codename: string;
  /** The release number; undefined for a suite that has none. */
  readonly version: string | undefined;
  /** How Debian compresses the payload of linux-image-amd64's bzImage. */
  readonly kernelCompression: 'xz' | 'zstd';
  /** Where this was read. */
  readonly evidence: string;
}

export const SUITES: readonly SuiteRelease[] = [
  {
    codename: 'bookworm',
    version: '12',
    kernelCompression: 'xz',
    evidence: 'linux-image 6.1 has CONFIG_KERNEL_XZ=y',
  },
  {
    codename: 'trixie',
    version: '13',
    kernelCompression: 'zstd',
    evidence: 'linux-image 6.12 has CONFIG_KERNEL_ZSTD=y',
  },
  {
    codename: 'sid',
    version: undefined,
    kernelCompression: 'zstd',
    evidence: 'follows trixie, whose kernel has CONFIG_KERNEL_ZSTD=y',
  },
];

export const SUITE_NAMES: readonly string[] = SUITES.map((suite) => suite.codename);
export const GUEST_TYPES = ['pv', 'pvh', 'hvm'] as const satisfies readonly GuestType[];

/** The row of a suite, or undefined for a suite that relight does not know. */
export function findSuite(codename: string): SuiteRelease | undefined {
  return SUITES.find((suite) => suite.codename === codename);
}
