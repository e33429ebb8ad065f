import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleProgram } from '../support/bundle.ts';
import { compareListings, listByRelight, listByXorriso } from '../support/iso-compare.ts';
import { makeKey, signImage, type TestKey } from '../support/iso-keys.ts';
import { makeKernelHead, makeSmallNetinst } from '../support/iso-samples.ts';

/** Needs xorriso, isolinux, gpg, gpgv. Runs the program as a person would. */
let work = '';
let program = '';
let input = '';
let key: TestKey;
let stranger: TestKey;

const PRESEED =
  '#_preseed_V1\nd-i partman-auto/disk string /dev/vda\nd-i passwd/root-password-crypted password $6$x$canary\n';

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'relight-build-'));
  program = join(work, 'relight.mjs');
  await bundleProgram(new URL('../../src/cli.ts', import.meta.url).pathname, program);
  mkdirSync(join(work, 'in'));
  input = join(work, 'in', 'small.iso');
  makeSmallNetinst(work, makeKernelHead('6.12.0-test-amd64'), input);
  key = makeKey(work, 'signer');
  stranger = makeKey(work, 'stranger');
  signImage(input, key);
  writeFileSync(join(work, 'preseed.cfg'), PRESEED);
  mkdirSync(join(work, 'out'));
}, 120_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function relight(argv: readonly string[], environment: Record<string, string> = {}): Ended {
  const options = { encoding: 'utf8' as const, cwd: work, env: { ...process.env, ...environment } };
  try {
    return {
      status: 0,
      stdout: execFileSync('node', [program, ...argv], { ...options, stdio: 'pipe' }),
      stderr: '',
    };
  } catch (error) {
    const { status, stdout, stderr } = error as Ended;
    return { status, stdout, stderr };
  }
}

const trusted = () => ['--keyring', key.keyring, '--fingerprint', key.fingerprint];

function build(output: string, ...more: string[]): Ended {
  const common = ['iso', 'build', 'web1', '--from', input, '-o', output, '--preseed', 'preseed.cfg'];
  return relight([...common, ...trusted(), ...more]);
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe('verify', () => {
  const verify = (...more: string[]) => relight(['iso', 'verify', input, ...more]);

  test('a signed image passes', () => {
    const ended = verify(...trusted());
    expect(ended).toMatchObject({ status: 0, stdout: expect.stringContaining(key.fingerprint) });
    expect(ended.stdout).toMatch(/files\s+6\d compared/);
  });

  test('a key that may not sign is refused by its fingerprint', () => {
    const ended = verify('--keyring', key.keyring, '--fingerprint', stranger.fingerprint);
    expect(ended).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6014') });
    expect(ended.stderr).toContain(key.fingerprint);
  });

  test('a key that is in no keyring is refused, with --insecure as well', () => {
    const argv = ['--keyring', stranger.keyring, '--fingerprint', key.fingerprint, '--insecure'];
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
      (image: string) => signImage(image, key, `${'a'.repeat(128)}  other.iso\n`),
    ],
    ['another hash', 'RL6016', (image: string) => signImage(image, key, `${'a'.repeat(128)}  image.iso\n`)],
  ])('refuses %s', (_what, code, spoil) => {
    const directory = mkdtempSync(join(work, 'sig-'));
    const image = join(directory, 'image.iso');
    copyFileSync(input, image);
    signImage(image, key);
    expect(relight(['iso', 'verify', image, ...trusted()]).status).toBe(0);
    spoil(image);
    expect(relight(['iso', 'verify', image, ...trusted()])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(code),
    });
  });

  test('one flipped byte in a file is found and named', () => {
    const spoiled = join(work, 'spoiled.iso');
    const bytes = readFileSync(input);
    const at = bytes.indexOf(Buffer.alloc(100, 'h'));
    bytes[at] = 0;
    writeFileSync(spoiled, bytes);
    const ended = relight(['iso', 'verify', spoiled, '--insecure', '--sums', join(work, 'none')]);
    expect(ended).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('/pool/main/h/hello/hello.deb'),
    });
  });

  test('a verifier that does not run is no verifier', () => {
    const path = mkdtempSync(join(work, 'path-'));
    const wrapped = `#!/bin/sh\nexit 127\n`;

    // The runner adds the system's directories, so a gpgv that fails stands for a broken one.
    writeFileSync(join(path, 'gpgv'), wrapped);
    chmodSync(join(path, 'gpgv'), 0o755);
    const ended = relight(['iso', 'verify', input, ...trusted()], { PATH: `${path}:${process.env.PATH}` });
    expect(ended).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6015') });
  });
});

