import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderSshdConfig, renderSudoers } from '../../../src/render/access.ts';
import { chooseDeviceSeconds, type FstabEntry, renderFstab } from '../../../src/render/fstab.ts';
import { renderHostname, renderHosts, renderResolvConf } from '../../../src/render/hosts.ts';
import {
  findLocaltimeTarget,
  renderDefaultLocale,
  renderKeyboard,
  renderLocaleGen,
  renderTimezone,
} from '../../../src/render/locale.ts';
import { renderSources } from '../../../src/render/sources.ts';
import { Failure } from '../../../src/report/failure.ts';
import { readDeb822, readFstab, readShell, readWords } from './readers.ts';
import { address4, hostileText, makeNic, makeUser, nic, UUID, uuid } from './samples.ts';

describe('fstab', () => {
  const mount = fc
    .array(fc.stringMatching(/^[A-Za-z0-9_ \\#"'é.-]{1,12}$/), { minLength: 1, maxLength: 4 })
    .filter((parts) => !parts.some((part) => /^\.\.?$/.test(part)))
    .map((parts) => `/${parts.join('/')}`);

  test('every field reads back, whatever the mount point', () => {
    fc.assert(
      fc.property(uuid, mount, fc.constantFrom('ext4' as const, 'xfs' as const), (id, path, filesystem) => {
        const [fields] = readFstab(renderFstab([{ role: 'data', uuid: id, filesystem, mount: path }]));
        expect(fields?.slice(0, 3)).toEqual([`UUID=${id}`, path, filesystem]);
        expect(fields?.slice(4)).toEqual(['0', filesystem === 'ext4' ? '2' : '0']);
      }),
    );
  });

  test('root comes first, a missing data disk does not stop the guest', () => {
    const entries: FstabEntry[] = [
      { role: 'data', uuid: UUID, filesystem: 'xfs', mount: '/srv/b' },
      { role: 'data', uuid: UUID, filesystem: 'ext4', mount: '/srv' },
      { role: 'swap', uuid: UUID, filesystem: 'swap', mount: undefined },
      { role: 'efi', uuid: 'ABCD-1234', filesystem: 'vfat', mount: '/boot/efi' },
      { role: 'root', uuid: UUID, filesystem: 'ext4', mount: '/' },
    ];
    expect(readFstab(renderFstab(entries))).toEqual([
      [`UUID=${UUID}`, '/', 'ext4', 'errors=remount-ro', '0', '1'],
      [`UUID=${UUID}`, 'none', 'swap', 'sw,x-systemd.device-timeout=600s', '0', '0'],
      ['UUID=ABCD-1234', '/boot/efi', 'vfat', 'umask=0077,x-systemd.device-timeout=600s', '0', '1'],
      [`UUID=${UUID}`, '/srv', 'ext4', 'defaults,nofail,x-systemd.device-timeout=600s', '0', '2'],
      [`UUID=${UUID}`, '/srv/b', 'xfs', 'defaults,nofail,x-systemd.device-timeout=600s', '0', '0'],
    ]);
  });

  test('a device is waited for as long as the start leaves time to say that it is missing', () => {
    const entries: FstabEntry[] = [{ role: 'data', uuid: UUID, filesystem: 'ext4', mount: '/srv' }];
    expect(renderFstab(entries, chooseDeviceSeconds(3600))).toContain('x-systemd.device-timeout=2400s');
    expect([30, 900, 86400].map(chooseDeviceSeconds)).toEqual([120, 600, 57600]);
    const log: FstabEntry = { role: 'data', uuid: UUID, filesystem: 'ext4', mount: '/var/log' };
    expect(renderFstab([log], 2400)).toContain('x-systemd.device-timeout=120s');
  });

  test('a hostile UUID or mount point is refused or comes back as it was', () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, isMount) => {
        const entry: FstabEntry = {
          role: 'data',
          uuid: isMount ? UUID : text,
          filesystem: 'ext4',
          mount: isMount ? `/${text}` : '/srv',
        };
        let written: string;
        try {
          written = renderFstab([entry]);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        const lines = readFstab(written);
        expect(lines).toHaveLength(1);
        expect(lines[0]?.slice(0, 2)).toEqual([`UUID=${entry.uuid}`, entry.mount]);
      }),
    );
  });
});

