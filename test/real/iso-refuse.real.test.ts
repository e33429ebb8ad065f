import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IsoLab, makeIsoLab, sha256 } from '../support/iso-program.ts';

let lab: IsoLab;
beforeAll(async () => {
  lab = await makeIsoLab();
}, 120_000);
afterAll(() => rmSync(lab.work, { recursive: true, force: true }));

describe('what is refused leaves nothing behind', () => {
  const left = () => readdirSync(join(lab.work, 'refused')).sort();
  const output = () => join(lab.work, 'refused', 'x.iso');

  test('an output that exists is kept unless --force', () => {
    writeFileSync(output(), 'mine');
    expect(lab.build(output())).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6020') });
    expect(readFileSync(output(), 'utf8')).toBe('mine');
    rmSync(output());
  });

  test('an output that is the input', () => {
    const hash = sha256(lab.input);
    expect(lab.build(lab.input, '--force')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('RL6021'),
    });
    expect(sha256(lab.input)).toBe(hash);
  });

  test('a disk that is not pinned needs --erase-disks', () => {
    writeFileSync(join(lab.work, 'loose.cfg'), '#_preseed_V1\nd-i partman-auto/method string regular\n');
    const argv = lab.buildArguments(output(), '--preseed', 'loose.cfg');
    expect(lab.relight(argv)).toMatchObject({ status: 2, stderr: expect.stringContaining('RL6022') });
    expect(left()).toEqual([]);
    expect(lab.relight([...argv, '--erase-disks']).status).toBe(0);
    expect(lab.relight(['iso', 'inspect', output()]).stdout).toContain('erases whichever disk it finds');
    for (const name of left()) rmSync(join(lab.work, 'refused', name));
  });

  test('an unsigned image when a signature is demanded', () => {
    copyFileSync(lab.input, join(lab.work, 'unsigned.iso'));
    const ended = lab.build(output(), '--from', join(lab.work, 'unsigned.iso'), '--sums', 'none');
    expect(ended).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6013') });
    expect(left()).toEqual([]);
  });

  test('an image signed by a key that may not, with --insecure as well', () => {
    const argv = lab.buildArguments(output()).filter((word) => word !== lab.key.fingerprint);
    argv.push(lab.stranger.fingerprint, '--insecure');
    const ended = lab.relight(argv);
    expect(ended).toMatchObject({ status: 3, stderr: expect.stringContaining('RL6014') });
    expect(ended.stderr).toContain(lab.key.fingerprint);
    expect(left()).toEqual([]);
  });

  test('an image that is another than the signed list says', () => {
    const directory = mkdtempSync(join(lab.work, 'changed-'));
    const image = join(directory, basename(lab.input));
    copyFileSync(lab.input, image);
    for (const name of ['SHA512SUMS', 'SHA512SUMS.sign'])
      copyFileSync(join(lab.input, '..', name), join(directory, name));
    const bytes = readFileSync(image);
    bytes[bytes.indexOf(Buffer.alloc(100, 'h'))] = 0;
    writeFileSync(image, bytes);
    expect(lab.build(output(), '--from', image, '--insecure')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('RL6016'),
    });
    expect(left()).toEqual([]);
  });

  const debian = 'Debian GNU/Linux 13.1.0 "Trixie" - Official amd64';
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'an Ubuntu image',
      { 'casper/vmlinuz': 'x', '.disk/info': 'Ubuntu 24.04 - Release amd64' },
      /RL6007.*Ubuntu/,
    ],
    ['a live image', { 'live/vmlinuz': 'x', '.disk/info': `${debian} Live` }, /RL6007.*a live image/],
    ['another system', { 'readme.txt': 'x' }, /RL6007.*another system/],
    [
      'another architecture',
      { 'install.a64/vmlinuz': 'x', '.disk/info': debian.replace('amd64', 'arm64') },
      /RL6008.*arm64/,
    ],
    [
      'an image without initrd',
      { 'install.amd/vmlinuz': 'x', '.disk/info': `${debian} NETINST 1` },
      /RL6009/,
    ],
  ])('%s', (what, files, pattern) => {
    const tree = mkdtempSync(join(lab.work, 'tree-'));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(tree, path, '..'), { recursive: true });
      writeFileSync(join(tree, path), content);
    }
    const image = join(lab.work, `${what.replaceAll(' ', '-')}.iso`);
    execFileSync('xorriso', ['-as', 'mkisofs', '-r', '-o', image, tree], { stdio: 'pipe' });
    const ended = lab.build(output(), '--from', image, '--insecure');
    expect(ended.status).toBe(3);
    expect(ended.stderr).toMatch(pattern);
    expect(left()).toEqual([]);
  });

  test.each<[string, (path: string) => void, string]>([
    ['a text', (path) => writeFileSync(path, 'no image at all\n'.repeat(5000)), 'RL6001'],
    ['an empty file', (path) => writeFileSync(path, ''), 'RL6001'],
    ['a directory', (path) => mkdirSync(path), 'RL6001'],
    ['a FIFO', (path) => execFileSync('mkfifo', [path]), 'RL6001'],
    ['nothing', () => undefined, 'RL6001'],
    ['an image cut in the middle', (path) => cut(path, 0.5), 'RL6002'],
    ['an image without its last bytes', (path) => cut(path, 0.99), 'RL6002'],
  ])('%s in the place of an image', (what, make, code) => {
    const path = join(lab.work, `bad-${what.replaceAll(' ', '-')}`);
    make(path);
    expect(lab.build(output(), '--from', path, '--insecure')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(code),
    });
    expect(left()).toEqual([]);
  });

  function cut(path: string, share: number): void {
    copyFileSync(lab.input, path);
    truncateSync(path, Math.floor(statSync(lab.input).size * share));
  }

  test('a directory that is not there is said so', () => {
    expect(lab.build(join(lab.work, 'not/there/x.iso'))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/RL1707.*ENOENT/),
    });
  });

  test('an xorriso that fails, and one that writes something else', () => {
    const path = mkdtempSync(join(lab.work, 'fake-'));
    for (const [script, code, status] of [
      ['echo half > "$OUT"; echo "xorriso : FAILURE : no space left" >&2; exit 32', 'RL0601', 1],
      [`cp ${lab.input} "$OUT"`, 'RL6023', 1],
    ] as const) {
      writeFileSync(
        join(path, 'xorriso'),
        `#!/bin/bash\nwhile [ $# -gt 0 ]; do [[ $1 = -outdev || $1 = -dev ]] && OUT=$2; shift; done\n${script}\n`,
      );
      chmodSync(join(path, 'xorriso'), 0o755);
      const ended = lab.relight(lab.buildArguments(output()), { PATH: `${path}:${process.env.PATH}` });
      expect(ended).toMatchObject({ status, stderr: expect.stringContaining(code) });
      expect(left()).toEqual([]);
    }
  });

  test('an xorriso that writes a file anew, whose content it may not have had', () => {
    const path = mkdtempSync(join(lab.work, 'mover-'));
    writeFileSync(join(path, 'other'), Buffer.alloc(5000, 'h'));
    const script = `#!/bin/bash\nexec /usr/bin/xorriso "\${@:1:$#-1}" -map ${path}/other /pool/main/h/hello/hello.deb -commit\n`;
    writeFileSync(join(path, 'xorriso'), script);
    chmodSync(join(path, 'xorriso'), 0o755);
    const ended = lab.relight(lab.buildArguments(output()), { PATH: `${path}:${process.env.PATH}` });
    expect(ended).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/RL6023.*hello\.deb lies elsewhere/),
    });
    expect(left()).toEqual([]);
  });

  test('kill -9 in the middle leaves no file of that name', async () => {
    const path = mkdtempSync(join(lab.work, 'slow-'));
    writeFileSync(join(path, 'xorriso'), '#!/bin/bash\necho started > "$0.mark"\nexec sleep 20\n');
    chmodSync(join(path, 'xorriso'), 0o755);
    const child = spawn('node', [lab.program, ...lab.buildArguments(output())], {
      cwd: lab.work,
      env: { ...process.env, PATH: `${path}:${process.env.PATH}` },
    });
    while (!existsSync(join(path, 'xorriso.mark'))) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(existsSync(output())).toBe(false);
    // The draft holds secrets: nobody else may read it, and the next run clears it away once nobody can be at work on it.
    const drafts = left();
    expect(drafts).toEqual([expect.stringMatching(/^\.relight-stage-/)]);
    const longAgo = Date.now() / 1000 - 86_400;
    for (const name of drafts) {
      const path = join(lab.work, 'refused', name);
      expect(statSync(path).mode & 0o077).toBe(0);
      utimesSync(path, longAgo, longAgo);
    }
    expect(lab.build(output()).status).toBe(0);
    expect(left()).toEqual(['x.iso', 'x.iso.manifest.json']);
    for (const name of left()) rmSync(join(lab.work, 'refused', name));
  });

  test('Ctrl-C after the last command leaves nothing', async () => {
    const path = mkdtempSync(join(lab.work, 'interrupt-'));
    // xorriso's end is the last that the runner could notice.
    const script =
      '#!/bin/bash\n/usr/bin/xorriso "$@" || exit\n[[ $* = *-commit* ]] && kill -INT "$(cat "$0.pid")"\nexit 0\n';
    writeFileSync(join(path, 'xorriso'), script);
    chmodSync(join(path, 'xorriso'), 0o755);
    const child = spawn('node', [lab.program, ...lab.buildArguments(output())], {
      cwd: lab.work,
      env: { ...process.env, PATH: `${path}:${process.env.PATH}` },
    });
    writeFileSync(join(path, 'xorriso.pid'), String(child.pid));
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(130);
    expect(left()).toEqual([]);
  });

  test('a disk that is full beforehand, during the copy, during xorriso, and at the manifest', () => {
    const place = join(lab.work, 'full');
    mkdirSync(place);
    const size = statSync(lab.input).size;
    const full = join(place, 'x.iso');
    const onDisk = (bytes: number, act: () => void) => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${Math.ceil(bytes / 4096) * 4096}`, 'tmpfs', place]);
      try {
        act();
        expect(readdirSync(place).filter((name) => name !== 'other')).toEqual([]);
      } finally {
        execFileSync('umount', [place]);
      }
    };
    onDisk(size + 1024 ** 2, () => {
      expect(lab.build(full)).toMatchObject({ status: 1, stderr: expect.stringContaining('RL6026') });
    });
    onDisk(size / 2, () => {
      const ended = lab.build(full, '--grow');
      expect(ended).toMatchObject({ status: 1, stderr: expect.stringMatching(/RL1707.*No space left/) });
    });
    // Copy and xorriso fill it side by side.
    onDisk(size + 64 * 1024, () => {
      expect(lab.build(full, '--grow')).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/RL0601|RL1707.*(No space left|ENOSPC)/),
      });
    });
    // Another program takes the rest beside xorriso, or after it.
    const path = mkdtempSync(join(lab.work, 'greedy-'));
    const script = `#!/bin/bash\n/usr/bin/xorriso "$@"; status=$?\ncat /dev/zero > ${place}/other 2>/dev/null\nexit $status\n`;
    writeFileSync(join(path, 'xorriso'), script);
    chmodSync(join(path, 'xorriso'), 0o755);
    onDisk(size * 2 + 40 * 1024 ** 2, () => {
      const ended = lab.relight(lab.buildArguments(full), { PATH: `${path}:${process.env.PATH}` });
      expect(ended).toMatchObject({ status: 1, stderr: expect.stringMatching(/RL1707.*(No space|ENOSPC)/) });
    });
  }, 120_000);
});
