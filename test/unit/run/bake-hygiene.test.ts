import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkHygiene, listPrivileged } from '../../../src/run/bake/hygiene.ts';

let root = '';
const put = (path: string, text: string, mode = 0o644) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), mode);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'relight-hygiene-'));
  put('/etc/machine-id', '');
  put('/etc/shadow', 'root:*:19000:0:99999:7:::\nanna:!:19000:0:99999:7:::\n');
  put('/etc/apt/apt.conf.d/01autoremove', '// Acquire::http::Proxy "x";\nAPT::NeverAutoRemove "a";\n');
  put('/etc/dpkg/dpkg.cfg', '# force-unsafe-io\nno-debsig\n');
  put('/usr/bin/su', 'su', 0o4755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the hygiene of an image', () => {
  test('is fine with a clean root', () => {
    expect(() => checkHygiene(root, undefined)).not.toThrow();
    expect(() => checkHygiene(root, ['4755 /usr/bin/su'])).not.toThrow();
  });

  const dirty: [string, string, RegExp][] = [
    ['/etc/machine-id', '0123\n', /machine-id must be absent or empty/],
    ['/etc/ssh/ssh_host_rsa_key', 'key', /ssh_host_rsa_key is an identity/],
    ['/etc/resolv.conf', 'nameserver 192.0.2.1\n', /resolv.conf/],
    ['/var/lib/systemd/random-seed', 'x', /random-seed/],
    ['/var/log/apt/history.log', 'x', /history.log/],
    ['/var/lib/apt/lists/a_Packages', 'x', /a_Packages/],
    ['/etc/apt/apt.conf.d/99x', 'Acquire::http::Proxy "http://192.0.2.1:3142";\n', /has a proxy/],
    ['/etc/dpkg/dpkg.cfg.d/99x', 'force-unsafe-io\n', /force-unsafe-io/],
    ['/etc/shadow', 'root:$y$j9T$abc$def:19000:0:99999:7:::\n', /root has a password/],
    ['/etc/shadow', 'root::19000:0:99999:7:::\n', /without a password/],
    ['/root/.ssh/id', '-----BEGIN OPENSSH PRIVATE KEY-----\n', /a private key/],
    ['/etc/fetch.conf', 'url = https://anna:geheim@mirror.example.org/\n', /a password in a URL/],
  ];
  test.each(dirty)('finds what is wrong with %s', (path, text, message) => {
    put(path, text);
    expect(() => checkHygiene(root, undefined)).toThrow(message);
  });

  test('never shows the secret that it finds', () => {
    put('/etc/fetch.conf', 'url = https://anna:geheim@mirror.example.org/\n');
    let message = '';
    try {
      checkHygiene(root, undefined);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('a password in a URL');
    expect(message).not.toContain('geheim');
  });

  test('tells setuid files that the image before did not have', () => {
    put('/usr/bin/new', 'x', 0o2755);
    expect(listPrivileged(root)).toEqual(['2755 /usr/bin/new', '4755 /usr/bin/su']);
    expect(() => checkHygiene(root, ['4755 /usr/bin/su'])).toThrow(/2755 \/usr\/bin\/new/);
  });
});