describe('hosts, hostname, resolv.conf', () => {
  test('the name stands for the first static address of each family, else for 127.0.1.1', () => {
    fc.assert(
      fc.property(fc.array(nic, { maxLength: 3 }), (nics) => {
        const lines = readWords(renderHosts('web1.example.org', nics));
        const own = lines.filter((words) => words.includes('web1')).map(([address]) => address);
        const four = nics.flatMap(({ ipv4 }) =>
          ipv4?.kind === 'static' ? [ipv4.address.split('/')[0]] : [],
        );
        const six = nics.flatMap(({ ipv6 }) => (ipv6?.kind === 'static' ? [ipv6.address.split('/')[0]] : []));
        expect(own).toEqual([four[0] ?? '127.0.1.1', ...six.slice(0, 1)]);
        expect(lines).toContainEqual(['127.0.0.1', 'localhost']);
      }),
    );
  });

  test('a name with dots has its first label as an alias', () => {
    expect(readWords(renderHosts('web1.example.org', []))).toContainEqual([
      '127.0.1.1',
      'web1.example.org',
      'web1',
    ]);
    expect(readWords(renderHosts('web1', []))).toContainEqual(['127.0.1.1', 'web1']);
  });

  test('a hostile name is refused or is a plain word', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        let written: string;
        try {
          written = renderHostname(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect(() => renderHosts(text, [])).toThrow(Failure);
          return;
        }
        expect(written).toBe(`${text}\n`);
        expect(text).toMatch(/^[A-Za-z0-9.-]+$/);
      }),
    );
  });

  test('static name servers are written, each once; DHCP leaves the file to systemd-resolved', () => {
    fc.assert(
      fc.property(fc.array(address4, { minLength: 1, maxLength: 3 }), (dns) => {
        const text = renderResolvConf([makeNic({ dns }), makeNic({ dns })]) ?? '';
        expect(readWords(text)).toEqual([...new Set(dns)].map((server) => ['nameserver', server]));
        expect(renderResolvConf([makeNic({ dns }), makeNic({ ipv4: { kind: 'dhcp' } })])).toBeUndefined();
      }),
    );
    expect(renderResolvConf([makeNic()])).toBeUndefined();
  });
});

