import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listPrograms } from '../../../src/host/needs.ts';
import { previewContext } from '../../../src/plan/preview/request.ts';
import { buildRebuildPlan } from '../../../src/plan/rebuild/build.ts';
import type { Plan, Step } from '../../../src/plan/types.ts';
import { parseXlConfig, readXlList, readXlText } from '../../../src/render/parse-xl-config.ts';
import { parseQemuConfig } from '../../../src/render/qemu-config.ts';
import { readSite } from '../../../src/run/read-site.ts';
import { parseSite } from '../../../src/spec/parse-site.ts';
import { buildQemuArgv } from '../../../src/tools/qemu.ts';

const SITE = `relight: 1
host: { isos: { trixie: /srv/iso/debian.iso } }
networks: { lan: { mode: bridge, bridge: xenbr0 } }
`;
const GUEST = `name: web1
suite: trixie
guest: hvm
boot: bios
install: iso
mirror: "http://mirror.example.org/debian"
memory: 512MiB
disks:
  root: { size: 8GiB }
  srv: { size: 1GiB, keep: true, mount: /srv }
  swap: { size: 1GiB }
nics: [ { network: lan, address: dhcp } ]
users: [ { name: anna, password: { env: ANNA } } ]
`;
const NONCE = '0123456789abcdef';

const directory = mkdtempSync(join(tmpdir(), 'relight-route-'));
afterAll(() => rmSync(directory, { recursive: true }));

function makePlan(hypervisor: 'xl' | 'qemu', componentSuite?: string): Plan {
  mkdirSync(join(directory, 'domus'), { recursive: true });
  writeFileSync(join(directory, 'site.yaml'), SITE);
  writeFileSync(join(directory, 'domus/web1.yaml'), GUEST);
  const { site } = parseSite(readSite(directory));
  const guest = site?.guests.get('web1');
  if (site === undefined || guest === undefined) throw new Error('the sample has errors');
  const context = previewContext({ site, guest, mirrors: undefined, relightVersion: '0.0.0' }, hypervisor);
  const path = site.host.isos.trixie ?? '';
  const iso = { path, insecure: false, ...(componentSuite === undefined ? {} : { componentSuite }) };
  return buildRebuildPlan({ ...context, operation: 'abc123', nonce: NONCE, iso });
}

function find<Name extends Step['do']>(
  plan: Plan,
  action: string,
  name: Name,
): Extract<Step, { do: Name }>[] {
  const steps = plan.actions.find(({ id }) => id === action)?.steps ?? [];
  return steps.filter((step): step is Extract<Step, { do: Name }> => step.do === name);
}

function textOf(plan: Plan, action: string): string {
  const content = find(plan, action, 'write-file')[0]?.content;
  return typeof content === 'string' ? content : '';
}

test('the image is remastered with the nonce of this operation, and secrets are in the plan by name only', () => {
  const plan = makePlan('qemu');
  const [step] = find(plan, 'prepare-image', 'build-image');
  expect(step).toMatchObject({
    image: '/srv/iso/debian.iso',
    insecure: false,
    guest: 'web1',
    alsoErases: ['/dev/vdb'],
    target: expect.stringMatching(/\/work\/abc123\/install\.iso$/),
  });
  expect(step?.files.find(({ path }) => path === '/relight/nonce')?.content).toBe(`${NONCE}\n`);
  expect(step?.files.find(({ path }) => path === '/preseed.cfg')?.mode).toBe(0o600);
  expect(find(plan, 'run-installer', 'watch-install')[0]?.nonce).toBe(NONCE);
  expect(plan.secrets).toEqual(['password of anna']);
  expect(listPrograms(plan)).toContain('xorriso');
});

test('two configurations under QEMU: the CD before the disk, then the disk alone; kept disks only in the second', () => {
  const plan = makePlan('qemu');
  const installer = parseQemuConfig(textOf(plan, 'run-installer')).domain;
  expect(installer).toMatchObject({ name: 'web1~install', guest: 'hvm', once: true, memoryBytes: 1024 ** 3 });
  expect(installer.disks.map(({ target }) => target)).toEqual(['xvda', 'xvdc']);
  const guest = parseQemuConfig(textOf(plan, 'commit')).domain;
  expect(guest.cdrom).toBeUndefined();
  expect(guest.disks.map(({ target }) => target)).toEqual(['xvda', 'xvdb', 'xvdc']);
  const places = { pidFile: '/p', controlSocket: '/s', consoleLog: '/c', firmware: undefined };
  const argv = buildQemuArgv({
    ...{ domain: installer, places, accelerator: 'tcg', networks: [], stopOnReboot: true },
  }).join(' ');
  expect(argv).toContain(`file=${installer.cdrom},if=none,id=cdrom,format=raw,media=cdrom,readonly=on`);
  expect(argv).toContain('ide-cd,drive=cdrom,bootindex=0');
  expect(argv).toContain('-no-reboot');
  expect(argv).not.toContain('-kernel');
});

test('two configurations under xl: the CD before the disk, then the disk alone', () => {
  const plan = makePlan('xl');
  const installer = parseXlConfig(textOf(plan, 'run-installer'));
  const image = find(plan, 'prepare-image', 'build-image')[0]?.target;
  expect(readXlText(installer, 'boot')).toBe('dc');
  expect(readXlText(installer, 'type')).toBe('hvm');
  expect(readXlList(installer, 'disk')?.at(-1)).toBe(
    `format=raw,vdev=hdc,access=ro,devtype=cdrom,target=${image}`,
  );
  expect(readXlText(installer, 'on_poweroff')).toBe('destroy');
  expect(readXlText(installer, 'on_reboot')).toBe('destroy');
  const guest = parseXlConfig(textOf(plan, 'commit'));
  expect(readXlText(guest, 'boot')).toBe('c');
  expect(readXlList(guest, 'disk')?.join()).not.toContain('cdrom');
});

test('the serial line of a guest on Xen is slow: its kernel is quiet there, and only there', () => {
  const [xl, qemu] = (['xl', 'qemu'] as const).map((hypervisor) =>
    find(makePlan(hypervisor), 'prepare-image', 'build-image').flatMap((step) => step.installerArguments),
  );
  expect(xl).toEqual(['priority=critical', 'DEBIAN_FRONTEND=text', 'console=ttyS0,115200n8', 'quiet']);
  expect(qemu).toEqual(xl?.slice(0, -1));
});

test('components come by the name of the suite under which the mirror is whole', () => {
  const preseed = (plan: Plan) =>
    find(plan, 'prepare-image', 'build-image')[0]?.files.find(({ path }) => path === '/preseed.cfg')?.content;
  expect(preseed(makePlan('qemu'))).not.toContain('mirror/udeb/suite');
  expect(preseed(makePlan('qemu', 'stable'))).toContain('d-i mirror/udeb/suite string stable\n');
});

test('what comes after the installer is what every route does, and the image is taken back', () => {
  const plan = makePlan('qemu');
  const ids = plan.actions.map(({ id }) => id);
  expect(ids.slice(ids.indexOf('prepare-image'))).toEqual([
    ...['prepare-image', 'run-installer', 'adopt-root', 'personalise-root', 'prepare-boot', 'check-root'],
    ...['verify-boot', 'commit', 'start-new', 'finish'],
  ]);
  expect(plan.actions.find(({ id }) => id === 'prepare-image')?.undo.map((step) => step.do)).toEqual([
    'remove',
    'remove',
  ]);
});