describe('build', () => {
  test('the image holds the overlay and the menus, keeps all else, and passes verify', async () => {
    const output = join(work, 'out', 'web1.iso');
    const before = await listByRelight(input);
    expect(build(output)).toMatchObject({ status: 0 });
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const after = await listByRelight(output);
    expect(compareListings(after, listByXorriso(output, join(work, 'unpacked')))).toEqual([]);
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
    expect(relight(['iso', 'verify', output, '--insecure', '--sums', join(work, 'none')])).toMatchObject({
      status: 0,
    });
    const manifest = JSON.parse(readFileSync(`${output}.manifest.json`, 'utf8'));
    expect(manifest).toMatchObject({
      guest: 'web1',
      erases: '/dev/vda',
      preseedSha256: createHash('sha256').update(PRESEED).digest('hex'),
      input: {
        sha512: createHash('sha512').update(readFileSync(input)).digest('hex'),
        origin: { kind: 'signed', fingerprints: [key.fingerprint] },
      },
    });
    const listed = execFileSync('cpio', ['-it', '--quiet'], {
      input: readFileSync(join(work, 'unpacked/relight/overlay.cpio')),
    });
    expect(listed.toString()).toBe('preseed.cfg\n');
  }, 60_000);

  test.each([[], ['--grow']])(
    'the same inputs give the same bytes on another day %j',
    (...more) => {
      const [one, two] = [join(work, 'out', 'one.iso'), join(work, 'out', 'two.iso')];
      expect(build(one, '--force', ...more).status).toBe(0);
      // Another umask, time zone and second.
      execFileSync('sleep', ['1.1']);
      const argv = [
        program,
        'iso',
        'build',
        'web1',
        '--from',
        input,
        '-o',
        two,
        '--preseed',
        'preseed.cfg',
        '--force',
        ...trusted(),
        ...more,
      ];
      execFileSync('sh', ['-c', 'umask 077; exec node "$@"', 'sh', ...argv], {
        cwd: work,
        env: { ...process.env, TZ: 'Asia/Tokyo' },
        stdio: 'pipe',
      });
      expect(sha256(two)).toBe(sha256(one));
    },
    60_000,
  );

  test('remastering a remastered image replaces the first overlay and keeps the original menu', async () => {
    const [first, second] = [join(work, 'out', 'first.iso'), join(work, 'out', 'second.iso')];
    expect(build(first, '--force').status).toBe(0);
    const argv = [
      'iso',
      'build',
      'db1',
      '--from',
      first,
      '-o',
      second,
      '--preseed',
      'preseed.cfg',
      '--insecure',
      '--force',
    ];
    expect(relight(argv).status).toBe(0);
    const shown = relight(['iso', 'inspect', second]);
    expect(shown).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Install db1 without questions'),
    });
    expect(shown.stdout).not.toContain('web1');
    expect(shown.stdout).not.toContain('canary');
    const original = (await listByRelight(first)).get('/isolinux/original.cfg');
    expect((await listByRelight(second)).get('/isolinux/original.cfg')).toBe(original);
  }, 60_000);

  test('--grow appends less than a MiB and leaves the boot images where they are', () => {
    const output = join(work, 'out', 'grown.iso');
    expect(build(output, '--grow', '--force').status).toBe(0);
    const grown = statSync(output).size - statSync(input).size;
    expect(grown).toBeGreaterThan(0);
    expect(grown).toBeLessThan(1024 * 1024);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const sectors = (path: string) => readFileSync(path).subarray(0, 16 * 2048);
    expect(sectors(output).equals(sectors(input))).toBe(true);
  }, 60_000);

  test('a tree is laid over the image, with its lines in md5sum.txt', async () => {
    const overlay = mkdtempSync(join(work, 'overlay-'));
    mkdirSync(join(overlay, 'extra/deep'), { recursive: true });
    writeFileSync(join(overlay, 'extra/deep/file'), 'laid');
    const output = join(work, 'out', 'laid.iso');
    expect(build(output, '--overlay', overlay).status).toBe(0);
    expect((await listByRelight(output)).has('/extra/deep/file')).toBe(true);
    const ended = relight(['iso', 'verify', output, '--insecure', '--sums', 'none', '--json']);
    expect(JSON.parse(ended.stdout).content.unlisted).not.toContain('/extra/deep/file');
    symlinkIn(overlay);
    expect(build(output, '--force', '--overlay', overlay)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('RL6025'),
    });
  }, 60_000);
});

function symlinkIn(directory: string): void {
  execFileSync('ln', ['-s', '/etc/shadow', join(directory, 'leak')]);
}

