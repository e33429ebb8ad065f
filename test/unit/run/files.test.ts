import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/report/failure.ts';
import {
  createSparseFile,
  hardLinkSynced,
  isBlockDevice,
  makeDirectory,
  pathExists,
  readLink,
  readTextFile,
  removeFile,
  renameSynced,
  symlinkSynced,
  writeFileAtomically,
} from '../../../src/run/files.ts';
import { parseMountPoints, removeWorkTree, resolveBelow } from '../../../src/run/files-tree.ts';
import { createRecordingRunner } from '../../../src/run/runner-recording.ts';
import { createRunner } from '../../../src/run/runner-spawn.ts';
import { bundleProgram } from '../../support/bundle.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'files-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const runner = createRunner({ environment: process.env });
const modeOf = (path: string) => statSync(path).mode & 0o7777;

describe('writeFileAtomically', () => {
  it('writes content and mode, whatever the umask, and leaves nothing else', () => {
    const old = process.umask(0o077);
    try {
      writeFileAtomically(`${directory}/a.cfg`, 'ä\n', 0o644);
    } finally {
      process.umask(old);
    }
    expect(readFileSync(`${directory}/a.cfg`, 'utf8')).toBe('ä\n');
    expect(modeOf(`${directory}/a.cfg`)).toBe(0o644);
    expect(readdirSync(directory)).toEqual(['a.cfg']);
  });

  it('replaces a file by a new one: who has the old one open keeps it', () => {
    writeFileSync(`${directory}/a`, 'old');
    linkSync(`${directory}/a`, `${directory}/kept`);
    writeFileAtomically(`${directory}/a`, new Uint8Array([1, 2]), 0o600);
    expect([...readFileSync(`${directory}/a`)]).toEqual([1, 2]);
    expect(readFileSync(`${directory}/kept`, 'utf8')).toBe('old');
  });

  it('replaces a symbolic link instead of writing through it', () => {
    writeFileSync(`${directory}/target`, 'old');
    symlinkSync(`${directory}/target`, `${directory}/link`);
    writeFileAtomically(`${directory}/link`, 'new', 0o600);
    expect(readFileSync(`${directory}/target`, 'utf8')).toBe('old');
    expect(readLink(`${directory}/link`)).toBeUndefined();
  });

  it('leaves the old content and no temporary file when it cannot finish', () => {
    mkdirSync(`${directory}/full`);
    expect(() => writeFileAtomically(`${directory}/full`, 'x', 0o600)).toThrow();
    expect(readdirSync(directory)).toEqual(['full']);
    expect(() => writeFileAtomically(`${directory}/none/a`, 'x', 0o600)).toThrow(/ENOENT/);
  });
});

describe('writeFileAtomically against a swapper', () => {
  it('writes into the directory that it opened, whatever takes its place meanwhile', async () => {
    const program = `${directory}/program.mjs`;
    const source = `import { writeFileAtomically } from '@src/run/files.ts';
      writeFileAtomically(process.argv[2], 'new', 0o600);`;
    bundleProgram(source, program);
    for (const name of ['xen', 'elsewhere']) mkdirSync(`${directory}/${name}`);
    // strace holds the program at the door of rename(2) until the swap is done: the temporary file tells when.
    const inject = ['-e', 'trace=rename', '-e', 'inject=rename:delay_enter=3000000'];
    const argv = [
      'strace',
      '-o',
      '/dev/null',
      ...inject,
      process.execPath,
      program,
      `${directory}/xen/a.cfg`,
    ];
    const running = runner.run({ argv, deadlineSeconds: 30 });
    const isSynced = () =>
      readdirSync(`${directory}/xen`).some((name) => statSync(`${directory}/xen/${name}`).size === 3);
    while (!isSynced()) await new Promise((resolve) => setTimeout(resolve, 20));
    renameSync(`${directory}/xen`, `${directory}/moved`);
    symlinkSync('elsewhere', `${directory}/xen`);
    expect(await running).toMatchObject({ status: 0 });
    expect(readdirSync(`${directory}/elsewhere`)).toEqual([]);
    expect(readdirSync(`${directory}/moved`)).toEqual(['a.cfg']);
  });
});

describe('readTextFile', () => {
  it('reads a file, also one of /proc whose size is said to be 0', () => {
    writeFileSync(`${directory}/a`, 'x'.repeat(200_000));
    expect(readTextFile(`${directory}/a`)).toHaveLength(200_000);
    expect(readTextFile('/proc/self/mountinfo')).toContain(' / ');
  });

  it('refuses what is missing, too large, a directory, a device, a FIFO', async () => {
    writeFileSync(`${directory}/a`, 'x'.repeat(101));
    await runner.run({ argv: ['mkfifo', `${directory}/fifo`], deadlineSeconds: 10 });
    for (const path of [`${directory}/none`, `${directory}/a`, directory, '/dev/zero', `${directory}/fifo`]) {
      expect(() => readTextFile(path, 100)).toThrow(Failure);
    }
  });
});

