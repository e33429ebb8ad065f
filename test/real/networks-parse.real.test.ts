import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { renderNatInterfaces } from '../../src/render/host-network/bridges.ts';
import { renderDnsmasq } from '../../src/render/host-network/dnsmasq.ts';
import { type HostForward, hostAddressOf, type NatNetwork } from '../../src/render/host-network/forwards.ts';
import { moveToBridge } from '../../src/render/host-network/ifupdown-edit.ts';
import { renderIptables, renderIptablesForwards } from '../../src/render/host-network/iptables.ts';
import { renderNftables, renderNftForwards } from '../../src/render/host-network/nftables.ts';

// Needs root (nft -c asks the kernel), nftables, iptables, dnsmasq-base, ifupdown. Nothing is loaded.
const directory = mkdtempSync(join(tmpdir(), 'relight-parse-'));
afterAll(() => rmSync(directory, { recursive: true }));
const at = { etc: join(directory, 'etc') };
const guests = join(at.etc, 'relight-host/guests');
mkdirSync(guests, { recursive: true });

const link = fc.stringMatching(/^[a-z][a-z0-9]{1,6}(\.[0-9]{1,3})?$/);
const octet = fc.integer({ min: 1, max: 254 });
const network: fc.Arbitrary<NatNetwork> = fc
  .tuple(link, link, octet, octet, fc.integer({ min: 24, max: 30 }))
  .map(([bridge, out, second, third, prefix]) => ({
    ...{ name: 'inside', mode: 'nat' as const, bridge, out },
    subnet: `10.${second}.${third}.0/${prefix}`,
  }));
const forward = (nat: NatNetwork): fc.Arbitrary<HostForward> =>
  fc
    .tuple(
      octet,
      fc.constantFrom('tcp' as const, 'udp' as const),
      fc.option(fc.integer({ min: 1, max: 65535 })),
    )
    .map(([last, protocol, port]) => ({
      ...{ guest: 'web1', network: nat.name, out: nat.out, public: `203.0.113.${last}`, protocol },
      ...{ port: port ?? undefined, guestPort: port ?? undefined, address: hostAddressOf(nat) },
    }));
const sample = network.chain((nat) => fc.tuple(fc.constant(nat), fc.array(forward(nat), { maxLength: 5 })));
const run = (argv: readonly string[], input?: string) =>
  execFileSync(argv[0] as string, argv.slice(1), {
    encoding: 'utf8',
    stdio: 'pipe',
    ...(input === undefined ? {} : { input }),
  });

test('what is written is read by nft, iptables-restore, dnsmasq and ifquery', () => {
  fc.assert(
    fc.property(sample, ([nat, forwards]) => {
      writeFileSync(join(guests, 'web1.nft'), renderNftForwards(forwards));
      const nft = join(directory, 'firewall.nft');
      writeFileSync(nft, renderNftables([nat], at));
      run(['nft', '-c', '-f', nft]);
      run(
        ['iptables-restore', '--test', '--noflush'],
        renderIptables([nat]) + renderIptablesForwards(forwards),
      );
      const dnsmasq = join(directory, 'dnsmasq.conf');
      writeFileSync(dnsmasq, renderDnsmasq([nat], []));
      run(['dnsmasq', '--test', `--conf-file=${dnsmasq}`]);
      const interfaces = join(directory, 'interfaces');
      writeFileSync(interfaces, renderNatInterfaces(nat));
      const read = run(['ifquery', '-i', interfaces, nat.bridge]);
      expect(read).toContain(`address: ${hostAddressOf(nat)}\n`);
      expect(read).toMatch(/^netmask: 255\.255\.255\.(0|128|192|224|240|248|252)$/m);
      writeFileSync(
        interfaces,
        moveToBridge(`iface ${nat.out} inet static\n    address 192.0.2.1/24\n`, nat.out, 'xenbr0'),
      );
      expect(run(['ifquery', '-i', interfaces, 'xenbr0'])).toContain(`bridge_ports: ${nat.out}\n`);
    }),
    { numRuns: 40 },
  );
});
