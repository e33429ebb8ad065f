import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration, suggestDuration } from '../../../src/spec/duration.ts';
import { parseForward } from '../../../src/spec/forward.ts';
import { deriveMac, deriveUuid } from '../../../src/spec/identity.ts';
import { findNearest, measureDistance, suggestNearest } from '../../../src/spec/nearest.ts';
import { formatSize, parseSize, suggestSize } from '../../../src/spec/size.ts';
import { findSshKeyFault } from '../../../src/spec/ssh-key.ts';
import { SSH_KEY } from './support.ts';

describe('sizes', () => {
  test('what is written reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (kibibytes) => {
        expect(parseSize(formatSize(kibibytes * 1024))).toBe(kibibytes * 1024);
      }),
    );
  });

  test.each([
    ['1KiB', 1024],
    ['256MiB', 268435456],
    ['8GiB', 8589934592],
    ['8 GiB', 8589934592],
    ['2TiB', 2199023255552],
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    '8',
    '8G',
    '8GB',
    '0GiB',
    '-1GiB',
    '1.5GiB',
    '08GiB',
    '8gib',
    '8  GiB',
    '99999TiB',
    'GiB',
    '8GiB ',
  ])('refuses %j', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  test.each([
    ['8', 'write the unit: 8MiB or 8GiB'],
    ['8G', 'write 8GiB'],
    ['10 gb', 'write 10GiB'],
    ['512m', 'write 512MiB'],
    ['big', 'for example 8GiB'],
    ['0', 'for example 8GiB'],
  ])('the hint for %j is %j', (text, hint) => {
    expect(suggestSize(text)).toBe(hint);
  });
});

describe('times', () => {
  test.each([
    ['45s', 45],
    ['9999s', 9999],
    ['5min', 300],
    ['999min', 59940],
    ['24h', 86400],
  ])('%s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each([
    '5',
    '0s',
    '05min',
    '1.5h',
    '5m',
    '5 min',
    '25h',
    '1000min',
    '10000s',
    '-1s',
    '1h30min',
    's',
    '5MIN',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each([
    ['180', 'write 180s'],
    ['5m', 'write 5min'],
    ['5 minutes', 'write 5min'],
    ['2 Hours', 'write 2h'],
    ['25h', 'at most 24h'],
    ['0', 'for example 5min'],
    ['soon', 'for example 5min'],
    ['2 days', 'for example 5min'],
    ['30 sec', 'write 30s'],
  ])('the hint for %j is %j', (text, hint) => {
    expect(suggestDuration(text)).toBe(hint);
    const written = /^write (.*)$/.exec(hint)?.[1];
    if (written !== undefined) expect(parseDuration(written)).toBeGreaterThan(0);
  });
});

describe('identities', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);

  test('are the same each time, and known values never change', () => {
    expect(deriveMac('site', 'hello', 0)).toBe('00:16:3e:6b:c0:df');
    expect(deriveUuid('site', 'hello')).toBe('b4e92811-54f0-8753-8c1f-0b2095697187');
  });

  test("MAC addresses are in Xen's range with the top bit clear, UUIDs of version 8", () => {
    fc.assert(
      fc.property(name, name, fc.nat(7), (site, guest, index) => {
        expect(deriveMac(site, guest, index)).toMatch(/^00:16:3e:[0-7][0-9a-f]:[0-9a-f]{2}:[0-9a-f]{2}$/);
        expect(deriveUuid(site, guest)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  test('differ by site, guest and nic, also where the parts run together', () => {
    const all = [
      deriveMac('a', 'bc', 0),
      deriveMac('ab', 'c', 0),
      deriveMac('a', 'bc', 1),
      deriveMac('a', 'bc0', 0),
      deriveMac('b', 'bc', 0),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(deriveUuid('a', 'bc')).not.toBe(deriveUuid('ab', 'c'));
  });
});

describe('nearest', () => {
  test.each([
    ['memmory', 'memory'],
    ['ssh_keys', 'ssh-keys'],
    ['sshkeys', 'ssh-keys'],
    ['Disks', 'disks'],
    ['siez', 'size'],
    ['nic', 'nics'],
  ])('%s means %s', (word, meant) => {
    expect(findNearest(word, ['memory', 'ssh-keys', 'disks', 'size', 'nics', 'users'])).toBe(meant);
  });

  test('says nothing when nothing is near', () => {
    expect(findNearest('colour', ['memory', 'disks'])).toBeUndefined();
    expect(suggestNearest('colour', ['memory'], 'known keys: memory')).toBe('known keys: memory');
  });

  test('the distance is a metric up to swaps', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (left, right) => {
        const distance = measureDistance(left, right);
        expect(distance).toBe(measureDistance(right, left));
        expect(distance === 0).toBe(left === right);
        expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(left.length - right.length));
      }),
    );
  });
});

describe('forwards', () => {
  test('are read', () => {
    expect(parseForward('203.0.113.10:443 -> 8443')).toEqual({
      address: '203.0.113.10',
      protocol: 'tcp',
      port: 443,
      guestPort: 8443,
    });
    expect(parseForward('203.0.113.10:53/udp -> 53')).toMatchObject({ protocol: 'udp', port: 53 });
    expect(parseForward('203.0.113.10')).toMatchObject({ port: undefined, guestPort: undefined });
  });

  test.each([
    '',
    '443 -> 443',
    '203.0.113.10:0 -> 1',
    '203.0.113.10:65536 -> 1',
    '203.0.113.10:1->1',
    '203.0.113.10:1 -> 1;',
    '203.0.113.300',
    '203.0.113.10:1/icmp -> 1',
  ])('refuses %j', (text) => {
    expect(parseForward(text)).toBeUndefined();
  });
});

describe('SSH keys', () => {
  test('a whole key is fine, with and without comment', () => {
    expect(findSshKeyFault(SSH_KEY)).toBeUndefined();
    expect(findSshKeyFault(SSH_KEY.split(' ').slice(0, 2).join(' '))).toBeUndefined();
  });

  test('a key cut anywhere in its base64 part is refused', () => {
    const [type = '', encoded = ''] = SSH_KEY.split(' ');
    for (let length = 0; length < encoded.length; length += 1) {
      expect(findSshKeyFault(`${type} ${encoded.slice(0, length)}`)).toBeDefined();
    }
  });

  test('a key of another type than it says is refused', () => {
    expect(findSshKeyFault(SSH_KEY.replace('ssh-ed25519', 'ssh-rsa'))).toBe(
      'its base64 part is not a key of type ssh-rsa',
    );
  });

  test.each([`${SSH_KEY}\nssh-rsa x`, `command="sh" ${SSH_KEY}`, `${SSH_KEY}\u001b`, ` ${SSH_KEY}`, ''])(
    'refuses %j',
    (line) => {
      expect(findSshKeyFault(line)).toBeDefined();
    },
  );
});
