import { describe, expect, test } from 'vitest';
import { checkKeptDiskSizes } from '../../../src/spec/kept-disks.ts';
import { codesOf, GOOD_GUEST, HASH, parse, SSH_KEY } from './support.ts';

const GIB = 1024 ** 3;

describe('a good guest is normalised', () => {
  const { site, issues } = parse(GOOD_GUEST);
  const guest = site?.guests.get('web1');

  test('without issues', () => {
    expect(issues).toEqual([]);
  });

  test('disks keep their order and get roles', () => {
    expect(guest?.disks).toEqual([
      {
        name: 'root',
        role: 'root',
        sizeBytes: 8 * GIB,
        keep: false,
        layout: 'plain',
        mount: '/',
        filesystem: 'ext4',
      },
      {
        name: 'swap',
        role: 'swap',
        sizeBytes: GIB,
        keep: false,
        layout: 'plain',
        mount: undefined,
        filesystem: 'swap',
      },
      {
        name: 'srv',
        role: 'data',
        sizeBytes: 50 * GIB,
        keep: true,
        layout: 'plain',
        mount: '/srv',
        filesystem: 'ext4',
      },
    ]);
  });

  test('everything else is filled in', () => {
    expect(guest).toMatchObject({
      suite: 'trixie',
      boot: 'grub',
      install: { kind: 'bootstrap' },
      mirror: { kind: 'host' },
      vcpus: 2,
      start: 'manual',
      root: { login: false, password: undefined, sshKeys: [] },
      users: [
        {
          name: 'anna',
          sudo: false,
          sshKeys: [SSH_KEY],
          password: { kind: 'hash', hash: HASH },
          shell: '/bin/bash',
        },
      ],
      files: [
        {
          source: { kind: 'text', text: 'hello\n' },
          to: '/etc/motd',
          mode: 0o640,
          owner: 'root',
          group: 'adm',
        },
      ],
      run: ['systemctl enable nginx\nsystemctl mask apt-daily.timer\n'],
      checks: [
        { kind: 'port', port: 22 },
        { kind: 'http', url: 'http://192.0.2.10/', status: 200, contains: 'hello' },
      ],
    });
    expect(guest?.nics[1]?.forward).toEqual([
      { address: '203.0.113.10', protocol: 'tcp', port: 443, guestPort: 443 },
    ]);
  });

  test('it is frozen all through', () => {
    expect(Object.isFrozen(guest)).toBe(true);
    expect(Object.isFrozen(guest?.disks[0])).toBe(true);
    expect(Object.isFrozen(guest?.users[0]?.sshKeys)).toBe(true);
    expect(Object.isFrozen(site)).toBe(true);
  });
});

describe('merging', () => {
  const minimal = 'memory: 1GiB\ndisks: { root: { size: 4GiB } }\n';

  test('a key of the guest replaces the whole default', () => {
    const { site } = parse(`${minimal}users: [ { name: anna, ssh-keys: ["${SSH_KEY}"] } ]\n`);
    expect(site?.guests.get('web1')?.users.map((user) => user.name)).toEqual(['anna']);
    expect(
      parse(minimal)
        .site?.guests.get('web1')
        ?.users.map((user) => user.name),
    ).toEqual(['admin']);
  });

  test('roles come before what the guest says; a package counts once; the later file wins', () => {
    const { site, issues } = parse(
      `${minimal}roles: [one, two]\npackages: [b, vim]\nrun: [three]\nfiles: [ { text: own, to: /etc/issue } ]\n`.replace(
        '[b,',
        '[bb,',
      ),
      {
        'roles/one.yaml':
          'packages: [aa, bb]\nrun: [first]\nfiles: [ { text: role, to: /etc/issue }, { text: x, to: /etc/x } ]\n',
        'roles/two.yaml': 'packages: [aa, cc]\nrun: [second]\n',
      },
    );
    expect(issues).toEqual([]);
    const guest = site?.guests.get('web1');
    expect(guest?.packages).toEqual(['aa', 'bb', 'cc', 'vim']);
    expect(guest?.run).toEqual(['first', 'second', 'three']);
    expect(guest?.files.map((file) => [file.to, file.source])).toEqual([
      ['/etc/x', { kind: 'text', text: 'x' }],
      ['/etc/issue', { kind: 'text', text: 'own' }],
    ]);
  });

  test('the default boot method depends on guest and suite', () => {
    const bootOf = (text: string) => parse(minimal + text).site?.guests.get('web1')?.boot;
    expect(bootOf('guest: pv\n')).toBe('direct');
    expect(bootOf('guest: pv\nsuite: bookworm\n')).toBe('grub');
    expect(bootOf('guest: hvm\n')).toBe('bios');
    expect(bootOf('')).toBe('grub');
  });

  test('addresses and identities are written in one way', () => {
    const { site } = parse(
      `${minimal}uuid: ABCDEF01-2345-6789-abcd-EF0123456789\nnics:\n  - { network: lan, mac: 00:16:3E:AA:BB:CC, address6: "2001:DB8:0::10/64" }\n`,
    );
    const guest = site?.guests.get('web1');
    expect(guest?.uuid).toBe('abcdef01-2345-6789-abcd-ef0123456789');
    expect(guest?.nics[0]).toMatchObject({
      mac: '00:16:3e:aa:bb:cc',
      ipv4: undefined,
      ipv6: { kind: 'static', address: '2001:db8::10/64' },
    });
  });

  test('an alias of a list or map is as good as writing it out', () => {
    const { site, issues } = parse(`${minimal}packages: &all [vim, git]\nrun: ["echo ok"]\nroles: []\n`);
    expect(issues).toEqual([]);
    expect(site?.guests.get('web1')?.packages).toEqual(['vim', 'git']);
  });
});

