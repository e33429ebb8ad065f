import { appendFileSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootImage } from '../support/iso-boot.ts';
import { type IsoLab, makeIsoLab } from '../support/iso-program.ts';
import { buildLookalike } from '../support/netinst-lookalike.ts';
import { SAMPLE_HASH } from '../support/preseed-guests.ts';

/**
 * From nothing to a guest that is up: `iso build` from a spec, QEMU boots the image from its CD with empty disks, the
 * installer runs to its end without a question, the machine goes off, and the disk boots to the ready line.
 * RELIGHT_KEEP=DIR keeps consoles and durations.
 */
const MAC = '00:16:3e:5a:17:01';
const SPEC = `name: web1
suite: trixie
guest: hvm
boot: bios
install: iso
memory: 1GiB
disks:
  root: { size: 4GiB }
  swap: { size: 512MiB }
nics: [ { network: lan, address: dhcp, mac: "${MAC}" } ]
users: [ { name: anna, sudo: true, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJvZ3VzYm9ndXNib2d1c2JvZ3VzYm9ndXNib2d1c2Jv anna"] } ]
root: { login: true, password: { hash: "${SAMPLE_HASH}" } }
files: [ { text: "made by relight", to: /etc/motd } ]
run: [ "echo relight-ran > /etc/relight/ran" ]
`;
/** What the installer says when it begins a part of its work. */
const PHASES: readonly (readonly [string, RegExp])[] = [
  ['preseed read', /Detecting network hardware/],
  ['components', /Loading additional components|Download(ing)? installer components/i],
  ['partitions', /Starting up the partitioner|Partitions formatting/],
  ['base system', /Installing the base system/],
  ['packages', /Configuring apt|Select and install software/],
  ['boot loader', /Installing GRUB boot loader/],
  ['finishing', /Finishing the installation/],
  ['late script', /relight: late script/],
];

let lab: IsoLab;
let directory = '';
beforeAll(async () => {
  lab = await makeIsoLab();
  directory = process.env.RELIGHT_KEEP ?? join(lab.work, 'machine');
  mkdirSync(join(lab.work, 'site/domus'), { recursive: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(lab.work, 'site/site.yaml'),
    'relight: 1\nhost: { hypervisor: qemu }\nnetworks: { lan: { mode: bridge, bridge: xenbr0 } }\n',
  );
  writeFileSync(join(lab.work, 'site/domus/web1.yaml'), SPEC);
}, 600_000);
afterAll(() => rmSync(lab.work, { recursive: true, force: true }));

test('the remastered image installs the guest, and the guest comes up', async () => {
  const input = await buildLookalike('trixie', 0, true);
  const image = join(lab.work, 'web1.iso');
  const options = ['--site', 'site', '--from', input, '-o', image, '--insecure', '--timeout', '2'];
  expect(lab.relight(['iso', 'build', 'web1', ...options])).toMatchObject({ status: 0 });
  const [root, swap] = [join(lab.work, 'root.img'), join(lab.work, 'swap.img')];
  for (const [disk, size] of [
    [root, 4],
    [swap, 0.5],
  ] as const) {
    writeFileSync(disk, '');
    truncateSync(disk, size * 1024 ** 3);
  }
  const started = Date.now();
  const seen = new Map<string, number>();
  const installing = await bootImage({
    image,
    firmware: 'bios',
    medium: 'cd',
    disks: [root, swap],
    mac: MAC,
    directory,
    until:
      /relight: late script (done|failed)[\s\S]*(Power down|reboot: )|Press enter to continue|Installation step failed/,
    deadlineSeconds: 2.5 * 3600,
    onConsole: (text) => notePhases(text, started, seen),
  });
  expect(installing).toContain('relight: late script done');
  expect(statSync(root).blocks * 512).toBeGreaterThan(500 * 1024 ** 2);
  const booting = await bootImage({
    image: root,
    firmware: 'bios',
    medium: 'disk',
    disks: [swap],
    mac: MAC,
    directory,
    until: /relight-ready [0-9a-f]{32} \{.*\}/,
    deadlineSeconds: 1800,
  });
  appendFileSync(join(directory, 'phases.txt'), `${seconds(started)} s ready\n`);
  const facts = JSON.parse(/relight-ready [0-9a-f]{32} (\{.*\})/.exec(booting)?.[1] ?? '{}');
  expect(facts).toMatchObject({ hostname: 'web1', state: 'running', failed: [], mounts: ['/'] });
});

function seconds(started: number): number {
  return Math.round((Date.now() - started) / 1000);
}

function notePhases(text: string, started: number, seen: Map<string, number>): void {
  for (const [name, pattern] of PHASES) {
    if (seen.has(name) || !pattern.test(text)) continue;
    seen.set(name, seconds(started));
    appendFileSync(join(directory, 'phases.txt'), `${seconds(started)} s ${name}\n`);
  }
}
