import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findInstallerParts } from '../../src/release/installer-parts.ts';
import { withParents, writeCpio } from '../../src/render/cpio.ts';
import { findMissingComponents } from '../../src/run/netboot/check-udebs.ts';
import { completeInitrd, requireCompletable } from '../../src/run/netboot/complete-initrd.ts';
import { readNetboot } from '../../src/run/netboot/read-netboot.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { readArchives, requirePrograms } from '../xen/lab/apt.ts';
import { fetchPackages, type LookalikeSuite } from './netinst-packages.ts';

/** Lets the installer go on though the archive has no drivers for its kernel: they are in the initrd. */
const SCRIPT = `#!/bin/sh
set -e
. /usr/share/debconf/confmodule
db_set anna/no_kernel_modules true
db_fset anna/no_kernel_modules seen true
`;

/**
 * Writes `target`: the initrd of the netboot package with what a CD has besides, drivers and filesystems, as far as this
 * machine's mirror cannot give it. A mirror can lack these for weeks after a point release.
 */
export async function completeForInstallation(
  suite: LookalikeSuite,
  initrd: string,
  target: string,
): Promise<void> {
  await requirePrograms({ depmod: 'kmod' });
  const netboot = readNetboot(dirname(initrd));
  const missing = await findMissingComponents(netboot, (await readArchives()).debian, suite, undefined);
  requireCompletable(missing);
  const tools = findInstallerParts(suite)?.filesystemPackages ?? [];
  const packages = await fetchPackages(suite, [`linux-image-${netboot.kernelVersion}`, ...tools]);
  const completion = `${target}.completion`;
  const runner = createRunner({ environment: process.env });
  await completeInitrd(runner, netboot, missing, join(packages, 'root'), completion);
  const path = 'usr/lib/debian-installer-startup.d/S34lookalike';
  const script = writeCpio(withParents([{ path, mode: 0o100755, content: Buffer.from(SCRIPT) }]));
  const head = readFileSync(initrd);
  const padding = Buffer.alloc((4 - (head.length % 4)) % 4);
  writeFileSync(target, Buffer.concat([head, padding, readFileSync(completion), script]));
  rmSync(completion);
}
