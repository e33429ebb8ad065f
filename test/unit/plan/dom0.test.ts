import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dom0Facts } from '../../../src/host/dom0-facts.ts';
import type { HostNetworkFacts } from '../../../src/host/network.ts';
import { buildDom0Plan, buildDom0ReturnPlan, listDom0Items } from '../../../src/plan/dom0/build.ts';
import { formatDiff } from '../../../src/plan/dom0/diff.ts';
import { isOwnText, signText } from '../../../src/plan/dom0/files.ts';
import type { Dom0Item, Dom0Request } from '../../../src/plan/dom0/types.ts';
import { readAssignments, setAssignments } from '../../../src/render/assignments.ts';
import { readSite } from '../../../src/run/read-site.ts';
import { parseSite } from '../../../src/spec/parse-site.ts';

/** The site of a text. */
function site(host: string, guests: Readonly<Record<string, string>> = {}): Dom0Request['site'] {
  const directory = mkdtempSync(join(tmpdir(), 'relight-dom0-'));
  writeFileSync(join(directory, 'site.yaml'), `relight: 1\nhost:\n${host}`);
  if (Object.keys(guests).length > 0) mkdirSync(join(directory, 'domus'));
  for (const [name, text] of Object.entries(guests))
    writeFileSync(join(directory, `domus/${name}.yaml`), text);
  const parsed = parseSite(readSite(directory));
  rmSync(directory, { recursive: true });
  if (parsed.site === undefined) throw new Error('the site has errors');
  return parsed.site;
}

const FRESH: Dom0Facts = {
  paths: { state: '/var/lib/relight', config: '/etc/xen', auto: '/etc/xen/auto' },
  system: { id: 'debian', codename: 'trixie' },
  architecture: 'amd64',
  kernel: '6.12.48+deb13-amd64',
  kernelCommandLine: 'BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro console=ttyS0,115200',
  firmware: 'bios',
  secureBoot: false,
  installed: ['grub-pc', 'linux-image-amd64'],
  dpkgAudit: '',
  diversions: [],
  files: {},
  xen: undefined,
  mirrors: { archive: 'http://mirror.example.org/debian', security: undefined },
  cache: undefined,
  cacheAnswers: false,
  cacheListener: undefined,
  addresses: ['127.0.0.1', '192.0.2.1'],
  volumeGroups: [],
  disk: { path: '/dev/sdb', sizeBytes: 2 ** 40, isDisk: true, signatures: [], mounted: false, partitions: 0 },
};

const HOST =
  '  storage: { lvm: vg0 }\n  cache: { apt-cacher-ng: "192.0.2.1:3142" }\n  dom0: { memory: 2GiB, vcpus: 2 }\n';

function ask(facts: Partial<Dom0Facts> = {}, options: Partial<Dom0Request> = {}) {
  const request: Dom0Request = {
    ...{ site: site(HOST), facts: { ...FRESH, ...facts }, operation: 'abc123', force: false },
    ...{ storageDisk: '/dev/sdb', relightVersion: '0' },
    ...options,
  };
  return { request, items: listDom0Items(request) };
}

const find = (items: readonly Dom0Item[], id: string) => items.find((item) => item.id === id);

/** What the steps of a setup leave behind. */
function apply(facts: Dom0Facts, items: readonly Dom0Item[]): Dom0Facts {
  const files = { ...facts.files };
  for (const step of items.flatMap((item) => item.action?.steps ?? [])) {
    if (step.do === 'replace-host-file') files[step.path] = { text: step.content, mode: step.mode };
    if (step.do === 'set-assignments') {
      files[step.path] = { text: setAssignments(files[step.path]?.text ?? '', step.values), mode: 0o644 };
    }
  }
  files['/boot/grub/grub.cfg'] = {
    text: 'set default="Debian GNU/Linux, with Xen hypervisor"\n\tmultiboot2 /boot/xen-4.20-amd64.gz x\n',
    mode: 0o600,
  };
  const missing = items.flatMap((item) => /^install (.*)$/.exec(item.detail)?.[1]?.split(', ') ?? []);
  return {
    ...{ ...facts, files, installed: [...facts.installed, ...missing], cacheAnswers: true },
    volumeGroups: [{ name: 'vg0', sizeBytes: 2 ** 40, freeBytes: 2 ** 40, pools: [] }],
    xen: {
      ...{ version: '4.20', capabilities: ['xen-3.0-x86_64'], problem: undefined },
      commandLine: 'placeholder dom0_mem=2048M,max:2048M dom0_max_vcpus=2',
      dom0: { memoryMiB: 2048, vcpus: 2 },
    },
  };
}

