import { createHash } from 'node:crypto';

/** A package of the repository: its control fields, and its file beside the index. */
export interface RepositoryPackage {
  readonly control: string;
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}

/** The Packages file of a flat repository (sources.list(5)): nothing but what a lock names, so that apt has no choice. */
export function renderPackages(packages: readonly RepositoryPackage[]): string {
  return packages
    .map(({ control, file, size, sha256 }) =>
      [control.trimEnd(), `Filename: ./${file}`, `Size: ${size}`, `SHA256: ${sha256}`, '', ''].join('\n'),
    )
    .join('');
}

/** The Release file that belongs to it. mmdebstrap finds the essential packages by the suite's name. */
export function renderRelease(suite: string, epoch: number, packages: string): string {
  const hash = createHash('sha256').update(packages).digest('hex');
  return [
    'Origin: relight',
    'Label: relight',
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    'Architectures: amd64',
    `Date: ${new Date(epoch * 1000).toUTCString().replace('GMT', 'UTC')}`,
    'SHA256:',
    ` ${hash} ${Buffer.byteLength(packages)} Packages`,
    '',
  ].join('\n');
}
