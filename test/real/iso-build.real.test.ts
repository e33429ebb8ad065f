import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareListings, listByRelight, listByXorriso } from '../support/iso-compare.ts';
import { type IsoLab, makeIsoLab, PRESEED, sha256 } from '../support/iso-program.ts';

let lab: IsoLab;
beforeAll(async () => {
  lab = await makeIsoLab();
}, 120_000);
afterAll(() => rmSync(lab.work, { recursive: true, force: true }));

describe('build', () => {
  test('the image holds the overlay and the menus, keeps all else, and passes verify', async () => {
    const output = join(lab.work, 'out', 'web1.iso');
    const before = await listByRelight(lab.input);
    expect(lab.build(output)).toMatchObject({ status: 0 });
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const after = await listByRelight(output);
    expect(compareListings(after, listByXorriso(output, join(lab.work, 'unpacked')))).toEqual([]);
    const changed = [...after.keys()].filter((path) => after.get(path) !== before.get(path)).sort();
    expect(changed).toEqual(
      [
        '/boot/grub/grub.cfg',
        '/boot/grub/original.cfg',
        '/isolinux/boot.cat',
        '/isolinux/isolinux.bin',
        '/isolinux/isolinux.cfg',
        '/isolinux/original.cfg',
        '/md5sum.txt',
        '/relight',
        '/relight/manifest.json',
        '/relight/overlay.cpio',
      ].filter((path) => changed.includes(path)),
    );
    expect([...before.keys()].filter((path) => !after.has(path))).toEqual([]);
    expect(
      lab.relight(['iso', 'verify', output, '--insecure', '--sums', join(lab.work, 'none')]),
    ).toMatchObject({
      status: 0,
    });
    const manifest = JSON.parse(readFileSync(`${output}.manifest.json`, 'utf8'));
    expect(manifest).toMatchObject({
      guest: 'web1',
      erases: '/dev/vda',
      preseedSha256: createHash('sha256').update(PRESEED).digest('hex'),
      input: {
        sha512: createHash('sha512').update(readFileSync(lab.input)).digest('hex'),
        origin: { kind: 'signed', fingerprints: [lab.key.fingerprint] },
      },
    });
    const listed = execFileSync('cpio', ['-it', '--quiet'], {
      input: readFileSync(join(lab.work, 'unpacked/relight/overlay.cpio')),
    });
    expect(listed.toString()).toBe('preseed.cfg\n');
  });

  test.each([[], ['--grow']])('the same inputs give the same bytes on another day %j', (...more) => {
    const [one, two] = [join(lab.work, 'out', 'one.iso'), join(lab.work, 'out', 'two.iso')];
    expect(lab.build(one, '--force', ...more).status).toBe(0);
    // Another umask, time zone and second.
    execFileSync('sleep', ['1.1']);
    const argv = [lab.program, ...lab.buildArguments(two, '--force', ...more)];
    execFileSync('sh', ['-c', 'umask 077; exec node "$@"', 'sh', ...argv], {
      cwd: lab.work,
      env: { ...process.env, TZ: 'Asia/Tokyo' },
      stdio: 'pipe',
    });
    expect(sha256(two)).toBe(sha256(one));
  });

  test('remastering a remastered image replaces the first overlay and keeps the original menu', async () => {
    const [first, second] = [join(lab.work, 'out', 'first.iso'), join(lab.work, 'out', 'second.iso')];
    writeFileSync(join(lab.work, 'first.cfg'), `${PRESEED}d-i passwd/user-fullname string first-canary\n`);
    expect(lab.build(first, '--force', '--preseed', 'first.cfg').status).toBe(0);
    expect(readFileSync(first).includes('first-canary')).toBe(true);
    const options = ['--preseed', 'preseed.cfg', '--insecure', '--force'];
    expect(lab.relight(['iso', 'build', 'db1', '--from', first, '-o', second, ...options]).status).toBe(0);
    const shown = lab.relight(['iso', 'inspect', second]);
    expect(shown).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Install db1 without questions'),
    });
    expect(shown.stdout).not.toContain('web1');
    expect(shown.stdout).not.toContain('canary');
    expect(JSON.parse(readFileSync(`${second}.manifest.json`, 'utf8')).method).toBe('rewrite');
    // Written anew by xorriso, it is the same on another day, too.
    const third = join(lab.work, 'out', 'third.iso');
    execFileSync('sleep', ['1.1']);
    expect(lab.relight(['iso', 'build', 'db1', '--from', first, '-o', third, ...options]).status).toBe(0);
    expect(sha256(third)).toBe(sha256(second));
    // Appending would leave the first guest's secrets where no name leads to them.
    expect(readFileSync(second).includes('first-canary')).toBe(false);
    const original = (await listByRelight(first)).get('/isolinux/original.cfg');
    expect((await listByRelight(second)).get('/isolinux/original.cfg')).toBe(original);
  });

  test('as xorriso reads it, both partition tables span the image, and its boot images have not moved', () => {
    const output = join(lab.work, 'out', 'tables.iso');
    expect(lab.build(output, '--force').status).toBe(0);
    expect(JSON.parse(readFileSync(`${output}.manifest.json`, 'utf8')).method).toBe('append');
    const [before, after] = [reportBoot(lab.input), reportBoot(output)];
    const sectors = statSync(output).size / 512;
    expect(after).toMatch(new RegExp(`^MBR partition +: +1 +0x80 +0x00 +0 +${sectors}$`, 'm'));
    expect(after).toMatch(new RegExp(`^GPT lba range +: +64 +${sectors - 54} +${sectors - 1}$`, 'm'));
    expect(after).not.toMatch(/problem|invalid/i);
    const kept = (text: string) =>
      text.split('\n').filter((line) => /boot img|boot-info|partition path/.test(line));
    expect(kept(after)).toEqual(kept(before));
    expect(kept(after).length).toBeGreaterThan(4);
  });

  test('an image of unknown origin is recorded as such; the volume id stays', () => {
    const copy = join(lab.work, 'out', 'unsigned.iso');
    copyFileSync(lab.input, copy);
    const output = join(lab.work, 'out', 'insecure.iso');
    const argv = lab.buildArguments(output, '--from', copy, '--insecure', '--json');
    const ended = lab.relight(argv);
    expect(ended).toMatchObject({ status: 0 });
    const origin = { kind: 'insecure', reason: expect.stringContaining('SHA512SUMS') };
    expect(JSON.parse(ended.stdout)).toMatchObject({ version: 1, output, origin });
    const { input } = JSON.parse(readFileSync(`${output}.manifest.json`, 'utf8'));
    expect(input).toEqual({ name: 'unsigned.iso', sha256: sha256(copy), origin });
    const volumeId = (image: string) =>
      JSON.parse(lab.relight(['iso', 'inspect', image, '--json']).stdout).volumeId;
    expect(volumeId(output)).toBe('SMALL');
    expect(volumeId(lab.input)).toBe('SMALL');
  });

  test('a hash that is known stands in for reading the input; not in verify, and not with --no-hash-cache', async () => {
    // A file that changed just now is not kept.
    while (Date.now() - statSync(lab.input).ctimeMs < 3500) await setTimeout(200);
    const output = join(lab.work, 'out', 'known.iso');
    expect(lab.build(output).status).toBe(0);
    const record = join(lab.work, 'state/iso-hashes.json');
    const text = readFileSync(record, 'utf8');
    const manifest = readFileSync(`${output}.manifest.json`, 'utf8');
    expect(lab.build(output, '--force').status).toBe(0);
    expect(readFileSync(`${output}.manifest.json`, 'utf8')).toBe(manifest);
    writeFileSync(
      record,
      text.replace(/(?<=": ")[0-9a-f]/g, (digit) => (digit === '0' ? '1' : '0')),
    );
    expect(lab.build(output, '--force').status).not.toBe(0);
    expect(lab.build(output, '--force', '--no-hash-cache', '--sync').status).toBe(0);
    writeFileSync(record, text);
    expect(lab.relight(['iso', 'verify', lab.input, ...lab.trusted()]).status).toBe(0);
  });

  test('--grow appends less than a MiB and leaves the boot images where they are', () => {
    const output = join(lab.work, 'out', 'grown.iso');
    expect(lab.build(output, '--grow', '--force').status).toBe(0);
    const grown = statSync(output).size - statSync(lab.input).size;
    expect(grown).toBeGreaterThan(0);
    expect(grown).toBeLessThan(1024 * 1024);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const sectors = (path: string) => readFileSync(path).subarray(0, 16 * 2048);
    expect(sectors(output).equals(sectors(lab.input))).toBe(true);
  });

  test('xorriso sees only the skeleton of the image, and makes of it what it makes of the whole', () => {
    const path = mkdtempSync(join(lab.work, 'whole-'));
    const whole = join(path, 'whole.iso');
    const script = [
      '#!/bin/bash -e',
      `cp ${lab.input} ${whole}`,
      `for word; do [[ $word != *.iso ]] || word=${whole}; words+=("$word"); done`,
      `/usr/bin/xorriso "\${words[@]}"`,
      'exec /usr/bin/xorriso "$@"',
    ];
    writeFileSync(join(path, 'xorriso'), `${script.join('\n')}\n`, { mode: 0o755 });
    const output = join(lab.work, 'out', 'skeleton.iso');
    const argv = lab.buildArguments(output, '--grow');
    expect(lab.relight(argv, { PATH: `${path}:${process.env.PATH}` })).toMatchObject({ status: 0 });
    expect(sha256(output)).toBe(sha256(whole));
  });

  test('a tree is laid over the image, with its lines in md5sum.txt', async () => {
    const overlay = mkdtempSync(join(lab.work, 'overlay-'));
    mkdirSync(join(overlay, 'extra/deep'), { recursive: true });
    writeFileSync(join(overlay, 'extra/deep/file'), 'laid');
    const output = join(lab.work, 'out', 'laid.iso');
    expect(lab.build(output, '--overlay', overlay).status).toBe(0);
    expect((await listByRelight(output)).has('/extra/deep/file')).toBe(true);
    const ended = lab.relight(['iso', 'verify', output, '--insecure', '--sums', 'none', '--json']);
    expect(JSON.parse(ended.stdout).content.unlisted).not.toContain('/extra/deep/file');
    symlinkIn(overlay);
    expect(lab.build(output, '--force', '--overlay', overlay)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('RL6025'),
    });
  });
});

function reportBoot(image: string): string {
  const argv = ['-indev', image, '-report_system_area', 'plain', '-report_el_torito', 'plain'];
  return execFileSync('xorriso', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function symlinkIn(directory: string): void {
  execFileSync('ln', ['-s', '/etc/shadow', join(directory, 'leak')]);
}
