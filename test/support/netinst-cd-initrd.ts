import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseUdebs, renderInstalled, type Udeb } from '../../src/host/udebs.ts';
import { requirePrograms } from '../xen/lab/apt.ts';
import { runProgram } from '../xen/lab/process.ts';
import type { LookalikeSuite } from './netinst-packages.ts';
import { type CdUdebs, fetchCdUdebs } from './netinst-udebs.ts';

/** What the initrd of network boot has and a CD's has not: it finds these on the CD. */
const NETWORK = [
  ...['choose-mirror', 'choose-mirror-bin', 'net-retriever', 'download-installer', 'network-preseed'],
  ...['netcfg', 'ethdetect'],
];
const KERNEL = /-(\d+\.\d+\.\d+\S*)-di$/;

/**
 * Makes kernel and initrd of an installer that lies on a CD, out of those for network boot and of udebs, by the lists
 * build/pkg-lists/cdrom of debian-installer: the archive has no package with these images. Root only (device nodes).
 * Hands back the udebs of the CD's pool.
 */
export async function buildCdInstaller(
  suite: LookalikeSuite,
  netbootInitrd: string,
  target: { readonly directory: string; readonly work: string },
): Promise<CdUdebs> {
  await requirePrograms({ cpio: 'cpio', depmod: 'kmod', gzip: 'gzip' });
  const tree = join(target.work, 'initrd');
  mkdirSync(tree, { recursive: true });
  await runProgram(['sh', '-c', 'gzip -dc "$0" | cpio -idm --quiet', netbootInitrd], { directory: tree });
  const statusFile = join(tree, 'var/lib/dpkg/status');
  const stanzas = readFileSync(statusFile, 'utf8')
    .trim()
    .split(/\n{2,}/);
  const kept = stanzas.filter((stanza) => {
    const name = /^Package: (.*)$/m.exec(stanza)?.[1] ?? '';
    return !NETWORK.includes(name) && !KERNEL.test(name);
  });
  const udebs = await fetchCdUdebs(suite, parseUdebs(kept.join('\n\n')));
  removeNetworkBoot(tree);
  const added: string[] = [];
  for (const udeb of udebs.initrd) added.push(await unpackUdeb(tree, udebs.directory, udeb));
  // The mirror's index names more than the mirror has: these count as installed, and are not used.
  writeFileSync(statusFile, `${[...kept, ...added].join('\n\n')}\n\n${renderInstalled(udebs.lost)}`);
  await runProgram(['depmod', '--basedir', join(tree, 'usr'), udebs.kernelVersion]);
  cpSync(join(tree, 'boot', `vmlinuz-${udebs.kernelVersion}`), join(target.directory, 'vmlinuz'));
  rmSync(join(tree, 'boot'), { recursive: true });
  await runProgram(['sh', '-c', 'find . -exec touch -h -d @1757154180 {} +'], { directory: tree });
  const pack = 'find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible -R 0:0 | gzip -n > "$0"';
  await runProgram(['sh', '-c', pack, join(target.directory, 'initrd.gz')], { directory: tree });
  rmSync(tree, { recursive: true });
  return udebs;
}

function removeNetworkBoot(tree: string): void {
  rmSync(join(tree, 'usr/lib/modules'), { recursive: true });
  rmSync(join(tree, 'usr/lib/debian-installer/retriever/net-retriever'));
  rmSync(join(tree, 'usr/bin/choose-mirror'), { force: true });
  rmSync(join(tree, 'usr/bin/netcfg'), { force: true });
  const info = join(tree, 'var/lib/dpkg/info');
  for (const file of readdirSync(info)) {
    const name = file.slice(0, file.lastIndexOf('.'));
    if (NETWORK.includes(name) || KERNEL.test(name)) rmSync(join(info, file));
  }
}

/** As debian-installer's own build does it: the files, the maintainer's scripts, an entry in the status file. */
async function unpackUdeb(tree: string, directory: string, udeb: Udeb): Promise<string> {
  const path = join(directory, basename(udeb.filename));
  // Directories of a merged /usr are links here.
  await runProgram([
    'sh',
    '-c',
    'dpkg-deb --fsys-tarfile "$0" | tar -x --keep-directory-symlink -C "$1"',
    path,
    tree,
  ]);
  const control = join(tree, '.control');
  await runProgram(['dpkg-deb', '-e', path, control]);
  const info = join(tree, 'var/lib/dpkg/info');
  for (const file of ['postinst', 'templates', 'isinstallable', 'menutest'])
    if (existsSync(join(control, file))) cpSync(join(control, file), join(info, `${udeb.name}.${file}`));
  const text = readFileSync(join(control, 'control'), 'utf8');
  rmSync(control, { recursive: true });
  const fields = text
    .split('\n')
    .filter((line) => /^(Version|Provides|Depends|Installer-Menu-Item):/.test(line));
  const description = /^Description: (.*)$/m.exec(text)?.[1] ?? '';
  return [
    `Package: ${udeb.name}`,
    'Status: install ok unpacked',
    ...fields,
    `Description: ${description}`,
  ].join('\n');
}
