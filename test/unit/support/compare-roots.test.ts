import { expect, test } from 'vitest';
import { compareRoots, dropPackages } from '../../support/compare-roots.ts';
import { findUnexplainedFiles } from '../../support/file-differences.ts';
import { findOwners, formatEntries, parseEntries, type RootEntry } from '../../support/root-list.ts';

const entry = (path: string, more: Partial<RootEntry> = {}): RootEntry => ({
  path,
  kind: 'file',
  mode: '644',
  owner: 'root:root',
  content: 'aa',
  packages: [],
  ...more,
});
const link = (path: string, content: string) => entry(path, { kind: 'link', content });
const lists = new Map([
  ['nano', ['/bin/nano', '/usr']],
  ['cron', ['/usr/lib/systemd/system/cron.service', '/etc/init.d/cron']],
  ['linux-image-6.12.1-amd64', ['/boot/vmlinuz-6.12.1-amd64']],
]);

test.each([
  ['what a package ships, in the merged /usr', entry('/usr/bin/nano'), 'nano'],
  ['an alternative', link('/etc/alternatives/editor', '/bin/nano'), 'nano'],
  ['a link to an alternative', link('/usr/bin/editor', '/etc/alternatives/editor'), 'nano'],
  ['a start link', link('/etc/rc2.d/S01cron', '../init.d/cron'), 'cron'],
  [
    'a unit that is on',
    link('/etc/systemd/system/multi-user.target.wants/cron.service', '/usr/lib/systemd/system/cron.service'),
    'cron',
  ],
  ['a note that it is', entry('/var/lib/systemd/deb-systemd-helper-enabled/cron.service.dsh-also'), 'cron'],
  ['a maintainer script', entry('/var/lib/dpkg/info/nano.postinst'), 'nano'],
  ['an initrd', entry('/boot/initrd.img-6.12.1-amd64'), 'linux-image-6.12.1-amd64'],
  ['an index of modules', entry('/usr/lib/modules/6.12.1-amd64/modules.dep'), 'linux-image-6.12.1-amd64'],
  ['a link into a circle', link('/a', '/a'), ''],
  ['nobody’s', entry('/etc/fstab'), ''],
])('whose it is: %s', (_, one, owner) => {
  const all = [one, link('/etc/alternatives/editor', '/bin/nano')];
  expect(findOwners(all, lists)[0]?.packages.join()).toBe(owner);
});

test('a kept list reads back as it was', () => {
  const all = [entry('/a b', { packages: ['x', 'y'] }), link('/c', 'd e'), entry('/')];
  expect(parseEntries(formatEntries(all))).toEqual(all);
});

test('each kind of difference is found, and what is alike is not', () => {
  const left = [entry('/same'), entry('/left'), entry('/mode'), entry('/text'), entry('/kind')];
  const right = [
    entry('/same'),
    entry('/mode', { mode: '600' }),
    entry('/text', { content: 'bb' }),
    link('/kind', 'aa'),
  ];
  const found = compareRoots(
    { packages: [], entries: left },
    { packages: [], entries: [...right, entry('/right')] },
  );
  expect(found.map(({ only, path, changed }) => [only, path, ...changed])).toEqual([
    ['both', '/kind', 'kind'],
    ['installer', '/left'],
    ['both', '/mode', 'mode'],
    ['bootstrap', '/right'],
    ['both', '/text', 'content'],
  ]);
});

test('a difference goes with its package, where that is the difference', () => {
  const of = (only: 'installer' | 'both', packages: string[], changed: ('content' | 'mode')[] = []) => ({
    only,
    path: '/x',
    changed,
    packages,
  });
  const kept = (difference: ReturnType<typeof of>) =>
    dropPackages([difference], ['nano', 'dpkg'], ['dpkg']).length === 1;
  expect(kept(of('installer', ['nano']))).toBe(false);
  // Both routes have the package: the path should be there by both.
  expect(kept(of('installer', ['dpkg']))).toBe(true);
  expect(kept(of('installer', []))).toBe(true);
  expect(kept(of('both', ['nano', 'dpkg'], ['content']))).toBe(false);
  expect(kept(of('both', ['nano', 'dpkg'], ['content', 'mode']))).toBe(true);
  expect(kept(of('both', ['dpkg'], ['content']))).toBe(true);
});

test('a row explains its paths, its side and its kind of change', () => {
  const left = (
    only: 'installer' | 'bootstrap' | 'both',
    path: string,
    changed: ('content' | 'mode')[] = [],
  ) => findUnexplainedFiles([{ only, path, changed, packages: [] }]).length === 1;
  expect(left('installer', '/var/log/installer/syslog')).toBe(false);
  expect(left('installer', '/etc/surprise')).toBe(true);
  expect(left('bootstrap', '/etc/network/interfaces')).toBe(true);
  expect(left('both', '/etc/passwd', ['content'])).toBe(false);
  expect(left('both', '/etc/passwd', ['mode'])).toBe(true);
  expect(left('both', '/var/lib/dpkg/status', ['content'])).toBe(false);
  expect(left('both', '/var/lib/dpkg/info/dash.postinst', ['content'])).toBe(true);
  expect(left('both', '/etc/ssh/sshd_config', ['content'])).toBe(true);
});