describe('a fresh machine', () => {
  it('gets Xen, its boot default, storage and cache in one plan; a second run has nothing to do', () => {
    const { request, items } = ask();
    const plan = buildDom0Plan(request, items);
    expect(plan?.actions.map((action) => action.id)).toEqual(
      expect.arrayContaining(['xen-packages', 'volume-group', 'boot-default', 'cache-settings', 'cache-apt']),
    );
    const after = ask(apply(FRESH, items));
    expect(after.items.filter((item) => item.state !== 'ok')).toEqual([]);
    expect(buildDom0Plan(after.request, after.items)).toBeUndefined();
  });

  it('takes a list of backends that says the same as it is: the package writes it anew', () => {
    const { items } = ask();
    const done = apply(FRESH, items);
    const backends = (text: string) => ({
      ...{ ...done, files: { ...done.files, '/etc/apt-cacher-ng/backends_debian': { text, mode: 0o644 } } },
    });
    const state = (text: string) => find(ask(backends(text)).items, 'cache-settings')?.state;
    expect(state('http://mirror.example.org/debian/\n')).toBe('ok');
    expect(state('http://other.example.org/debian/\n')).toBe('todo');
    expect(state('')).toBe('todo');
  });

  it('binds the cache to the given addresses before the package comes', () => {
    const { request, items } = ask();
    const ids = buildDom0Plan(request, items)?.actions.map((action) => action.id) ?? [];
    expect(ids.indexOf('cache-settings')).toBeLessThan(ids.indexOf('cache-package'));
    expect(ids.indexOf('cache-answers')).toBeLessThan(ids.indexOf('cache-apt'));
    expect(find(items, 'cache-settings')?.diff).toContain('+BindAddress: 127.0.0.1 192.0.2.1\n');
  });

  it('keeps a serial console, which Xen takes over', () => {
    const diff = find(ask().items, 'boot-default')?.diff ?? '';
    expect(diff).toContain('dom0_mem=2048M,max:2048M dom0_max_vcpus=2 com1=115200,8n1 console=com1,vga');
    expect(diff).toContain('console=hvc0');
  });

  it('has GRUB load what unpacks Xen, whatever else is loaded', () => {
    const steps = find(ask().items, 'boot-default')?.action?.steps ?? [];
    const script = steps.find((step) => 'path' in step && step.path === '/etc/grub.d/06_relight_xen');
    if (script?.do !== 'replace-host-file') throw new Error('no script');
    expect(script.mode).toBe(0o755);
    expect(isOwnText(script.content)).toBe(true);
    expect(execFileSync('sh', { input: script.content, encoding: 'utf8' })).toBe('insmod gzio\n');
  });

  it('gets QEMU for Xen where a guest is HVM, and saves guests where the site says so', () => {
    const guests = { hvm1: 'name: hvm1\nguest: hvm\nmemory: 1GiB\ndisks: { root: { size: 4GiB } }\n' };
    const wanted = site('  dom0: { memory: 2GiB, guests-at-shutdown: save }\n', guests);
    const { items } = ask({}, { site: wanted });
    expect(find(items, 'xen-packages')?.detail).toContain('qemu-system-xen');
    expect(find(ask().items, 'xen-packages')?.detail).not.toContain('qemu-system-xen');
    const diff = find(items, 'guests-at-shutdown')?.diff ?? '';
    expect(diff).toContain('+XENDOMAINS_SAVE="/var/lib/xen/save"\n+XENDOMAINS_RESTORE="true"\n');
  });

  it('can be taken back: the undos, the last first', () => {
    const { request, items } = ask();
    const plan = buildDom0Plan(request, items);
    if (plan === undefined) throw new Error('no plan');
    const back = buildDom0ReturnPlan(request, plan);
    expect(back.actions.map((action) => action.id)).toEqual(
      plan.actions.flatMap((action) => (action.undo.length > 0 ? [action.id] : [])).reverse(),
    );
  });
});

