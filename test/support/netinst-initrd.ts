import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { requirePrograms } from '../xen/lab/apt.ts';
import { runProgram } from '../xen/lab/process.ts';
import { fetchPackages, type LookalikeSuite } from './netinst-packages.ts';

/**
 * What the initrd of a CD has and that of a netboot lacks: drivers and filesystems. A mirror can lack these parts of the
 * installer's own kernel for weeks after a point release; the kernel's package of the same version has them.
 */
const DRIVERS = [
  'drivers/ata',
  'drivers/block',
  'drivers/cdrom',
  'drivers/virtio',
  'fs/ext4',
  'fs/fat',
  'fs/isofs',
  'fs/jbd2',
  'fs/nls',
  'lib',
];
const FILES = ['fs/mbcache.ko.xz', 'drivers/scsi/sd_mod.ko.xz', 'drivers/scsi/sr_mod.ko.xz'];
const TOOLS = ['e2fsprogs', 'libext2fs2t64', 'libcom-err2', 'libss2'];
const TOOL_FILES = /^(usr\/sbin\/(mke2fs|mkfs\.ext4|e2fsck|fsck\.ext4|tune2fs|resize2fs)|etc\/mke2fs\.conf)$/;
/** Parts that partman's parts ask for by name. Those without files here are for other filesystems than ext4. */
const PROVIDED = [
  ...['e2fsprogs-udeb', 'xfsprogs-udeb', 'ntfs-3g-udeb', 'eject-udeb', 'fdisk-udeb'],
  ...['libfdisk1-udeb', 'libmount1-udeb', 'libsmartcols1-udeb'],
];
const MODULES = [
  ...['ata', 'cdrom-core', 'ext2', 'ext3', 'ext4', 'isofs', 'loop', 'md', 'multipath', 'nbd', 'sata', 'scsi'],
  ...['btrfs', 'crypto-dm', 'efi', 'jfs', 'xfs'],
];

/** Lets the installer go on though the archive has no drivers for its kernel: they are here already. */
const SCRIPT = `#!/bin/sh
set -e
. /usr/share/debconf/confmodule
db_set anna/no_kernel_modules true
db_fset anna/no_kernel_modules seen true
`;

/** Writes `target`: the initrd of the netboot package with what a CD's has besides. */
export async function completeInitrd(suite: LookalikeSuite, initrd: string, target: string): Promise<void> {
  await requirePrograms({ cpio: 'cpio', depmod: 'kmod' });
  const root = `${target}.root`;
  mkdirSync(root);
  await runProgram(['sh', '-c', 'gzip -dc "$0" | cpio -idm --quiet', initrd], { directory: root });
  const [version = ''] = readdirSync(join(root, 'usr/lib/modules'));
  const packages = join(await fetchPackages(suite, [`linux-image-${version}`, ...TOOLS]), 'root');
  for (const path of [...DRIVERS, ...FILES].map((name) => `usr/lib/modules/${version}/kernel/${name}`)) {
    cpSync(join(packages, path), join(root, path), { recursive: true });
  }
  await runProgram(['depmod', '-b', root, version]);
  copyTools(packages, root);
  provide(root, version);
  const script = join(root, 'usr/lib/debian-installer-startup.d/S34lookalike');
  writeFileSync(script, SCRIPT);
  chmodSync(script, 0o755);
  const pack =
    'find . -exec touch -h -d @1757154180 {} +; find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible -R 0:0';
  await runProgram(['sh', '-c', `(${pack}) | gzip -n -6 > "$0"`, target], { directory: root });
  rmSync(root, { recursive: true });
}

function copyTools(packages: string, root: string): void {
  for (const entry of readdirSync(packages, { recursive: true, encoding: 'utf8' })) {
    if (!TOOL_FILES.test(entry) && !/^usr\/lib\/x86_64-linux-gnu\/lib[a-z0-9_]+\.so\./.test(entry)) continue;
    cpSync(join(packages, entry), join(root, entry), { verbatimSymlinks: true });
  }
}

/** udpkg's list of what is installed. */
function provide(root: string, version: string): void {
  const status = join(root, 'var/lib/dpkg/status');
  const known = readFileSync(status, 'utf8');
  const stanzas = [
    ...PROVIDED.map((name) => `Package: ${name}\n`),
    ...MODULES.map((name) => `Package: ${name}-modules-${version}-di\nProvides: ${name}-modules\n`),
  ].filter((stanza) => !known.includes(`${stanza.split('\n')[0]}\n`));
  for (const stanza of stanzas) {
    appendFileSync(status, `\n${stanza}Status: install ok installed\nVersion: 99\nArchitecture: amd64\n`);
  }
}
