import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IsoLab, makeIsoLab, sha256 } from '../support/iso-program.ts';
import { SAMPLE_HASH } from '../support/preseed-guests.ts';

/** `iso build` from a spec: what is in the image's overlay, and in what is laid over it. Needs xorriso, cpio, tar. */
const SITE =
  'relight: 1\nhost: { hypervisor: qemu }\ndefaults: { mirror: "http://mirror.example.org/debian" }\n';
const SPEC = `name: web1
suite: trixie
guest: hvm
install: iso
memory: 1GiB
disks:
  root: { size: 4GiB }
  swap: { size: 1GiB }
  srv: { size: 2GiB, keep: true, mount: /srv }
nics: [ { network: lan, address: dhcp } ]
users:
  - { name: anna, sudo: true, password: { file: anna.hash } }
  - { name: ben, password: { env: BEN } }
files: [ { from: files/motd, to: /etc/motd } ]
run: [ "systemctl enable fstrim.timer" ]
`;
const RECIPE =
  'own :: 1000 2000 -1 ext4 $lvmok{ } lv_name{ root } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } .';
const BEN_HASH = SAMPLE_HASH.replace('0123', '3210');

let lab: IsoLab;
let site = '';
beforeAll(async () => {
  lab = await makeIsoLab();
  site = join(lab.work, 'site');
  const put = (path: string, text: string) => {
    mkdirSync(join(site, path, '..'), { recursive: true });
    writeFileSync(join(site, path), text);
  };
  put('site.yaml', `${SITE}networks: { lan: { mode: bridge, bridge: xenbr0 } }\n`);
  put('domus/web1.yaml', SPEC.replace('anna.hash', join(site, 'anna.hash')));
  put('anna.hash', `${SAMPLE_HASH}\n`);
  chmodSync(join(site, 'anna.hash'), 0o600);
  put('files/motd', 'made by relight\n');
  put('iso-overlays/common/site/common', 'both');
  put('iso-overlays/common/site/name', 'common');
  put('iso-overlays/web1/site/name', 'own');
  put('iso-overlays/db1/site/other', 'of another guest');
}, 120_000);
afterAll(() => rmSync(lab.work, { recursive: true, force: true }));

function build(output: string, ...more: string[]) {
  const options = ['--site', site, '--from', lab.input, '-o', output, ...lab.trusted(), ...more];
  return lab.relight(['iso', 'build', 'web1', ...options], { BEN: BEN_HASH });
}

