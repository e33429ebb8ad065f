import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from '../xen/lab/process.ts';
import { buildCdInstaller } from './netinst-cd-initrd.ts';
import { completeForInstallation } from './netinst-initrd.ts';
import type { LookalikeKind } from './netinst-lookalike.ts';
import { type LookalikeSuite, RELEASE_NUMBER } from './netinst-packages.ts';
import { writePool } from './netinst-pool.ts';
import type { CdUdebs } from './netinst-udebs.ts';

/** The flag file by which GRUB finds the medium; debian-cd makes a new UUID each time, we need the same bytes. */
const MEDIUM_UUID = '2d1f8a4e-60ab-4c55-9d55-7a3f0c1e9b42';

/** Where a tree grows: `boot1` comes first on the command line, so that ISOLINUX lies at the image's front. */
export interface NetinstTree {
  readonly suite: LookalikeSuite;
  readonly packages: string;
  readonly boot: string;
  readonly disc: string;
}

export function diskInfo(suite: LookalikeSuite): string {
  const name = suite === 'bookworm' ? 'Bookworm' : 'Trixie';
  return `Debian GNU/Linux ${RELEASE_NUMBER[suite]}.1.0 "${name}" - Unofficial amd64 NETINST 20250906-10:23`;
}

/** Writes the tree that debian-cd 3.2 would make, with the netboot kernel and initrds in the place of the CD's. */
export async function writeTree(tree: NetinstTree, kind: LookalikeKind): Promise<void> {
  writeDiskDirectory(tree);
  const udebs = await copyInstaller(tree, kind);
  copyIsolinux(tree);
  await writePool(tree, udebs);
  await writeGrub(tree);
  await writeChecksums(tree);
}

export function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function installerOf(tree: NetinstTree, kind: 'text' | 'gtk'): string {
  const below = `root/usr/lib/debian-installer/images/${RELEASE_NUMBER[tree.suite]}/amd64/${kind}`;
  return join(tree.packages, below, 'debian-installer/amd64');
}

function writeDiskDirectory({ disc, suite }: NetinstTree): void {
  const info = diskInfo(suite);
  put(join(disc, '.disk/info'), info);
  put(join(disc, '.disk/cd_type'), 'not_complete\n');
  put(join(disc, '.disk/base_installable'), '');
  put(join(disc, '.disk/base_components'), 'main\n');
  put(join(disc, '.disk/udeb_include'), 'netcfg\nethdetect\npcmciautils-udeb\n');
  put(join(disc, '.disk/id', MEDIUM_UUID), '');
  put(
    join(disc, 'README.diskdefines'),
    `#define DISKNAME  ${info}\n#define ARCH  amd64\n#define TYPEbinary  1\n`,
  );
  put(join(disc, 'README.txt'), `This is ${info}.\n`);
  symlinkSync('.', join(disc, 'debian'));
}

/** Hands back the components of the CD's pool, where the installer takes them from there. */
async function copyInstaller(tree: NetinstTree, kind: LookalikeKind): Promise<CdUdebs | undefined> {
  const target = join(tree.disc, 'install.amd');
  mkdirSync(join(target, 'gtk'), { recursive: true });
  mkdirSync(join(target, 'xen'));
  const netboot = installerOf(tree, 'text');
  const initrd = join(netboot, 'initrd.gz');
  let udebs: CdUdebs | undefined;
  if (kind === 'cd') {
    udebs = await buildCdInstaller(tree.suite, initrd, { directory: target, work: join(tree.disc, '..') });
    // There is no graphical one for this kernel.
    linkSync(join(target, 'initrd.gz'), join(target, 'gtk/initrd.gz'));
  } else {
    cpSync(join(netboot, 'linux'), join(target, 'vmlinuz'));
    if (kind === 'complete') await completeForInstallation(tree.suite, initrd, join(target, 'initrd.gz'));
    else cpSync(initrd, join(target, 'initrd.gz'));
    cpSync(join(installerOf(tree, 'gtk'), 'initrd.gz'), join(target, 'gtk/initrd.gz'));
  }
  // debian-cd links what is the same.
  linkSync(join(target, 'vmlinuz'), join(target, 'gtk/vmlinuz'));
  linkSync(join(target, 'vmlinuz'), join(target, 'xen/vmlinuz'));
  linkSync(join(target, 'initrd.gz'), join(target, 'xen/initrd.gz'));
  put(join(target, 'xen/debian.cfg'), '# an example of an xl configuration\n');
  return udebs;
}

const GTK_MENU = `default installgui
label installgui
\tmenu label ^Graphical install
\tmenu default
\tkernel /install.amd/vmlinuz
\tappend vga=788 initrd=/install.amd/gtk/initrd.gz --- quiet 
`;

