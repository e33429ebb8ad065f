import type { WantedPackage } from '../../plan/image-steps.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { readInside } from '../rootfs/inside.ts';

/** Compares what dpkg has installed with a lock. @throws Failure RL1523 that names what differs */
export function checkPackages(root: string, packages: readonly WantedPackage[]): void {
  const installed = readInstalled(root);
  const wanted = new Map(packages.map((each) => [each.name, each.version]));
  const wrong = [
    ...[...wanted]
      .filter(([name, version]) => installed.get(name) !== version)
      .map(([name, version]) => {
        return `${name} ${version} is wanted, ${installed.get(name) ?? 'none'} is installed`;
      }),
    ...[...installed]
      .filter(([name]) => !wanted.has(name))
      .map(([name]) => `${name} is installed and not in the lock`),
  ];
  if (wrong.length === 0) return;
  throw makeFailure(EXIT.failed, 'RL1523', { differences: wrong.slice(0, 10).join('; ') });
}

/** Versions by package name, of what dpkg has unpacked and configured. */
function readInstalled(root: string): Map<string, string> {
  const installed = new Map<string, string>();
  const status = readInside(root, '/var/lib/dpkg/status')?.toString('utf8') ?? '';
  for (const stanza of status.split('\n\n')) {
    const name = /^Package: (.*)$/m.exec(stanza)?.[1];
    const version = /^Version: (.*)$/m.exec(stanza)?.[1];
    if (name !== undefined && version !== undefined && /^Status: install ok installed$/m.test(stanza)) {
      installed.set(name, version);
    }
  }
  return installed;
}