describe('apt sources', () => {
  const mirror = {
    archive: 'http://mirror.example.org/debian',
    security: 'http://mirror.example.org/debian-security',
  };
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const stanza = { Types: 'deb', Components: 'main non-free-firmware', 'Signed-By': keyring };

  test('a release has updates and security', () => {
    expect(readDeb822(renderSources({ suite: 'trixie', mirror }))).toEqual([
      { ...stanza, URIs: mirror.archive, Suites: 'trixie trixie-updates' },
      { ...stanza, URIs: mirror.security, Suites: 'trixie-security' },
    ]);
  });

  test('without a security archive there is no such stanza; sid has neither', () => {
    const lone = { archive: mirror.archive, security: undefined };
    expect(readDeb822(renderSources({ suite: 'bookworm', mirror: lone }))).toHaveLength(1);
    expect(readDeb822(renderSources({ suite: 'sid', mirror }))).toEqual([
      { ...stanza, URIs: mirror.archive, Suites: 'sid' },
    ]);
  });

  test('a hostile URL, suite, component or keyring is refused or comes back as it was', () => {
    const place = fc.constantFrom('archive', 'suite', 'component', 'keyring');
    fc.assert(
      fc.property(place, hostileText, fc.constantFrom('', 'http://', 'https://h/'), (name, text, before) => {
        const archive = name === 'archive' ? before + text : mirror.archive;
        const suite = name === 'suite' ? text : 'trixie';
        const components = name === 'component' ? [text] : ['main'];
        const key = name === 'keyring' ? text : keyring;
        let written: string;
        try {
          written = renderSources({
            suite,
            mirror: { archive, security: undefined },
            components,
            keyring: key,
          });
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        expect(readDeb822(written)).toEqual([
          {
            Types: 'deb',
            URIs: archive,
            Suites: `${suite} ${suite}-updates`,
            Components: components[0],
            'Signed-By': key,
          },
        ]);
      }),
    );
  });

  test.each([
    'http://user:password@h/',
    'ftp://h/',
    'http://h/"',
    'http://h/a b',
    'http://',
    'file:/srv',
    'http://h/#x',
  ])('the archive %s is refused', (archive) => {
    expect(() => renderSources({ suite: 'trixie', mirror: { archive, security: undefined } })).toThrow(
      /archive/,
    );
  });
});

describe('locale, keyboard, time zone', () => {
  test('a locale is generated and set; those built in are only set', () => {
    expect(readWords(renderLocaleGen('en_GB.UTF-8'))).toEqual([['en_GB.UTF-8', 'UTF-8']]);
    expect(readWords(renderLocaleGen('ca_ES.UTF-8@valencia'))).toEqual([['ca_ES.UTF-8@valencia', 'UTF-8']]);
    expect(readWords(renderLocaleGen('en_GB.ISO-8859-15'))).toEqual([['en_GB.ISO-8859-15', 'ISO-8859-15']]);
    expect(readWords(renderLocaleGen('C.UTF-8'))).toEqual([]);
    expect(renderDefaultLocale('C.UTF-8')).toBe('LANG=C.UTF-8\n');
  });

  test('a keymap is layout and variant', () => {
    expect(readShell(renderKeyboard('gb'))).toMatchObject({ XKBLAYOUT: 'gb', XKBVARIANT: '' });
    expect(readShell(renderKeyboard('fr(latin9)'))).toMatchObject({ XKBLAYOUT: 'fr', XKBVARIANT: 'latin9' });
  });

  test('a time zone is a name and a link', () => {
    expect(renderTimezone('America/Argentina/Buenos_Aires')).toBe('America/Argentina/Buenos_Aires\n');
    expect(findLocaltimeTarget('Etc/GMT+1')).toBe('/usr/share/zoneinfo/Etc/GMT+1');
  });

  test('hostile values are refused', () => {
    const writers = [
      renderLocaleGen,
      renderDefaultLocale,
      renderKeyboard,
      renderTimezone,
      findLocaltimeTarget,
    ];
    fc.assert(
      fc.property(fc.constantFrom(...writers), hostileText, (write, text) => {
        fc.pre(!/^[A-Za-z0-9()_/+-]+$/.test(text));
        expect(() => write(text)).toThrow(Failure);
      }),
    );
  });

  test.each(['en_GB', 'en_GB.utf8', 'de_DE@euro', '../x', 'de_DE.UTF-8\n'])(
    'the locale %j is refused',
    (locale) => {
      expect(() => renderLocaleGen(locale)).toThrow(/locale/);
    },
  );
  test.each(['/etc/passwd', '../x', 'Europe/../x', 'Europe/London\n'])(
    'the time zone %j is refused',
    (zone) => {
      expect(() => renderTimezone(zone)).toThrow(/time zone/);
    },
  );
});

describe('sudo and ssh', () => {
  const password = { kind: 'env', name: 'P' } as const;

  test('only users with sudo and without a password are named', () => {
    const users = [makeUser(), makeUser({ name: 'ben', password }), makeUser({ name: 'eve', sudo: false })];
    expect(readWords(renderSudoers(users) ?? '')).toEqual([['anna', 'ALL=(ALL:ALL)', 'NOPASSWD:', 'ALL']]);
    expect(renderSudoers(users.slice(1))).toBeUndefined();
  });

  test('a hostile user name is refused', () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        fc.pre(!/^[a-z_][a-z0-9_-]{0,31}$/.test(name));
        expect(() => renderSudoers([makeUser({ name })])).toThrow(Failure);
      }),
    );
    for (const name of ['ALL', '#0', '%admin', 'a b', 'anna\n', 'a'.repeat(33)]) {
      expect(() => renderSudoers([makeUser({ name })])).toThrow(/user name/);
    }
  });

  test.each([
    [false, undefined, [], 'no'],
    [true, undefined, [], 'prohibit-password'],
    [true, password, ['ssh-ed25519 A'], 'prohibit-password'],
    [true, password, [], 'yes'],
  ] as const)('root: login %s, password %j, keys %j: %s', (login, secret, sshKeys, value) => {
    const text = renderSshdConfig({ login, password: secret, sshKeys });
    expect(readWords(text)).toEqual([['PermitRootLogin', value]]);
  });
});
