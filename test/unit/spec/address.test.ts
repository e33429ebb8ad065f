import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contains,
  firstOf,
  formatIp,
  formatSubnet,
  lastOf,
  overlaps,
  parseCidr,
  parseIp,
  parseIpv4,
  parseIpv6,
} from '../../../src/spec/address.ts';

const ipv6 = fc.ipV6().filter((text) => !text.includes('.'));

describe('parsing', () => {
  test('agrees with node about what an address is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV4Extended(), ipv6, fc.string({ maxLength: 20 })), (text) => {
        expect(parseIpv4(text) !== undefined).toBe(isIPv4(text));
        const isPlain6 = isIPv6(text) && !text.includes('.') && !text.includes('%');
        expect(parseIpv6(text) !== undefined).toBe(isPlain6);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['010.0.0.1', '1.2.3', '1.2.3.4.5', '256.1.1.1', '1.2.3.4 ', '0x1.2.3.4', '1.2.3.-4', ''])(
    'refuses %j',
    (text) => {
      expect(parseIp(text)).toBeUndefined();
    },
  );

  test.each([
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7',
    '12345::',
    'fe80::1%eth0',
    '::ffff:1.2.3.4',
    '1:2:3:4:5:6:7::8',
  ])('refuses %j as IPv6 or takes it as node does', (text) => {
    expect(parseIpv6(text) !== undefined).toBe(isIPv6(text) && !/[.%]/.test(text));
  });

  test.each([
    '192.0.2.1',
    '192.0.2.1/33',
    '192.0.2.1/-1',
    '192.0.2.1/08',
    '192.0.2.1/24/24',
    '2001:db8::/129',
    '/24',
  ])('refuses %j as an address with prefix', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

describe('writing', () => {
  test('an address reads back to the same number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), ipv6), (text) => {
        const address = parseIp(text);
        expect(address).toBeDefined();
        if (address !== undefined) expect(parseIp(formatIp(address))).toEqual(address);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['10:0:0:20:0:0:30:40', '10::20:0:0:30:40'],
  ])('%s is written as RFC 5952 says: %s', (text, canonical) => {
    const address = parseIp(text);
    expect(address && formatIp(address)).toBe(canonical);
  });
});

describe('subnets', () => {
  const network = fc
    .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
    .map(([address, prefix]) => parseCidr(`${address}/${prefix}`))
    .filter((value) => value !== undefined);

  test('hold their own address, their first and their last, and not the ones beside', () => {
    fc.assert(
      fc.property(network, (subnet) => {
        expect(contains(subnet, subnet)).toBe(true);
        expect(contains(subnet, { family: 4, value: firstOf(subnet) })).toBe(true);
        expect(contains(subnet, { family: 4, value: lastOf(subnet) })).toBe(true);
        expect(contains(subnet, { family: 4, value: firstOf(subnet) - 1n })).toBe(false);
        expect(contains(subnet, { family: 4, value: lastOf(subnet) + 1n })).toBe(false);
        expect(lastOf(subnet) - firstOf(subnet) + 1n).toBe(1n << BigInt(32 - subnet.prefix));
      }),
    );
  });

  test('overlap exactly when one holds the first address of the other', () => {
    fc.assert(
      fc.property(network, network, (left, right) => {
        const holds =
          contains(left, { family: 4, value: firstOf(right) }) ||
          contains(right, { family: 4, value: firstOf(left) });
        expect(overlaps(left, right)).toBe(holds);
      }),
    );
  });

  test('are written without host bits', () => {
    const subnet = parseCidr('192.0.2.77/26');
    expect(subnet && formatSubnet(subnet)).toBe('192.0.2.64/26');
  });
});