describe('the small acts', () => {
  it('makes a directory with its mode and leaves an existing one as it is', () => {
    makeDirectory(`${directory}/a/b`, 0o700);
    expect(modeOf(`${directory}/a/b`)).toBe(0o700);
    chmodSync(`${directory}/a/b`, 0o750);
    makeDirectory(`${directory}/a/b`, 0o700);
    expect(modeOf(`${directory}/a/b`)).toBe(0o750);
    writeFileSync(`${directory}/file`, '');
    expect(() => makeDirectory(`${directory}/file`, 0o700)).toThrow(/EEXIST/);
  });

  it('renames, links and removes', () => {
    writeFileSync(`${directory}/a`, 'a');
    writeFileSync(`${directory}/b`, 'b');
    hardLinkSynced(`${directory}/a`, `${directory}/b`);
    hardLinkSynced(`${directory}/a`, `${directory}/b`);
    expect(statSync(`${directory}/b`).ino).toBe(statSync(`${directory}/a`).ino);
    symlinkSynced('../x', `${directory}/link`);
    symlinkSynced('../y', `${directory}/link`);
    expect(readLink(`${directory}/link`)).toBe('../y');
    expect(pathExists(`${directory}/link`)).toBe(true);
    mkdirSync(`${directory}/sub`);
    renameSynced(`${directory}/a`, `${directory}/sub/c`);
    expect(removeFile(`${directory}/link`)).toBe(true);
    expect(removeFile(`${directory}/link`)).toBe(false);
    expect(readdirSync(directory).sort()).toEqual(['b', 'sub']);
  });

  it('creates a sparse file whole, and never over another', () => {
    createSparseFile(`${directory}/disk`, 1024 ** 4, 0o600);
    const stats = statSync(`${directory}/disk`);
    expect([stats.size, stats.blocks, stats.mode & 0o777]).toEqual([1024 ** 4, 0, 0o600]);
    expect(() => createSparseFile(`${directory}/disk`, 1, 0o600)).toThrow(/EEXIST/);
    symlinkSync('/nowhere', `${directory}/link`);
    expect(() => createSparseFile(`${directory}/link`, 1, 0o600)).toThrow(/EEXIST/);
    expect(readdirSync(directory).sort()).toEqual(['disk', 'link']);
  });

  it('knows a block device from other things', () => {
    expect([isBlockDevice('/dev/null'), isBlockDevice(directory), isBlockDevice('/none')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('removeWorkTree', () => {
  it('removes a tree with everything odd in it, and follows no link', async () => {
    mkdirSync(`${directory}/work/op/a`, { recursive: true });
    writeFileSync(`${directory}/kept`, '');
    symlinkSync(directory, `${directory}/work/op/a/link`);
    writeFileSync(`${directory}/work/op/-rf`, '');
    writeFileSync(`${directory}/work/op/new\nline`, '');
    await removeWorkTree(runner, `${directory}/work/op`, `${directory}/work`);
    await removeWorkTree(runner, `${directory}/work/op`, `${directory}/work`);
    expect(readdirSync(`${directory}/work`)).toEqual([]);
    expect(existsSync(`${directory}/kept`)).toBe(true);
  });

  it('removes the link, not its target, when the path is a link', async () => {
    mkdirSync(`${directory}/work`);
    mkdirSync(`${directory}/precious`);
    symlinkSync(`${directory}/precious`, `${directory}/work/op`);
    await removeWorkTree(runner, `${directory}/work/op`, `${directory}/work`);
    expect(existsSync(`${directory}/precious`)).toBe(true);
    expect(pathExists(`${directory}/work/op`)).toBe(false);
  });

  it('refuses what does not lie strictly below, and runs nothing then', async () => {
    mkdirSync(`${directory}/work/op`, { recursive: true });
    mkdirSync(`${directory}/workshop`);
    symlinkSync(directory, `${directory}/work/up`);
    const recording = createRecordingRunner();
    const refused = [
      'work',
      'work/..',
      'work/op/..',
      'work/.',
      'workshop',
      'work/up/workshop',
      'work/../workshop',
    ];
    for (const path of refused) {
      await expect(removeWorkTree(recording, `${directory}/${path}`, `${directory}/work`)).rejects.toThrow(
        Failure,
      );
    }
    expect(recording.commands).toEqual([]);
    expect(resolveBelow(`${directory}/work/op`, `${directory}/work`)).toBe(`${directory}/work/op`);
  });

  it('refuses a tree with a mount in it', async () => {
    await expect(removeWorkTree(createRecordingRunner(), '/proc', '/')).rejects.toThrow(/mounted there/);
  });

  it('reads mount points with their escapes', () => {
    const line = '36 35 98:0 /mnt1 /mnt/with\\040space\\134 rw,noatime master:1 - ext3 /dev/root rw';
    expect(parseMountPoints(`${line}\n`)).toEqual(['/mnt/with space\\']);
  });
});