/** Unpacks the overlay of an image, and the tree inside it. */
function unpack(image: string): string {
  const directory = join(lab.work, `unpacked-${sha256(image).slice(0, 8)}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'initrd/tree'), { recursive: true });
  const argv = ['-osirrox', 'on', '-indev', image, '-extract', '/', join(directory, 'image')];
  execFileSync('xorriso', argv, { stdio: 'ignore' });
  execFileSync('cpio', ['-idm', '--quiet'], {
    cwd: join(directory, 'initrd'),
    input: readFileSync(join(directory, 'image/relight/overlay.cpio')),
  });
  execFileSync('tar', ['-xf', '../relight/tree.tar'], { cwd: join(directory, 'initrd/tree') });
  return directory;
}

describe('an image from the spec', () => {
  test('has preseed, scripts, files and secrets of the guest, and tells what it erases', () => {
    const output = join(lab.work, 'out/web1.iso');
    expect(build(output)).toMatchObject({ status: 0 });
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const directory = unpack(output);
    const read = (path: string) => readFileSync(join(directory, path), 'utf8');
    const preseed = read('initrd/preseed.cfg');
    expect(preseed).toContain('d-i passwd/make-user boolean false\n');
    expect(preseed).toContain('d-i partman-auto/disk string /dev/vda\n');
    expect(preseed).toContain('d-i mirror/http/hostname string mirror.example.org\n');
    expect(preseed).toContain('d-i preseed/late_command string sh /relight/late.sh\n');
    expect(read('initrd/relight/shadow')).toBe(`anna:${SAMPLE_HASH}\nben:${BEN_HASH}\n`);
    expect(statSync(join(directory, 'initrd/relight/shadow')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'initrd/relight/late.sh')).mode & 0o777).toBe(0o755);
    expect(read('initrd/relight/run/0000')).toBe('systemctl enable fstrim.timer\n');
    expect(read('initrd/relight/swap')).toMatch(/^\/dev\/vdb [0-9a-f-]{36}\n$/);
    expect(read('initrd/tree/etc/motd')).toBe('made by relight\n');
    expect(read('initrd/tree/etc/ssh/sshd_config.d/relight.conf')).toContain('PermitRootLogin');
    expect(read('initrd/tree/etc/relight/nonce')).toMatch(/^[0-9a-f]{32}\n$/);
    expect(() => read('initrd/tree/etc/fstab')).toThrow();
    expect(() => read('initrd/tree/etc/machine-id')).toThrow();
    expect(read('image/isolinux/isolinux.cfg')).toContain('erases /dev/vda, /dev/vdb');
    expect(read('image/site/common')).toBe('both');
    expect(read('image/site/name')).toBe('own');
    expect(() => read('image/site/other')).toThrow();
    const shown = lab.relight(['iso', 'inspect', output]).stdout;
    expect(shown).toContain('for web1, erases /dev/vda, /dev/vdb');
    for (const hash of [SAMPLE_HASH, BEN_HASH]) {
      expect(shown).not.toContain(hash);
      expect(
        read('image/relight/manifest.json') + readFileSync(`${output}.manifest.json`, 'utf8'),
      ).not.toContain(hash);
    }
    expect(JSON.parse(read('image/relight/manifest.json')).specSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is the same a second time', () => {
    const [one, two] = [join(lab.work, 'out/one.iso'), join(lab.work, 'out/two.iso')];
    expect(build(one).status).toBe(0);
    execFileSync('sleep', ['1.1']);
    expect(build(two).status).toBe(0);
    expect(sha256(two)).toBe(sha256(one));
  });

  test('--disk names another one, and nothing else is written to', () => {
    const output = join(lab.work, 'out/sda.iso');
    expect(build(output, '--disk', '/dev/sda').status).toBe(0);
    const directory = unpack(output);
    const preseed = readFileSync(join(directory, 'initrd/preseed.cfg'), 'utf8');
    expect(preseed).toContain('d-i partman-auto/disk string /dev/sda\n');
    expect(preseed).toContain('d-i grub-installer/bootdev string /dev/sda\n');
    expect(() => readFileSync(join(directory, 'initrd/relight/swap'))).toThrow();
    expect(lab.relight(['iso', 'inspect', output]).stdout).toContain('for web1, erases /dev/sda\n');
    expect(build(join(lab.work, 'out/no.iso'), '--disk', '/dev/sda; reboot')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('RL0901'),
    });
    expect(lab.build(join(lab.work, 'out/no.iso'), '--disk', '/dev/sda')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('RL1701'),
    });
  });

  test('a secret that others can read', () => {
    chmodSync(join(site, 'anna.hash'), 0o644);
    const output = join(lab.work, 'out/refused.iso');
    expect(build(output)).toMatchObject({ status: 3, stderr: expect.stringContaining('RL0641') });
    chmodSync(join(site, 'anna.hash'), 0o600);
  });

  test('the key of an encrypted disk is in a file of its own, and not in the preseed', () => {
    const spec = join(site, 'domus/web1.yaml');
    const text = readFileSync(spec, 'utf8');
    const output = join(lab.work, 'out/luks.iso');
    const write = (more: string) =>
      writeFileSync(spec, text.replace('root: { size: 4GiB }', `root: { size: 4GiB, layout: luks${more} }`));
    write('');
    expect(build(output)).toMatchObject({ status: 3, stderr: expect.stringContaining('RL1216') });
    writeFileSync(join(site, 'disk.key'), 'correct horse battery\n', { mode: 0o600 });
    write(`, key: { file: ${join(site, 'disk.key')} }`);
    const run = build(output);
    expect(run.status, run.stderr).toBe(0);
    const directory = unpack(output);
    const key = join(directory, 'initrd/relight/disk.key');
    expect(readFileSync(key, 'utf8')).toBe('correct horse battery\n');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, 'initrd/preseed.cfg'), 'utf8')).not.toContain('horse');
    expect(readFileSync(`${output}.manifest.json`, 'utf8')).not.toContain('horse');
    writeFileSync(spec, text);
  });

  test.each([
    ['lvm', '', 'lvm', '/dev/vda', '/dev/vdb'],
    ['{ raid: 1 }', '', 'raid', '/dev/vda /dev/vdb', '/dev/vdb, /dev/vdc'],
    [`{ recipe: "${RECIPE}" }`, RECIPE, 'lvm', '/dev/vda', '/dev/vdb'],
  ])('layout %s is from the same disks', (layout, recipe, method, disks, others) => {
    const spec = join(site, 'domus/web1.yaml');
    const text = readFileSync(spec, 'utf8');
    writeFileSync(spec, text.replace('root: { size: 4GiB }', `root: { size: 4GiB, layout: ${layout} }`));
    const output = join(lab.work, 'out/layout.iso');
    const run = build(output, '--force');
    writeFileSync(spec, text);
    expect(run.status, run.stderr).toBe(0);
    const preseed = readFileSync(join(unpack(output), 'initrd/preseed.cfg'), 'utf8');
    expect(preseed).toContain(`d-i partman-auto/method string ${method}\n`);
    expect(preseed).toContain(`d-i partman-auto/disk string ${disks}\n`);
    expect(preseed).toContain(`d-i partman-auto/expert_recipe string ${recipe}`);
    expect(lab.relight(['iso', 'inspect', output]).stdout).toContain(
      `erases ${disks.split(' ')[0]}, ${others}`,
    );
  });
});
