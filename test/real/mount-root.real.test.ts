import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RootPlace } from '../../src/plan/types.ts';
import { listMounts } from '../../src/run/files-tree.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import type { StepContext } from '../../src/run/steps/context.ts';
import { keepLogs } from '../../src/run/steps/keep-logs.ts';
import { mountRoot, unmountRoot } from '../../src/run/steps/mount-root.ts';

/** A root filesystem inside a disk, mounted by mount(8). Needs root and loop devices. */
const MEBIBYTE = 1024 * 1024;
const OFFSET = 2 * MEBIBYTE;
const SIZE = 32 * MEBIBYTE;
let state = '';
let disk = '';
let path = '';
let context: StepContext;

function run(...words: string[]): string {
  const [program = '', ...rest] = words;
  const result = spawnSync(program, rest, { encoding: 'utf8' });
  expect(result.status, `${words.join(' ')}: ${result.stderr}`).toBe(0);
  return result.stdout;
}

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'relight-mount-'));
  mkdirSync(join(state, 'work/op'), { recursive: true });
  path = join(state, 'work/op/rootfs');
  disk = join(state, 'web1-root.7f3a12');
  run('truncate', '--size', '40M', disk);
  const script = `label: gpt\nstart=2048,size=2048\nstart=${OFFSET / 512},size=${SIZE / 512}\n`;
  expect(spawnSync('sfdisk', ['--quiet', disk], { input: script }).status).toBe(0);
  mkdirSync(join(state, 'tree'));
  writeFileSync(join(state, 'tree/hello'), 'from the guest\n');
  const words = ['-q', '-F', '-t', 'ext4', '-d', join(state, 'tree'), '-E', `offset=${OFFSET}`];
  run('mke2fs', ...words, disk, `${SIZE / 1024}k`);
  const runner = createRunner({ environment: process.env });
  context = { runner, paths: { state, config: state, auto: undefined }, logPath: 'log' } as StepContext;
});

afterEach(async () => {
  if (existsSync(path)) await unmountRoot({ path }, context);
  rmSync(state, { recursive: true });
});

const mount = (place: RootPlace, readOnly = false) =>
  mountRoot({ do: 'mount-root', device: disk, place, path, readOnly }, context);

describe('mount-root', () => {
  test.each<[string, RootPlace]>([
    ['an offset', { offset: OFFSET, size: SIZE }],
    ['a partition', { partition: 2 }],
  ])('finds the filesystem by %s, writes to it, and leaves no loop device', async (_, place) => {
    await mount(place);
    expect(readFileSync(join(path, 'hello'), 'utf8')).toBe('from the guest\n');
    writeFileSync(join(path, 'hello'), 'changed\n');
    await unmountRoot({ path }, context);
    expect(existsSync(path)).toBe(false);
    expect(run('losetup', '--associated', disk)).toBe('');
    await mount(place, true);
    expect(readFileSync(join(path, 'hello'), 'utf8')).toBe('changed\n');
    expect(() => writeFileSync(join(path, 'hello'), 'again')).toThrow(/read-only/);
  });

  test('clears what a killed run left mounted, and unmounting twice is fine', async () => {
    await mount({ partition: 2 });
    run('mount', '--types', 'tmpfs', 'tmpfs', path);
    await mount({ partition: 2 });
    expect(listMounts().filter((each) => each === path)).toHaveLength(1);
    await unmountRoot({ path }, context);
    await unmountRoot({ path }, context);
    expect(listMounts()).not.toContain(path);
  });

  test('refuses a partition that is not there, a disk without a table, and a path outside of work', async () => {
    await expect(mount({ partition: 7 })).rejects.toThrow('has no partition 7');
    writeFileSync(disk, Buffer.alloc(MEBIBYTE));
    await expect(mount({ partition: 2 })).rejects.toThrow(/sfdisk failed|no partition table/);
    await expect(unmountRoot({ path: state }, context)).rejects.toThrow('does not lie below');
  });
});

describe('keep-logs', () => {
  const notes: string[] = [];
  const keep = (place: RootPlace) =>
    keepLogs(
      {
        ...{ do: 'keep-logs', device: disk, place, path, from: '/var/log/installer' },
        ...{ names: ['syslog', 'partman'], directory: join(state, 'kept') },
      },
      { ...context, listener: { note: (text: string) => notes.push(text) } } as unknown as StepContext,
    );

  test('keeps the files of a half-made root, follows no link, and leaves nothing mounted', async () => {
    await mount({ partition: 2 });
    mkdirSync(join(path, 'var/log/installer'), { recursive: true });
    writeFileSync(join(path, 'var/log/installer/syslog'), 'it hung\n');
    symlinkSync('/etc/passwd', join(path, 'var/log/installer/partman'));
    await unmountRoot({ path }, context);
    await keep({ partition: 2 });
    expect(readFileSync(join(state, 'kept/syslog'), 'utf8')).toBe('it hung\n');
    expect(existsSync(join(state, 'kept/partman'))).toBe(false);
    expect(existsSync(path)).toBe(false);
    expect(notes.at(-1)).toBe(`the installer's log is kept: ${join(state, 'kept/syslog')}`);
  });

  test('says so when there is no log, no filesystem, or no partition yet', async () => {
    await keep({ partition: 2 });
    expect(notes.at(-1)).toBe('the installer had written no log to its root yet');
    await keep({ partition: 1 });
    expect(notes.at(-1)).toBe('the installer had made no filesystem: its console is all there is');
    writeFileSync(disk, Buffer.alloc(MEBIBYTE));
    await keep({ partition: 2 });
    expect(notes.at(-1)).toBe('the installer had made no filesystem: its console is all there is');
    expect(existsSync(path)).toBe(false);
  });
});
