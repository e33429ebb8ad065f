import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A tree with everything that makes ISO 9660 difficult: long and odd names, links, depth, sizes around a block. */
export function writeSampleTree(root: string): void {
  const put = (path: string, content: string | Uint8Array) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  put('n'.repeat(250), 'long');
  put(`ünï/${'é'.repeat(120)}`, 'utf-8');
  put('a/b/c/d/e/f/g/h/i/j/k/l/deep.txt', 'deep');
  put('a/b/c/d/e/f/g/h/i/j/less-deep.txt', 'less deep');
  put('zero', '');
  for (const size of [2047, 2048, 2049, 300_000]) put(`size-${size}`, Buffer.alloc(size, String(size)));
  put('Trailing.dot.', '1');
  put('with blank; and;1', '2');
  for (let index = 0; index < 400; index += 1)
    put(`many/a-file-with-some-longer-name-${index}.txt`, String(index));
  mkdirSync(join(root, 'empty'));
  const links = [
    '../x/./y/../z',
    '/',
    '.',
    '..',
    's'.repeat(200),
    `/${['a', 'b', 'c'].map((part) => part.repeat(60)).join('/')}`,
  ];
  for (const [index, target] of links.entries()) symlinkSync(target, join(root, `link-${index}`));
  linkSync(join(root, 'size-2048'), join(root, 'hard'));
  chmodSync(join(root, 'zero'), 0o4755);
  chmodSync(join(root, 'empty'), 0o1777);
}

/** How the images are made; `from` is the sample tree. */
export const SAMPLE_COMMANDS: Readonly<Record<string, (from: string, to: string) => string[]>> = {
  'xorriso, Rock Ridge and Joliet': (from, to) => [
    'xorriso',
    '-as',
    'mkisofs',
    '-R',
    '-J',
    '-joliet-long',
    '-o',
    to,
    from,
  ],
  'xorriso, moved directories': (from, to) => [
    'xorriso',
    '-compliance',
    'deep_paths_off:long_paths_off',
    '-outdev',
    to,
    '-map',
    from,
    '/',
  ],
  'xorriso, without Joliet': (from, to) => ['xorriso', '-as', 'mkisofs', '-r', '-no-pad', '-o', to, from],
  'genisoimage, Rock Ridge and Joliet': (from, to) => [
    'genisoimage',
    '-quiet',
    '-R',
    '-J',
    '-joliet-long',
    '-o',
    to,
    from,
  ],
  'genisoimage, deep directories': (from, to) => ['genisoimage', '-quiet', '-R', '-D', '-o', to, from],
  'genisoimage, hidden rr_moved': (from, to) => [
    'genisoimage',
    '-quiet',
    '-r',
    '-hide-rr-moved',
    '-o',
    to,
    from,
  ],
};

export function makeSample(command: string, from: string, to: string): void {
  const [program = '', ...argv] = SAMPLE_COMMANDS[command]?.(from, to) ?? [];
  execFileSync(program, argv, { stdio: 'pipe' });
}

/** A small image that looks like an installation image to the reader: menus, kernel, boot records, md5sum.txt. */
export function makeSmallNetinst(directory: string, kernelHead: Uint8Array, to: string): void {
  const root = join(directory, 'small');
  const put = (path: string, content: string | Uint8Array) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  put('.disk/info', 'Debian GNU/Linux 13.1.0 "Trixie" - Unofficial amd64 NETINST 20250906-10:23');
  put('isolinux/isolinux.cfg', 'path \ninclude menu.cfg\ndefault vesamenu.c32\n');
  put(
    'isolinux/menu.cfg',
    'label install\n\tmenu label ^Install\n\tkernel /install.amd/vmlinuz\n\tappend initrd=/install.amd/initrd.gz --- quiet\n',
  );
  put(
    'boot/grub/grub.cfg',
    "menuentry 'Install' {\n linux /install.amd/vmlinuz --- quiet\n initrd /install.amd/initrd.gz\n}\n",
  );
  put('install.amd/vmlinuz', kernelHead);
  put('install.amd/initrd.gz', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(3000, 'x')]));
  put('boot/grub/efi.img', Buffer.alloc(20_000, 'e'));
  put('dists/trixie/Release', 'Origin: Debian\nSuite: stable\nCodename: trixie\nArchitectures: amd64\n');
  put('pool/main/h/hello/hello.deb', Buffer.alloc(5000, 'h'));
  for (let index = 0; index < 60; index += 1)
    put(`pool/many/a-file-with-a-longer-name-${index}`, String(index));
  execFileSync(
    'sh',
    [
      '-c',
      'find . -type f | grep -v ./isolinux | xargs md5sum | LC_ALL=C sort -uk2 > ../md5 && mv ../md5 md5sum.txt',
    ],
    { cwd: root },
  );
  execFileSync('cp', ['/usr/lib/ISOLINUX/isolinux.bin', join(root, 'isolinux/')]);
  const boot = [
    '-b',
    'isolinux/isolinux.bin',
    '-c',
    'isolinux/boot.cat',
    '-boot-load-size',
    '4',
    '-boot-info-table',
    '-no-emul-boot',
  ];
  const efi = [
    '-eltorito-alt-boot',
    '-e',
    'boot/grub/efi.img',
    '-no-emul-boot',
    '-isohybrid-gpt-basdat',
    '-isohybrid-apm-hfsplus',
  ];
  const names = [
    '-r',
    '-V',
    'SMALL',
    '-J',
    '-joliet-long',
    '-isohybrid-mbr',
    '/usr/lib/ISOLINUX/isohdpfx.bin',
  ];
  execFileSync('xorriso', ['-as', 'mkisofs', ...names, ...boot, ...efi, '-o', to, root], { stdio: 'pipe' });
}

/** A bzImage's head with a version and a zstd payload, by the boot protocol; it boots nothing. */
export function makeKernelHead(version: string): Uint8Array {
  const head = Buffer.alloc(64 * 1024);
  head[0x1f1] = 4;
  head.write('HdrS', 0x202, 'latin1');
  head.writeUInt16LE(0x020f, 0x206);
  head.writeUInt16LE(0x400, 0x20e);
  head.write(`${version} (debian-kernel@lists.debian.org) #1\0`, 0x600, 'latin1');
  head.writeUInt32LE(0x100, 0x248);
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd]).copy(head, 5 * 512 + 0x100);
  return head;
}
