import type { BootstrapRequest } from './mmdebstrap.ts';

/** argv of debootstrap(8) for the base system only: it resolves no alternatives and knows one suite only. */
export function buildDebootstrapArgv(request: BootstrapRequest): string[] {
  const [first] = request.sources;
  return [
    'debootstrap',
    '--variant=minbase',
    '--arch=amd64',
    `--keyring=${request.keyring}`,
    '--force-check-gpg',
    '--include=ca-certificates',
    request.suite,
    request.target,
    ...(first === undefined ? [] : [first.url]),
  ];
}

/** argv inside the new root that installs the rest by apt, which does resolve. */
export function buildChrootInstallArgv(packages: readonly string[]): string[] {
  return ['apt-get', 'install', '--yes', '--no-install-recommends', '--', ...packages];
}
