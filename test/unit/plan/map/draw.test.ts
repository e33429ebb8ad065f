import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadSiteAt } from '../../../../src/commands/load-site.ts';
import { drawMap, type MapReality } from '../../../../src/plan/map/model.ts';
import { listForwards } from '../../../../src/render/host-network/forwards.ts';
import { renderNftForwards } from '../../../../src/render/host-network/nftables.ts';
import { renderMapSvg } from '../../../../src/render/map-svg.ts';
import { renderMapText } from '../../../../src/render/map-text.ts';
import type { Site } from '../../../../src/spec/types.ts';

// RELIGHT_UPDATE_GOLDEN=1 writes the pictures of the documentation anew.
const UPDATE = process.env.RELIGHT_UPDATE_GOLDEN === '1';
const directory = mkdtempSync(join(tmpdir(), 'relight-map-'));
afterAll(() => rmSync(directory, { recursive: true }));

function makeSite(): Site {
  const disks = 'disks: { root: { size: 8GiB }, srv: { size: 50GiB, keep: true, mount: /srv } }\n';
  const files = {
    'site.yaml': `relight: 1
name: rome
networks:
  lan: { mode: bridge, bridge: xenbr0, interface: eth1 }
  inside: { mode: nat, bridge: xenbr1, subnet: 10.9.0.0/24, out: eth0 }
  public: { mode: routed, interface: eth0 }
`,
    'domus/web1.yaml': `memory: 2GiB
vcpus: 2
${disks}nics:
  - network: inside
    address: 10.9.0.10/24
    mac: "00:16:3e:00:00:0a"
    forward: ["203.0.113.10:443 -> 8443", "203.0.113.11"]
  - { network: lan, address: 192.0.2.10/24, mac: "00:16:3e:00:00:0b" }
`,
    'domus/mail1.yaml': `memory: 1GiB\n${disks}nics: [ { network: public, address: 203.0.113.30/24, mac: "00:16:3e:00:00:1e" } ]\n`,
    'domus/build1.yaml': `memory: 512MiB\n${disks}nics: [ { network: inside, address: dhcp } ]\n`,
  };
  mkdirSync(join(directory, 'domus'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const { site } = loadSiteAt(directory).parsed;
  if (site === undefined) throw new Error('the sample is not a site');
  return site;
}

const site = makeSite();
const link = (name: string, kind?: string, master?: string) => ({
  name,
  kind,
  master,
  mac: undefined,
  up: true,
});
const web1 = site.guests.get('web1');
const forwards = web1 === undefined ? [] : listForwards(web1, site.networks);

/** A dom0 with a guest too many, a forward and a guest too few, and a bridge that nobody described. */
const reality: MapReality = {
  network: {
    links: [
      link('lo'),
      link('eth0'),
      link('eth1', undefined, 'xenbr0'),
      link('eth2'),
      link('xenbr0', 'bridge'),
      link('xenbr1', 'bridge'),
      link('virbr9', 'bridge'),
      link('vif3.0', undefined, 'xenbr1'),
    ],
    addresses: [
      { link: 'eth0', family: 4, address: '203.0.113.10', prefix: 24 },
      { link: 'xenbr0', family: 4, address: '192.0.2.1', prefix: 24 },
      { link: 'xenbr1', family: 4, address: '10.9.0.1', prefix: 24 },
    ],
    files: new Map([['/etc/relight-host/guests/web1.nft', renderNftForwards(forwards.slice(0, 1))]]),
    rulesLoaded: true,
  },
  domains: [
    { name: 'Domain-0', id: 0, type: 'pv', memoryKiB: 3145728, vcpus: 4, disks: [], nics: [] },
    {
      name: 'web1',
      id: 3,
      type: 'pvh',
      memoryKiB: 2097152,
      vcpus: 2,
      disks: [{ device: 'xvda', target: '/dev/vg0/web1-root.7f3a12' }],
      nics: [
        { mac: '00:16:3e:00:00:0a', attached: 'xenbr1' },
        { mac: '00:16:3e:00:00:0b', attached: 'xenbr0' },
      ],
    },
    {
      name: 'old<test>',
      id: 5,
      type: 'pv',
      memoryKiB: 524288,
      vcpus: 1,
      disks: [{ device: 'xvda', target: '/dev/vg0/test' }],
      nics: [{ mac: '00:16:3e:99:00:01', attached: 'xenbr0' }],
    },
  ],
  volumes: [
    { name: 'web1-root.7f3a12', guest: 'web1' },
    { name: 'web1-srv', guest: 'web1' },
    { name: 'mail1-root.11aa22', guest: 'mail1' },
    { name: 'mail1-srv', guest: 'mail1' },
  ],
};

describe('map', () => {
  const map = drawMap(site, reality);

  test('marks what is missing and what nobody described', () => {
    const text = renderMapText(map);
    expect(text).toMatch(/^- .*forward 203\.0\.113\.11 -> 10\.9\.0\.10$/m);
    expect(text).toMatch(/^ {2}.*forward 203\.0\.113\.10:443\/tcp -> 10\.9\.0\.10:8443$/m);
    expect(text).toMatch(/^\+ .*interface eth2$/m);
    expect(text).toMatch(/^\+ .*network virbr9: bridge virbr9$/m);
    expect(text).toMatch(/^\+ .*old<test>: pv, 1 vcpu, 512MiB, running$/m);
    expect(text).toMatch(/^- .*build1: pvh, 1 vcpu, 512MiB, stopped$/m);
    expect(text).toMatch(/^ {2}.*mail1: pvh, 1 vcpu, 1GiB, stopped$/m);
  });

  test('the site alone has no marks', () => {
    const text = renderMapText(drawMap(site, { network: undefined, domains: undefined, volumes: undefined }));
    expect(text).not.toMatch(/^[-+]/m);
    expect(text).toContain('forward 203.0.113.11 -> 10.9.0.10');
  });

  test.each([
    ['docs/map.txt', renderMapText(map)],
    ['docs/map.svg', renderMapSvg(map)],
  ])('%s is what is drawn', (path, picture) => {
    if (UPDATE) writeFileSync(path, picture);
    expect(readFileSync(path, 'utf8')).toBe(picture);
  });

  test('the picture has no markup of a name', () => {
    expect(renderMapSvg(map)).not.toContain('<test>');
    expect(renderMapSvg(map)).toContain('old&lt;test&gt;');
  });
});
