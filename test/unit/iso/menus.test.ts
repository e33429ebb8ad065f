import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGrubMenu } from '../../../src/iso/menu-grub.ts';
import { parseIsolinuxMenu } from '../../../src/iso/menu-isolinux.ts';
import type { Unattended } from '../../../src/iso/remaster/entries.ts';
import { findErasure } from '../../../src/iso/remaster/erases.ts';
import { formatGrubMenu, formatIsolinuxMenu } from '../../../src/iso/remaster/menus.ts';
import {
  checkRequest,
  INSTALLER_ARGUMENTS,
  type RemasterRequest,
  TARGET_ARGUMENTS,
} from '../../../src/iso/remaster/request.ts';

const REQUEST: RemasterRequest = {
  guest: 'web1',
  preseed: '',
  initrdFiles: [],
  laidFiles: [],
  erases: '/dev/xvda',
  installerArguments: INSTALLER_ARGUMENTS,
  targetArguments: TARGET_ARGUMENTS,
  menuSeconds: 7,
  relightVersion: '0',
};
const ENTRIES: Unattended[] = [
  { id: 'text', kernel: '/install.amd/vmlinuz', initrd: '/install.amd/initrd.gz' },
  { id: 'gtk', kernel: '/install.amd/vmlinuz', initrd: '/install.amd/gtk/initrd.gz' },
];

describe('reading menus', () => {
  test('ISOLINUX: paths count from the directory of the file', () => {
    const text =
      'include menu.cfg\nLABEL a\n\tmenu label ^Go\n\tkernel vmlinuz\n\tappend initrd=/i/a.gz,b.gz quiet\nlabel b\n kernel x.c32\n';
    expect(parseIsolinuxMenu(text, '/isolinux/isolinux.cfg')).toEqual({
      includes: ['/isolinux/menu.cfg'],
      entries: [
        {
          loader: 'isolinux',
          title: 'Go',
          kernel: '/isolinux/vmlinuz',
          initrds: ['/i/a.gz', '/isolinux/b.gz'],
          commandLine: 'initrd=/i/a.gz,b.gz quiet',
        },
      ],
    });
  });

  test('GRUB: quotes, options and several initrds', () => {
    const text = `menuentry --hotkey=g 'It is "so"' {\n linux /v a="b c" d\n initrd /x /y\n}\nsource /boot/grub/more.cfg\nsource $prefix/no.cfg\n`;
    expect(parseGrubMenu(text)).toEqual({
      includes: ['/boot/grub/more.cfg'],
      entries: [
        { loader: 'grub', title: '--hotkey=g', kernel: '/v', initrds: ['/x', '/y'], commandLine: 'a=b c d' },
      ].map((entry) => ({ ...entry, title: 'It is "so"' })),
    });
  });

  test('a line of a hundred thousand blanks takes no time to speak of', () => {
    const text = `a${' '.repeat(200_000)}b\n`;
    expect(parseIsolinuxMenu(text, '/x').entries).toEqual([]);
    expect(parseGrubMenu(text).entries).toEqual([]);
  });
});

describe('written menus read back as they were meant', () => {
  const argument = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/:,=+@-]{0,30}$/);
  const guest = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);

  test('any request that is let through', () => {
    fc.assert(
      fc.property(
        guest,
        fc.array(argument, { maxLength: 6 }),
        fc.array(argument, { maxLength: 4 }),
        (name, before, after) => {
          const request = { ...REQUEST, guest: name, installerArguments: before, targetArguments: after };
          checkRequest(request);
          const grub = parseGrubMenu(formatGrubMenu(request, ENTRIES, '/boot/grub'));
          const isolinux = parseIsolinuxMenu(formatIsolinuxMenu(request, ENTRIES), '/isolinux/isolinux.cfg');
          const words = [...before, '---', ...after].join(' ');
          expect(grub.includes).toEqual(['/boot/grub/original.cfg']);
          expect(isolinux.includes).toEqual(['/isolinux/original.cfg']);
          expect(grub.entries.map(({ commandLine }) => commandLine)).toEqual([words, words]);
          for (const menu of [grub, isolinux]) {
            expect(menu.entries.map(({ kernel, initrds }) => [kernel, ...initrds])).toEqual(
              ENTRIES.map(({ kernel, initrd }) => [kernel, '/relight/overlay.cpio', initrd]),
            );
            expect(menu.entries[0]?.title).toBe(`Install ${name} without questions, erases /dev/xvda`);
          }
          isolinux.entries.forEach((entry, index) => {
            const first = `initrd=/relight/overlay.cpio,${ENTRIES[index]?.initrd}`;
            expect(entry.commandLine).toBe(`${first} ${words}`);
          });
        },
      ),
    );
  });

  test.each([
    ['guest', { guest: "web1' {" }],
    ['newline', { guest: 'web1\nlabel x' }],
    ['erases', { erases: "/dev/xvda'" }],
    ['argument', { installerArguments: ['a b'] }],
    ['quote', { installerArguments: ['a="b"'] }],
    ['dollar', { targetArguments: ['x=$(y)'] }],
    ['timeout', { menuSeconds: 0 }],
    ['too long', { installerArguments: Array.from({ length: 20 }, () => 'x'.repeat(100)) }],
  ])('refuses a %s that would mean something else', (_what, part) => {
    expect(() => checkRequest({ ...REQUEST, ...part })).toThrowError(
      expect.objectContaining({ code: 'RL6025' }),
    );
  });
});

describe('what a preseed erases', () => {
  test('the disk that it names, the last one named', () => {
    const preseed =
      'd-i partman-auto/disk string /dev/sda\n#d-i partman-auto/disk string /dev/sdc\nd-i  partman-auto/disk string /dev/xvda /dev/xvdb\n';
    expect(findErasure(preseed)).toEqual({ isPinned: true, words: '/dev/xvda, /dev/xvdb' });
  });

  test.each(['', 'd-i partman-auto/disk string \n', 'd-i partman-auto/disk string sda\n'])(
    'whichever it finds: %j',
    (preseed) => {
      expect(findErasure(preseed)).toEqual({ isPinned: false, words: 'whichever disk it finds' });
    },
  );
});
