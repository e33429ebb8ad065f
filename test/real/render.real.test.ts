import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderFstab } from '../../src/render/fstab.ts';
import { renderGrubDefaults } from '../../src/render/grub-defaults.ts';
import { renderDefaultLocale, renderKeyboard } from '../../src/render/locale.ts';
import { renderSources } from '../../src/render/sources.ts';

// Needs findmnt (util-linux), apt-get (apt) and sh (dash): Debian has them all. Nothing is mounted or fetched.
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-render-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const UUID = '4f1c2c1e-5a0b-8a51-9b52-1c0ffee00001';

test('libmount reads the fstab as it was meant', () => {
  const file = join(directory, 'fstab');
  const text = renderFstab([
    { role: 'root', uuid: UUID, filesystem: 'ext4', mount: '/' },
    { role: 'swap', uuid: UUID, filesystem: 'swap', mount: undefined },
    { role: 'data', uuid: UUID, filesystem: 'xfs', mount: '/srv/with blank and \\ and #' },
  ]);
  writeFileSync(file, text);
  const columns = 'SOURCE,TARGET,FSTYPE,OPTIONS,FREQ,PASSNO';
  const argv = ['--tab-file', file, '--json', '--output', columns];
  const output = execFileSync('findmnt', argv, { encoding: 'utf8' });
  const rows = JSON.parse(output).filesystems.flatMap(flatten);
  expect(rows).toEqual([
    row('/', 'ext4', 'errors=remount-ro', 1),
    row('none', 'swap', 'sw,x-systemd.device-timeout=600s', 0),
    row('/srv/with blank and \\ and #', 'xfs', 'defaults,nofail,x-systemd.device-timeout=600s', 0),
  ]);
});

function row(target: string, fstype: string, options: string, passno: number) {
  return { source: `UUID=${UUID}`, target, fstype, options, freq: 0, passno };
}

function flatten({ children = [], ...row }: { children?: [] }): unknown[] {
  return [row, ...children.flatMap(flatten)];
}

test('apt reads the sources as they were meant', () => {
  const security = 'http://mirror.example.org/debian-security';
  const mirror = { archive: 'http://mirror.example.org/debian', security };
  writeFileSync(join(directory, 'debian.sources'), renderSources({ suite: 'trixie', mirror }));
  const options = [
    'Debug::NoLocking=1',
    'Dir::Etc::sourcelist=/dev/null',
    `Dir::Etc::sourceparts=${directory}`,
  ];
  const argv = ['update', '--print-uris', ...options.flatMap((option) => ['-o', option])];
  const output = execFileSync('apt-get', argv, { encoding: 'utf8' });
  const found = (pattern: RegExp) => [...new Set([...output.matchAll(pattern)].map(([, part]) => part))];
  expect(found(/^'([^']+)\/InRelease'/gm)).toEqual([
    `${mirror.archive}/dists/trixie`,
    `${mirror.archive}/dists/trixie-updates`,
    `${security}/dists/trixie-security`,
  ]);
  expect(found(/^'[^']+\/dists\/([^']+)\/binary-all\//gm)).toEqual(
    ['trixie', 'trixie-updates', 'trixie-security'].flatMap((suite) => [
      `${suite}/main`,
      `${suite}/non-free-firmware`,
    ]),
  );
});

test('a shell reads the files that are sourced as they were meant', () => {
  const read = (text: string, name: string) => {
    const file = join(directory, 'sourced');
    writeFileSync(file, text);
    return execFileSync('sh', ['-euc', '. "$1"; eval "printf %s \\"\\$$2\\""', 'sh', file, name], {
      encoding: 'utf8',
    });
  };
  const grub = renderGrubDefaults({
    commandLine: 'root=UUID=1-2 ro console=ttyS0,115200n8 a.b=c',
    serial: true,
  });
  expect(read(grub, 'GRUB_CMDLINE_LINUX')).toBe('console=ttyS0,115200n8 a.b=c');
  expect(read(grub, 'GRUB_TERMINAL')).toBe('serial console');
  expect(read(renderKeyboard('fr(latin9)'), 'XKBVARIANT')).toBe('latin9');
  expect(read(renderDefaultLocale('en_GB.UTF-8'), 'LANG')).toBe('en_GB.UTF-8');
});