describe('what a person wrote', () => {
  const path = '/etc/default/grub.d/relight-xen.cfg';
  const theirs = { [path]: { text: 'GRUB_CMDLINE_XEN="iommu=off"\n', mode: 0o644 } };

  it('is refused with its difference, and replaced by --force with a copy', () => {
    const item = find(ask({ files: theirs }).items, 'boot-default');
    expect(item).toMatchObject({ state: 'refused', issue: { code: 'RL1404' } });
    expect(item?.diff).toContain('-GRUB_CMDLINE_XEN="iommu=off"\n');
    const forced = find(ask({ files: theirs }, { force: true }).items, 'boot-default');
    expect(forced?.action?.steps[0]).toMatchObject({ do: 'replace-host-file', path });
    expect(forced?.action?.undo).toContainEqual(expect.objectContaining({ do: 'return-host-file', path }));
  });

  it('is known by the checksum in the first line', () => {
    const text = signText('A=1\n');
    expect(isOwnText(text)).toBe(true);
    expect(isOwnText(text.replace('A=1', 'A=2'))).toBe(false);
    expect(isOwnText('A=1\n')).toBe(false);
  });

  it('stays in a file of assignments', () => {
    const text = '# mine\nXENDOMAINS_SAVE=/var/lib/xen/save\nOTHER=$(x)\n';
    const set = setAssignments(text, { XENDOMAINS_SAVE: '', NEW: 'a b' });
    expect(set).toBe('# mine\nXENDOMAINS_SAVE=""\nOTHER=$(x)\nNEW="a b"\n');
    expect(readAssignments(set)).toMatchObject({ XENDOMAINS_SAVE: '', NEW: 'a b' });
    expect(setAssignments(set, { NEW: 'a b' })).toBe(set);
    expect(() => setAssignments('', { A: '$(reboot)' })).toThrow(/cannot be written/);
  });

  it('is shown as diff(1) does', () => {
    expect(formatDiff('/x', 'a\nb\nc\n', 'a\nB\nc\nd\n')).toBe('--- /x\n-b\n+B\n+d\n');
  });
});

describe('what stops a setup', () => {
  const cases: [string, Partial<Dom0Facts>, string][] = [
    ['another system', { system: { id: 'ubuntu', codename: 'noble' } }, 'RL1405'],
    ['another architecture', { architecture: 'arm64' }, 'RL1406'],
    ['secure boot', { secureBoot: true }, 'RL1407'],
    [
      'a cloud kernel',
      { kernel: '6.12-cloud-amd64', installed: ['grub-pc', 'linux-image-cloud-amd64'] },
      'RL1408',
    ],
    ['a half-done dpkg', { dpkgAudit: 'The following packages are only half configured' }, 'RL1409'],
    ['no GRUB', { installed: [] }, 'RL1410'],
    [
      'a disk with a signature',
      { disk: { ...FRESH.disk, signatures: ['ext4'] } as Dom0Facts['disk'] },
      'RL1423',
    ],
    ['a disk with partitions', { disk: { ...FRESH.disk, partitions: 2 } as Dom0Facts['disk'] }, 'RL1423'],
    ['a disk that is none', { disk: undefined }, 'RL1423'],
    ['another program on the port', { cacheListener: 'squid' }, 'RL1430'],
  ];
  it.each(cases)('%s', (_name, facts, code) => {
    const refused = ask(facts).items.filter((item) => item.state === 'refused');
    expect(refused.map((item) => item.issue?.code)).toEqual([code]);
    expect(refused.every((item) => item.action === undefined)).toBe(true);
  });

  it('not what is only old: a diversion and TOOLSTACK are explained', () => {
    const { items } = ask({
      diversions: ['local diversion of /etc/grub.d/20_linux_xen to /etc/grub.d/08_linux_xen'],
      files: { '/etc/default/xen': { text: 'TOOLSTACK=xm\n', mode: 0o644 } },
    });
    const notes = items.filter((item) => item.state === 'note');
    expect(notes.map((item) => item.issue?.code)).toEqual(['RL1411', 'RL1412']);
  });
});

describe('a cache that is here already, or elsewhere', () => {
  const ids = (items: readonly Dom0Item[]) =>
    items.filter((item) => item.area === 'cache').map((item) => item.id);

  it('of another machine is used as it is', () => {
    const { items } = ask({}, { site: site('  cache: { proxy: "http://cache.example.org:3128" }\n') });
    expect(ids(items)).toEqual(['cache-answers', 'cache-apt']);
  });

  const served: Partial<Dom0Facts> = {
    installed: ['grub-pc', 'linux-image-amd64', 'apt-cacher-ng'],
    ...{ cacheListener: 'apt-cacher-ng', cacheAnswers: true },
  };

  it('an apt-cacher-ng that somebody set up keeps its settings', () => {
    const { items } = ask(served);
    expect(ids(items)).toEqual(['cache-found', 'cache-answers', 'cache-apt']);
    expect(find(items, 'cache-found')).toMatchObject({ state: 'note' });
    expect(ids(ask(served, { force: true }).items)).toContain('cache-settings');
  });

  it('one that relight set up is kept as the site says, though somebody changed its settings', () => {
    const text = signText('BindAddress: 0.0.0.0\n').replace('0.0.0.0', '192.0.2.99');
    const files = { '/etc/apt-cacher-ng/local.conf': { text, mode: 0o644 } };
    const item = find(ask({ ...served, files }).items, 'cache-settings');
    expect(item).toMatchObject({ state: 'refused', issue: { code: 'RL1404' } });
  });

  it('an apt-cacher serves as well', () => {
    const { items } = ask({ ...served, installed: ['grub-pc', 'apt-cacher'], cacheListener: 'apt-cacher' });
    expect(ids(items)).toEqual(['cache-answers', 'cache-apt']);
  });
});