describe('what is refused leaves nothing behind', () => {
  const left = () => readdirSync(join(work, 'refused')).sort();
  const output = () => join(work, 'refused', 'x.iso');
  beforeAll(() => mkdirSync(join(work, 'refused')));

  test('an output that exists is kept unless --force', () => {
    writeFileSync(output(), 'mine');
    expect(build(output())).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6020') });
    expect(readFileSync(output(), 'utf8')).toBe('mine');
    rmSync(output());
  });

  test('an output that is the input', () => {
    const hash = sha256(input);
    expect(build(input, '--force')).toMatchObject({ status: 2, stderr: expect.stringContaining('RL6021') });
    expect(sha256(input)).toBe(hash);
  });

  test('a disk that is not pinned needs --erase-disks', () => {
    writeFileSync(join(work, 'loose.cfg'), '#_preseed_V1\nd-i partman-auto/method string regular\n');
    const argv = [
      'iso',
      'build',
      'web1',
      '--from',
      input,
      '-o',
      output(),
      '--preseed',
      'loose.cfg',
      ...trusted(),
    ];
    expect(relight(argv)).toMatchObject({ status: 2, stderr: expect.stringContaining('RL6022') });
    expect(left()).toEqual([]);
    expect(relight([...argv, '--erase-disks']).status).toBe(0);
    expect(relight(['iso', 'inspect', output()]).stdout).toContain('erases whichever disk it finds');
    for (const name of left()) rmSync(join(work, 'refused', name));
  });

  test('an unsigned image when a signature is demanded', () => {
    const ended = relight([
      'iso',
      'build',
      'web1',
      '--from',
      join(work, 'spoiled.iso'),
      '-o',
      output(),
      '--preseed',
      'preseed.cfg',
    ]);
    expect(ended).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6013') });
    expect(left()).toEqual([]);
  });

  test('an xorriso that fails, and one that writes something else', () => {
    const path = mkdtempSync(join(work, 'fake-'));
    for (const [script, code, status] of [
      ['echo half > "$OUT"; echo "xorriso : FAILURE : no space left" >&2; exit 32', 'RL0601', 1],
      [`cp ${input} "$OUT"`, 'RL6023', 1],
    ] as const) {
      writeFileSync(
        join(path, 'xorriso'),
        `#!/bin/bash\nwhile [ $# -gt 0 ]; do [ "$1" = -outdev ] && OUT=$2; shift; done\n${script}\n`,
      );
      chmodSync(join(path, 'xorriso'), 0o755);
      const argv = [
        'iso',
        'build',
        'web1',
        '--from',
        input,
        '-o',
        output(),
        '--preseed',
        'preseed.cfg',
        ...trusted(),
      ];
      const ended = relight(argv, { PATH: `${path}:${process.env.PATH}` });
      expect(ended).toMatchObject({ status, stderr: expect.stringContaining(code) });
      expect(left()).toEqual([]);
    }
  });

  test('kill -9 in the middle leaves no file of that name', async () => {
    const path = mkdtempSync(join(work, 'slow-'));
    writeFileSync(join(path, 'xorriso'), '#!/bin/bash\necho started > "$0.mark"\nexec sleep 20\n');
    chmodSync(join(path, 'xorriso'), 0o755);
    const argv = [
      program,
      'iso',
      'build',
      'web1',
      '--from',
      input,
      '-o',
      output(),
      '--preseed',
      'preseed.cfg',
      ...trusted(),
    ];
    const child = spawn('node', argv, {
      cwd: work,
      env: { ...process.env, PATH: `${path}:${process.env.PATH}` },
    });
    while (!existsSync(join(path, 'xorriso.mark'))) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(existsSync(output())).toBe(false);
    for (const name of left()) rmSync(join(work, 'refused', name), { recursive: true });
  }, 60_000);
});

describe('inspect', () => {
  const makeForeign = (name: string, files: Record<string, string>) => {
    const tree = join(work, `tree-${name}`);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(tree, path, '..'), { recursive: true });
      writeFileSync(join(tree, path), content);
    }
    const image = join(work, `${name}.iso`);
    execFileSync('xorriso', ['-as', 'mkisofs', '-r', '-o', image, tree], { stdio: 'pipe' });
    return relight(['iso', 'inspect', image]);
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
    const tree = join(work, 'tree-large');
    mkdirSync(tree);
    execFileSync('truncate', ['-s', '600M', join(tree, 'big')]);
    execFileSync('sh', ['-c', 'md5sum ./big > ../large.md5 && mv ../large.md5 md5sum.txt'], { cwd: tree });
    const large = join(work, 'large.iso');
    execFileSync('xorriso', ['-as', 'mkisofs', '-r', '-o', large, tree], { stdio: 'pipe' });
    const script = `process.on('exit', () => console.error('rss ' + process.resourceUsage().maxRSS)); process.argv = ['node', 'relight', 'iso', 'verify', ${JSON.stringify(large)}, '--insecure']; await import(${JSON.stringify(program)});`;
    const result = execFileSync('sh', ['-c', 'node --input-type=module -e "$0" 2>&1 || true', script], {
      encoding: 'utf8',
    });
    expect(result).toMatch(/files\s+1 compared/);
    expect(Number(/rss (\d+)/.exec(result)?.[1])).toBeLessThan(150 * 1024);
    rmSync(large);
    rmSync(tree, { recursive: true });
  }, 120_000);
});
