import { createHash } from 'node:crypto';
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
import { completeForInstallation } from './netinst-initrd.ts';
import { type LookalikeSuite, RELEASE_NUMBER } from './netinst-packages.ts';

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
export async function writeTree(tree: NetinstTree, installs: boolean): Promise<void> {
  writeDiskDirectory(tree);
  await copyInstaller(tree, installs);
  copyIsolinux(tree);
  await writePool(tree);
  await writeGrub(tree);
  await writeChecksums(tree);
}

function put(path: string, text: string): void {
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

async function copyInstaller(tree: NetinstTree, installs: boolean): Promise<void> {
  const target = join(tree.disc, 'install.amd');
  mkdirSync(join(target, 'gtk'), { recursive: true });
  mkdirSync(join(target, 'xen'));
  cpSync(join(installerOf(tree, 'text'), 'linux'), join(target, 'vmlinuz'));
  const initrd = join(installerOf(tree, 'text'), 'initrd.gz');
  if (installs) await completeForInstallation(tree.suite, initrd, join(target, 'initrd.gz'));
  else cpSync(initrd, join(target, 'initrd.gz'));
  cpSync(join(installerOf(tree, 'gtk'), 'initrd.gz'), join(target, 'gtk/initrd.gz'));
  // debian-cd links what is the same.
  linkSync(join(target, 'vmlinuz'), join(target, 'gtk/vmlinuz'));
  linkSync(join(target, 'vmlinuz'), join(target, 'xen/vmlinuz'));
  linkSync(join(target, 'initrd.gz'), join(target, 'xen/initrd.gz'));
  put(join(target, 'xen/debian.cfg'), '# an example of an xl configuration\n');
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

/** A pool with two packages and its indices, as debian-cd lays it out. */
async function writePool(tree: NetinstTree): Promise<void> {
  const debs = join(tree.packages, 'debs');
  const stanzas: string[] = [];
  for (const name of readdirSync(debs).sort()) {
    if (!/^(hostname|debian-archive-keyring)_/.test(name)) continue;
    const source = name.replace(/_.*/, '');
    const path = `pool/main/${source.slice(0, 1)}/${source}/${name}`;
    mkdirSync(join(tree.disc, dirname(path)), { recursive: true });
    cpSync(join(debs, name), join(tree.disc, path));
    const content = readFileSync(join(debs, name));
    const control = (await runProgram(['dpkg-deb', '-f', join(debs, name)])).stdout.trimEnd();
    const hash = createHash('sha256').update(content).digest('hex');
    stanzas.push(`${control}\nFilename: ${path}\nSize: ${content.length}\nSHA256: ${hash}\n`);
  }
  const release = join(tree.disc, 'dists', tree.suite);
  const packages = stanzas.join('\n');
  put(join(release, 'main/binary-amd64/Packages'), packages);
  const hash = createHash('sha256').update(packages).digest('hex');
  const fields = [
    'Origin: Debian',
    'Label: Debian',
    'Suite: stable',
    `Version: ${RELEASE_NUMBER[tree.suite]}.1`,
  ];
  fields.push(`Codename: ${tree.suite}`, 'Architectures: amd64', 'Components: main', 'SHA256:');
  put(
    join(release, 'Release'),
    `${fields.join('\n')}\n ${hash} ${packages.length} main/binary-amd64/Packages\n`,
  );
  symlinkSync(tree.suite, join(tree.disc, 'dists/stable'));
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