/** The installer's own menu files, with the paths of a CD. */
function copyIsolinux(tree: NetinstTree): void {
  const screens = join(installerOf(tree, 'gtk'), 'boot-screens');
  const target = join(tree.boot, 'isolinux');
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(screens)) {
    if (name.endsWith('.c32')) continue;
    const path = join(target, name === 'syslinux.cfg' ? 'isolinux.cfg' : name);
    const content = readFileSync(join(screens, name));
    writeFileSync(path, name.endsWith('.png') ? content : movePaths(content.toString('latin1')), 'latin1');
  }
  put(join(target, 'gtk.cfg'), GTK_MENU);
  const libraries = join(tree.packages, 'root/usr/lib');
  cpSync(join(libraries, 'ISOLINUX/isolinux.bin'), join(target, 'isolinux.bin'));
  for (const name of ['vesamenu', 'ldlinux', 'libcom32', 'libutil']) {
    cpSync(join(libraries, `syslinux/modules/bios/${name}.c32`), join(target, `${name}.c32`));
  }
}

function movePaths(text: string): string {
  return text
    .replaceAll('debian-installer/amd64/boot-screens/', '')
    .replaceAll(/\/?debian-installer\/amd64\/linux/g, '/install.amd/vmlinuz')
    .replaceAll(/\/?debian-installer\/amd64\/initrd\.gz/g, '/install.amd/initrd.gz');
}

/** GRUB for UEFI with Secure Boot: shim and the signed GRUB, in the tree and in a FAT image (boot-x86, common.sh). */
async function writeGrub(tree: NetinstTree): Promise<void> {
  const { disc, packages, suite } = tree;
  const libraries = join(packages, 'root/usr/lib');
  const source = join(installerOf(tree, 'gtk'), 'grub');
  mkdirSync(join(disc, 'EFI/boot'), { recursive: true });
  cpSync(join(libraries, 'shim/shimx64.efi.signed'), join(disc, 'EFI/boot/bootx64.efi'));
  cpSync(join(libraries, 'grub/x86_64-efi-signed/gcdx64.efi.signed'), join(disc, 'EFI/boot/grubx64.efi'));
  const stub = [`search --file --set=root /.disk/id/${MEDIUM_UUID}`, 'set prefix=($root)/boot/grub'];
  put(
    join(disc, 'EFI/debian/grub.cfg'),
    `${[...stub, 'source $prefix/$' + '{grub_cpu}-efi/grub.cfg'].join('\n')}\n`,
  );
  put(join(disc, 'boot/grub/x86_64-efi/grub.cfg'), 'source /boot/grub/grub.cfg\n');
  cpSync(join(source, 'font.pf2'), join(disc, 'boot/grub/font.pf2'));
  const head = readFileSync(join(source, 'grub.cfg'), 'utf8').replace(/^menuentry[\s\S]*/m, '');
  const debianCd = join(packages, 'root/usr/share/debian-cd');
  const script = [suite, 'bookworm']
    .map((name) => join(debianCd, 'tools/boot', name, 'parse_isolinux'))
    .find((path) => existsSync(path));
  const theme = [suite, 'bookworm']
    .map((name) => join(debianCd, 'data', name, 'grub-theme.in'))
    .find((path) => existsSync(path));
  const argv = [
    'perl',
    script ?? '',
    join(tree.boot, 'isolinux'),
    disc,
    theme ?? '',
    'Debian',
    'GNU/Linux',
    `${RELEASE_NUMBER[suite]}.1.0`,
  ];
  const { stdout } = await runProgram(argv);
  put(join(disc, 'boot/grub/grub.cfg'), head + stdout);
  await writeEfiImage(disc);
}

async function writeEfiImage(disc: string): Promise<void> {
  const image = join(disc, 'boot/grub/efi.img');
  await runProgram(['mkfs.msdos', '--invariant', '-i', 'deb00001', '-C', image, '9216']);
  // mtools stamps directories with the clock unless told otherwise.
  const mtools = (...argv: string[]) =>
    runProgram(['env', 'MTOOLS_SKIP_CHECK=1', 'SOURCE_DATE_EPOCH=1757154180', ...argv]);
  await mtools('mmd', '-i', image, '::efi');
  await mtools(
    'mcopy',
    '-o',
    '-s',
    '-m',
    '-i',
    image,
    join(disc, 'EFI/boot'),
    join(disc, 'EFI/debian'),
    '::efi',
  );
}

/** As make_disc_trees.pl does: all of the disc, not the boot directory, sorted by path. */
async function writeChecksums({ disc }: NetinstTree): Promise<void> {
  const command = 'find . -type f | xargs md5sum | LC_ALL=C sort -uk2 | grep -v ./md5sum.txt > ../md5sum.txt';
  await runProgram(['sh', '-c', command], { directory: disc });
  renameSync(join(disc, '../md5sum.txt'), join(disc, 'md5sum.txt'));
}

/** Makes every timestamp of the tree the same, so that two builds give the same bytes. */
export async function freezeTimes(directory: string): Promise<void> {
  await runProgram(['sh', '-c', `find "$0" -exec touch -h -d @1757154180 {} +`, directory]);
}