const NAT: HostNetworkFacts = {
  links: [{ name: 'eth0', kind: undefined, master: undefined, mac: '52:54:00:12:34:56', up: true }],
  addresses: [{ link: 'eth0', family: 4, address: '192.0.2.1', prefix: 24 }],
  routes: [],
  ...{ manager: 'ifupdown', firewall: 'nftables', firewallManager: undefined, droppingChains: [] },
  ...{ rulesLoaded: false, systemd: true, activeUnits: [], takenAddresses: [], changePending: false },
  files: new Map([
    [
      '/etc/network/interfaces',
      'source /etc/network/interfaces.d/*\nauto eth0\niface eth0 inet static\n    address 192.0.2.1/24\n',
    ],
  ]),
  sysctls: new Map(),
};

describe('a cache on the bridge of a private network', () => {
  const networks = `networks:
  inside: { mode: nat, bridge: xenbr1, subnet: 10.9.0.0/24, out: eth0 }
  wire: { mode: bridge, bridge: xenbr0, interface: eth0 }
`;
  const wanted = () => site(`  cache: { apt-cacher-ng: "10.9.0.1:3142" }\n${networks}`);

  it('comes after the network, and before what may cut the connection', () => {
    const { request, items } = ask({ network: NAT }, { site: wanted() });
    const order = buildDom0Plan(request, items)?.actions.map((action) => action.id) ?? [];
    const places = ['network-inside', 'cache-settings', 'cache-answers', 'bridge-wire'];
    expect(places.map((id) => order.indexOf(id))).toEqual(
      places.map((id) => order.indexOf(id)).sort((left, right) => left - right),
    );
    expect(order).toEqual(expect.arrayContaining(places));
    expect(order.at(-1)).toBe('bridge-wire');
  });

  it('is this machine’s own before it has that address, and waits for it at boot', () => {
    const { items } = ask({ network: NAT }, { site: wanted() });
    expect(find(items, 'cache-settings')?.diff).toContain('+BindAddress: 127.0.0.1 10.9.0.1\n');
    expect(find(items, 'cache-settings')?.diff).toContain('+After=network-online.target\n');
  });

  it('is refused where ifupdown would not read the bridge’s file', () => {
    const files = new Map([['/etc/network/interfaces', 'iface eth0 inet dhcp\n']]);
    const { items } = ask({ network: { ...NAT, files } }, { site: wanted() });
    const refused = items.filter((item) => item.state === 'refused');
    expect(refused.map((item) => item.issue?.code)).toContain('RL1314');
  });
});

describe('a thin pool', () => {
  const thin = () => site('  storage: { lvm: vg0, thin: pool }\n');

  it('is made together with its volume group, and goes before it', () => {
    const { request, items } = ask({}, { site: thin() });
    const plan = buildDom0Plan(request, items);
    const ids = plan?.actions.map((action) => action.id) ?? [];
    expect(ids.indexOf('volume-group')).toBeLessThan(ids.indexOf('thin-pool'));
    const back = plan === undefined ? [] : buildDom0ReturnPlan(request, plan).actions.map(({ id }) => id);
    expect(back.indexOf('thin-pool')).toBeLessThan(back.indexOf('volume-group'));
    expect(find(items, 'rebuild-packages')?.detail).toContain('thin-provisioning-tools');
  });

  it('is a person’s affair in a volume group that is there already', () => {
    const volumeGroups = [{ name: 'vg0', sizeBytes: 2 ** 40, freeBytes: 2 ** 40, pools: [] }];
    const item = find(ask({ volumeGroups }, { site: thin(), storageDisk: undefined }).items, 'thin-pool');
    expect(item).toMatchObject({ state: 'refused', issue: { code: 'RL1424' } });
  });

  it('is said with how full it is', () => {
    const pools = [{ name: 'pool', dataPercent: 12 }];
    const volumeGroups = [{ name: 'vg0', sizeBytes: 2 ** 40, freeBytes: 0, pools }];
    expect(find(ask({ volumeGroups }, { site: thin() }).items, 'thin-pool')).toMatchObject({
      state: 'ok',
      detail: '12 % used',
    });
  });
});
