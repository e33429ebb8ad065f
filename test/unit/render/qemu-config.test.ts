import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfigHeader } from '../../../src/render/config-header.ts';
import { parseQemuConfig, renderQemuConfig } from '../../../src/render/qemu-config.ts';
import { HEADER, makeDomain, makeNic, nic } from './samples.ts';

test('a domain and its header read back', () => {
  fc.assert(
    fc.property(fc.array(nic, { maxLength: 4 }), fc.boolean(), (nics, isDirect) => {
      const kernel = { kernel: '/k', initrd: '/i', commandLine: 'root=UUID=x "quoted"\n' };
      const domain = makeDomain({ nics, ports: [22, 80], kernel: isDirect ? kernel : undefined });
      const text = renderQemuConfig(domain, HEADER);
      expect(parseQemuConfig(text)).toEqual({ header: HEADER, domain });
      expect(parseConfigHeader(text)).toEqual(HEADER);
    }),
  );
});

test('forwards read back', () => {
  const forward = [{ address: '203.0.113.10', protocol: 'tcp' as const, port: 443, guestPort: undefined }];
  const domain = makeDomain({ nics: [makeNic({ forward })] });
  expect(parseQemuConfig(renderQemuConfig(domain, HEADER)).domain).toEqual(domain);
});

test('a domain that would not read back is refused when it is written', () => {
  expect(() => renderQemuConfig(makeDomain({ vcpus: 0 }), HEADER)).toThrow(/vcpus/);
  expect(() => renderQemuConfig(makeDomain({ name: '../x' }), HEADER)).toThrow(/name/);
});

const document = renderQemuConfig(makeDomain({ nics: [makeNic({ ipv4: { kind: 'dhcp' } })] }), HEADER);
test.each([
  ['another version', document.replace('"version": 1', '"version": 2'), /version 2/],
  ['no version', document.replace('"version": 1,', ''), /version/],
  ['an unknown key', document.replace('"vcpus"', '"x": 1, "vcpus"'), /domain/],
  ['a relative device', document.replace('"/dev/', '"dev/'), /device/],
  ['a header of another format', document.replace('"format": 1', '"format": 9'), /format 9/],
  ['an IPv4 address by router advertisement', document.replace('"dhcp"', '"auto"'), /IPv4/],
  ['half a document', document.slice(0, 60), /not JSON/],
  ['an xl configuration', 'name = "web1"\n', /not JSON/],
  ['a number', '1', /QEMU configuration/],
])('%s is refused', (_, text, message) => {
  expect(() => parseQemuConfig(text)).toThrow(message);
});
