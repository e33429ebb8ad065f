import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
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
    for (const name of left()) rmSync(join(lab.work, 'refused', name), { recursive: true });
  }, 60_000);
});