describe('errors stay where they are', () => {
  const broken = 'memory: 1\n';

  test('a broken guest is left out, the others are usable', () => {
    const parsed = parse(GOOD_GUEST, { 'domus/web2.yaml': broken });
    expect([...(parsed.site?.guests.keys() ?? [])]).toEqual(['web1']);
    expect(parsed.issuesOf('web1')).toEqual([]);
    expect(parsed.issuesOf('web2').map((issue) => issue.code)).toContain('RL2102');
    expect([...parsed.guestFiles.keys()]).toEqual(['web1', 'web2']);
  });

  test('a broken role breaks those that have it', () => {
    const parsed = parse(`${GOOD_GUEST}roles: [bad]\n`, {
      'roles/bad.yaml': 'packages: x\n',
      'domus/web2.yaml': 'memory: 1GiB\ndisks: { root: { size: 4GiB } }\n',
    });
    expect([...(parsed.site?.guests.keys() ?? [])]).toEqual(['web2']);
    expect(parsed.issuesOf('web1').map((issue) => issue.code)).toEqual(['RL2003']);
  });

  test('a broken site.yaml leaves no site, and guests are checked all the same', () => {
    const parsed = parse('memory: 1\n', { 'site.yaml': 'relight: 3\n' });
    expect(parsed.site).toBeUndefined();
    expect(codesOf(parsed)).toEqual(expect.arrayContaining(['RL2007', 'RL2102']));
  });

  test('an error between two guests breaks both', () => {
    const web2 = GOOD_GUEST.replace('web1', 'web2')
      .replace('10.9.0.10', '10.9.0.11')
      .replace(':443 ->', ':444 ->');
    const parsed = parse(GOOD_GUEST, { 'domus/web2.yaml': web2 });
    expect(codesOf(parsed)).toEqual(['RL3102']);
    expect([...(parsed.site?.guests.keys() ?? [])]).toEqual([]);
    expect(parsed.issuesOf('web1')).toEqual(parsed.issuesOf('web2'));
  });

  test('an issue of one default is reported once for all guests', () => {
    const guest = 'memory: 1GiB\ndisks: { root: { size: 4GiB } }\n';
    const parsed = parse(guest, {
      'site.yaml': 'relight: 1\ndefaults: { suite: woody, root: { login: true } }\n',
      'domus/web2.yaml': guest,
    });
    expect(codesOf(parsed)).toEqual(['RL3037']);
    expect(parsed.issuesOf('web2')).toHaveLength(1);
    expect(parsed.site?.guests.size).toBe(0);
  });
});

describe('places and secrets', () => {
  test('placeOf finds a value in the guest or in the defaults', () => {
    const parsed = parse(GOOD_GUEST);
    expect(parsed.placeOf('web1', ['disks', 'srv', 'size'])).toEqual({
      path: 'disks.srv.size',
      position: { file: '/site/domus/web1.yaml', line: 8, column: 16, length: 5 },
    });
    expect(parsed.placeOf('web1', ['suite'])).toMatchObject({
      path: 'defaults.suite',
      position: { file: '/site/site.yaml', line: 6 },
    });
    expect(parsed.placeOf('nobody', ['suite'])).toEqual({});
  });

  test('the texts for excerpts have stars in the place of secrets, and the same length', () => {
    const parsed = parse(GOOD_GUEST);
    const text = parsed.sources.get('/site/domus/web1.yaml') ?? '';
    expect(text).toHaveLength(GOOD_GUEST.length);
    expect(text).not.toContain(HASH.slice(0, 12));
    expect(text.replace(/\*+/, `"${HASH}"`)).toBe(GOOD_GUEST);
  });

  test.each([
    'users: [ { name: anna, password: "geheim, geheim" }',
    "users:\n  - password: 'geheim\n",
    '{"password":"geheim"',
    'passwrod: geheim\n',
    'root: { password: { hash: &a geheim } }\n',
    'password: |\n  geheim\n  geheim\n',
  ])('also where the file is broken: %j', (text) => {
    expect(parse(text).sources.get('/site/domus/web1.yaml')).not.toContain('geheim');
  });
});

describe('checkKeptDiskSizes', () => {
  const parsed = parse(GOOD_GUEST);
  const guest = parsed.site?.guests.get('web1');
  if (guest === undefined) throw new Error('the good guest must be there');
  const check = (bytes: number) =>
    checkKeptDiskSizes(guest, {
      sizes: new Map([
        ['srv', bytes],
        ['root', 1],
      ]),
      placeOf: (path) => parsed.placeOf('web1', path),
    });

  test('the same size, or one that LVM rounded up, is right', () => {
    expect(check(50 * GIB)).toEqual([]);
    expect(check(50 * GIB + 4 * 1024 ** 2 - 512)).toEqual([]);
  });

  test.each([49 * GIB, 51 * GIB, 50 * GIB - 1, 50 * GIB + 4 * 1024 ** 2])(
    '%d bytes are an error at the size',
    (bytes) => {
      expect(check(bytes)).toEqual([
        expect.objectContaining({ code: 'RL3301', severity: 'error', path: 'disks.srv.size' }),
      ]);
    },
  );

  test('a disk that does not exist yet is no error', () => {
    expect(checkKeptDiskSizes(guest, { sizes: new Map() })).toEqual([]);
  });
});
