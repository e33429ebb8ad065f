import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOnSubnet } from '../../../src/render/address.ts';
import { renderInterfaces } from '../../../src/render/interfaces.ts';
import { renderNetworkUnits, renderUnit } from '../../../src/render/network-units.ts';
import { Failure } from '../../../src/report/failure.ts';
import type { NicSpec } from '../../../src/spec/types.ts';
import { readInterfaces, readUnit } from './readers.ts';
import { hostileText, makeNic, nic } from './samples.ts';

const readNic = (each: NicSpec) => readUnit(renderNetworkUnits([each])[0]?.content ?? '');
const valuesOf = (sections: ReturnType<typeof readUnit>, section: string, key: string) =>
  sections
    .filter((each) => each.section === section)
    .flatMap((each) => each.settings.filter(([name]) => name === key).map(([, value]) => value));

test('a unit says what the nic says', () => {
  fc.assert(
    fc.property(nic, (each) => {
      const sections = readNic(each);
      const all = (section: string, key: string) => valuesOf(sections, section, key);
      const statics = [each.ipv4, each.ipv6].flatMap((ip) => (ip?.kind === 'static' ? [ip.address] : []));
      expect(all('Match', 'MACAddress')).toEqual([each.mac]);
      expect(all('Network', 'Address')).toEqual(statics);
      expect(all('Network', 'DHCP')).toEqual([each.ipv4?.kind === 'dhcp' ? 'ipv4' : 'no']);
      expect(all('Network', 'IPv6AcceptRA')).toEqual([each.ipv6?.kind === 'auto' ? 'yes' : 'no']);
      expect(all('Network', 'DNS')).toEqual(each.dns);
      expect(all('Route', 'Gateway')).toEqual(
        [each.gateway, each.gateway6].filter((value) => value !== undefined),
      );
    }),
  );
});

test('units are numbered by nic', () => {
  const paths = renderNetworkUnits([makeNic(), makeNic()]).map((file) => file.path);
  expect(paths).toEqual([
    '/etc/systemd/network/10-relight-nic0.network',
    '/etc/systemd/network/10-relight-nic1.network',
  ]);
});

test.each([
  ['192.0.2.10/24', '192.0.2.254', []],
  ['192.0.2.10/32', '192.0.2.254', ['yes']],
  ['192.0.2.10/24', '198.51.100.1', ['yes']],
  ['2001:db8::10/64', '2001:db8::1', []],
  ['2001:db8::10/64', 'fe80::1', []],
  ['2001:db8::10/128', '2001:db8::1', ['yes']],
])('%s reaches %s on the link: %j', (address, gateway, onLink) => {
  const isSix = address.includes(':');
  const each = isSix
    ? makeNic({ ipv6: { kind: 'static', address }, gateway6: gateway })
    : makeNic({ ipv4: { kind: 'static', address }, gateway });
  expect(valuesOf(readNic(each), 'Route', 'GatewayOnLink')).toEqual(onLink);
  expect(isOnSubnet(isSix ? 6 : 4, gateway, address)).toBe(onLink.length === 0);
});

test('a nic without addresses does not hold up the network, and has no link-local address', () => {
  const sections = readNic(makeNic());
  expect(valuesOf(sections, 'Link', 'RequiredForOnline')).toEqual(['no']);
  expect(valuesOf(sections, 'Network', 'LinkLocalAddressing')).toEqual(['no']);
});

test('own name servers replace those of DHCP', () => {
  const each = makeNic({ ipv4: { kind: 'dhcp' }, dns: ['192.0.2.53'] });
  expect(valuesOf(readNic(each), 'DHCPv4', 'UseDNS')).toEqual(['no']);
  expect(valuesOf(readNic({ ...each, dns: [] }), 'DHCPv4', 'UseDNS')).toEqual([]);
});

test('a gateway without a static address is refused', () => {
  expect(() => readNic(makeNic({ ipv4: { kind: 'dhcp' }, gateway: '192.0.2.1' }))).toThrow(/gateway/);
  expect(() => readNic(makeNic({ ipv6: { kind: 'auto' }, gateway6: 'fe80::1' }))).toThrow(/gateway/);
});

test.each(['a\nb', 'a\\', ' a', 'a ', '\u0000'])('the unit value %j is refused', (value) => {
  expect(() => renderUnit([['Network', [['DNS', value]]]])).toThrow(/unit value/);
});

test('a hostile address is refused in both formats', () => {
  const place = fc.constantFrom('mac', 'address', 'address6', 'gateway', 'dns');
  fc.assert(
    fc.property(place, hostileText, (name, text) => {
      const each = makeNic({
        ipv4: { kind: 'static', address: name === 'address' ? text : '192.0.2.10/24' },
        ipv6: { kind: 'static', address: name === 'address6' ? text : '2001:db8::10/64' },
        ...(name === 'gateway' ? { gateway: text } : {}),
        ...(name === 'dns' ? { dns: [text] } : {}),
        ...(name === 'mac' ? { mac: text } : {}),
      });
      expect(() => renderNetworkUnits([each])).toThrow(Failure);
      if (name !== 'mac') expect(() => renderInterfaces([each])).toThrow(Failure);
    }),
  );
});

test.each([
  '010.0.0.1/8',
  '192.0.2.10',
  '192.0.2.10/33',
  '192.0.2.10/24/1',
  '1.2.3/8',
  'fe80::1%eth0/64',
  '::1/129',
  '1.2.3.4/08',
])('the address %s is refused', (address) => {
  const ip = { kind: 'static', address } as const;
  expect(() => renderNetworkUnits([makeNic(address.includes(':') ? { ipv6: ip } : { ipv4: ip })])).toThrow(
    /address/,
  );
});

test('interfaces says what the nics say, by the names of their slots', () => {
  fc.assert(
    fc.property(fc.array(nic, { minLength: 1, maxLength: 4 }), (nics) => {
      const stanzas = readInterfaces(renderInterfaces(nics)).filter((stanza) => stanza.name !== 'lo');
      nics.forEach((each, index) => {
        const own = stanzas.filter((stanza) => stanza.name === `enX${index}`);
        const option = (method: string, key: string) =>
          own
            .filter((stanza) => stanza.method === method)
            .flatMap((stanza) =>
              stanza.options.filter(([name]) => name === key).map(([, ...words]) => words),
            );
        const methods = own.map((stanza) => stanza.method);
        expect(methods.includes('inet dhcp')).toBe(each.ipv4?.kind === 'dhcp');
        expect(methods.includes('inet6 auto')).toBe(each.ipv6?.kind === 'auto');
        expect(option('inet static', 'address')).toEqual(
          each.ipv4?.kind === 'static' ? [[each.ipv4.address]] : [],
        );
        expect(option('inet6 static', 'address')).toEqual(
          each.ipv6?.kind === 'static' ? [[each.ipv6.address]] : [],
        );
        expect(option('inet static', 'gateway')).toEqual(each.gateway === undefined ? [] : [[each.gateway]]);
        expect(option('inet6 static', 'gateway')).toEqual(
          each.gateway6 === undefined ? [] : [[each.gateway6]],
        );
        const dns = own.flatMap((stanza) => stanza.options.filter(([name]) => name === 'dns-nameservers'));
        expect(dns).toEqual(each.dns.length === 0 ? [] : [['dns-nameservers', ...each.dns]]);
      });
    }),
  );
});
