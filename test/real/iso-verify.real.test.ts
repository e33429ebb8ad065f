import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signImage } from '../support/iso-keys.ts';
import { type IsoLab, makeIsoLab } from '../support/iso-program.ts';

let lab: IsoLab;
beforeAll(async () => {
  lab = await makeIsoLab();
}, 120_000);
afterAll(() => rmSync(lab.work, { recursive: true, force: true }));

describe('verify', () => {
  const verify = (...more: string[]) => lab.relight(['iso', 'verify', lab.input, ...more]);

  test('a signed image passes', () => {
    const ended = verify(...lab.trusted());
    expect(ended).toMatchObject({ status: 0, stdout: expect.stringContaining(lab.key.fingerprint) });
    expect(ended.stdout).toMatch(/files\s+6\d compared/);
  });

  test('a key that may not sign is refused by its fingerprint', () => {
    const ended = verify('--keyring', lab.key.keyring, '--fingerprint', lab.stranger.fingerprint);
    expect(ended).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6014') });
    expect(ended.stderr).toContain(lab.key.fingerprint);
  });

  test('a key that is in no keyring is refused, with --insecure as well', () => {
    const argv = ['--keyring', lab.stranger.keyring, '--fingerprint', lab.key.fingerprint, '--insecure'];
    expect(verify(...argv)).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6014') });
  });

  test.each([
    ['no list', 'RL6013', (image: string) => rmSync(join(image, '../SHA512SUMS'))],
    ['no signature', 'RL6013', (image: string) => rmSync(join(image, '../SHA512SUMS.sign'))],
    ['a changed list', 'RL6015', (image: string) => appendFileSync(join(image, '../SHA512SUMS'), 'x\n')],
    ['an empty signature', 'RL6015', (image: string) => writeFileSync(join(image, '../SHA512SUMS.sign'), '')],
    [
      'a list of others',
      'RL6013',
      (image: string) => signImage(image, lab.key, `${'a'.repeat(128)}  other.iso\n`),
    ],
    [
      'another hash',
      'RL6016',
      (image: string) => signImage(image, lab.key, `${'a'.repeat(128)}  image.iso\n`),
    ],
  ])('refuses %s', (_what, code, spoil) => {
    const directory = mkdtempSync(join(lab.work, 'sig-'));
    const image = join(directory, 'image.iso');
    copyFileSync(lab.input, image);
    signImage(image, lab.key);
    expect(lab.relight(['iso', 'verify', image, ...lab.trusted()]).status).toBe(0);
    spoil(image);
    expect(lab.relight(['iso', 'verify', image, ...lab.trusted()])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(code),
    });
  });

  test('SHA256SUMS does as well, and is what a build hashes by', () => {
    const directory = mkdtempSync(join(lab.work, 'sha256-'));
    const image = join(directory, 'image.iso');
    copyFileSync(lab.input, image);
    signImage(image, lab.key, undefined, 'sha256');
    expect(lab.relight(['iso', 'verify', image, ...lab.trusted()])).toMatchObject({ status: 0 });
    const output = join(directory, 'web1.iso');
    expect(lab.build(output, '--from', image).status).toBe(0);
    const hash = createHash('sha256').update(readFileSync(image)).digest('hex');
    expect(JSON.parse(readFileSync(`${output}.manifest.json`, 'utf8')).input).toMatchObject({
      sha256: hash,
      origin: { kind: 'signed', sha256: hash },
    });
    signImage(image, lab.key, `${'a'.repeat(64)}  image.iso\n`, 'sha256');
    expect(lab.build(output, '--force', '--from', image)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('RL6016'),
    });
  });

  test('one flipped byte in a file is found and named', () => {
    const spoiled = join(lab.work, 'spoiled.iso');
    const bytes = readFileSync(lab.input);
    const at = bytes.indexOf(Buffer.alloc(100, 'h'));
    bytes[at] = 0;
    writeFileSync(spoiled, bytes);
    const ended = lab.relight(['iso', 'verify', spoiled, '--insecure', '--sums', join(lab.work, 'none')]);
    expect(ended).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('/pool/main/h/hello/hello.deb'),
    });
  });

  test('a verifier that does not run is no verifier', () => {
    const path = mkdtempSync(join(lab.work, 'path-'));
    const wrapped = `#!/bin/sh\nexit 127\n`;

    // The runner adds the system's directories, so a gpgv that fails stands for a broken one.
    writeFileSync(join(path, 'gpgv'), wrapped);
    chmodSync(join(path, 'gpgv'), 0o755);
    const ended = lab.relight(['iso', 'verify', lab.input, ...lab.trusted()], {
      PATH: `${path}:${process.env.PATH}`,
    });
    expect(ended).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6015') });
  });
});

describe('inspect', () => {
  const makeForeign = (name: string, files: Record<string, string>) => {
    const tree = join(lab.work, `tree-${name}`);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(tree, path, '..'), { recursive: true });
      writeFileSync(join(tree, path), content);
    }
    const image = join(lab.work, `${name}.iso`);
    execFileSync('xorriso', ['-as', 'mkisofs', '-r', '-o', image, tree], { stdio: 'pipe' });
    return lab.relight(['iso', 'inspect', image]);
  };

  test.each([
    [
      'ubuntu',
      { 'casper/vmlinuz': 'x', '.disk/info': 'Ubuntu-Server 24.04 LTS "Noble" - Release amd64' },
      /RL6007.*an Ubuntu image/,
    ],
    [
      'live',
      { 'live/vmlinuz': 'x', '.disk/info': 'Debian GNU/Linux 13.1.0 "Trixie" - Official amd64 Live' },
      /RL6007.*a live image/,
    ],
    ['other', { 'readme.txt': 'x' }, /RL6007.*another system/],
    [
      'arm',
      {
        'install.a64/vmlinuz': 'x',
        '.disk/info': 'Debian GNU/Linux 13.1.0 "Trixie" - Official arm64 NETINST 1',
      },
      /RL6008.*arm64/,
    ],
    ['empty', { '.disk/info': 'Debian GNU/Linux 13.1.0 "Trixie" - Official amd64 NETINST 1' }, /RL6009/],
  ])('says that %s is not supported and what it is', (name, files, pattern) => {
    const ended = makeForeign(name, files);
    expect(ended.status).toBe(3);
    expect(ended.stderr).toMatch(pattern);
  });

  test('verify of an image of 600 MB stays below 150 MB', () => {
    const tree = join(lab.work, 'tree-large');
    mkdirSync(tree);
    execFileSync('truncate', ['-s', '600M', join(tree, 'big')]);
    execFileSync('sh', ['-c', 'md5sum ./big > ../large.md5 && mv ../large.md5 md5sum.txt'], { cwd: tree });
    const large = join(lab.work, 'large.iso');
    execFileSync('xorriso', ['-as', 'mkisofs', '-r', '-o', large, tree], { stdio: 'pipe' });
    const script = `process.on('exit', () => console.error('rss ' + process.resourceUsage().maxRSS)); process.argv = ['node', 'relight', 'iso', 'verify', ${JSON.stringify(large)}, '--insecure']; await import(${JSON.stringify(lab.program)});`;
    const result = execFileSync('sh', ['-c', 'node --input-type=module -e "$0" 2>&1 || true', script], {
      encoding: 'utf8',
    });
    expect(result).toMatch(/files\s+1 compared/);
    expect(Number(/rss (\d+)/.exec(result)?.[1])).toBeLessThan(150 * 1024);
    rmSync(large);
    rmSync(tree, { recursive: true });
  }, 120_000);
});
