import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConsoleCleaner } from '../../../src/watch/clean.ts';
import { INSTALL_START, peekInstall, readInstallLine, stripStatus } from '../../../src/watch/install.ts';
import { foldLook, type InstallWatch, startWatch } from '../../../src/watch/install-watch.ts';

const FOLDER = resolve('test/captured/install-consoles');
const NONCE = '0123456789abcdef';
const LIMITS = { deadline: 4 * 3600, silence: 1800 };
const LOOK_MS = 2000;
/** How much of a recording comes with one look. */
const CHUNK = 64;

interface Replay {
  readonly watch: InstallWatch;
  readonly phases: readonly string[];
  readonly percents: readonly number[];
}

/** Replays a recording in small pieces; after its end the domain lives on or is gone, for an hour. */
function replay(name: string, after: 'up' | 'gone'): Replay {
  const text = readFileSync(`${FOLDER}/${name}.txt`, 'latin1');
  const cleaner = new ConsoleCleaner();
  const phases: string[] = [];
  const percents: number[] = [];
  let watch = startWatch(0);
  let now = 0;
  const look = (piece: string, isUp: boolean) => {
    now += LOOK_MS;
    const lines = cleaner.feed(piece);
    const seen = { now, lines, unfinished: cleaner.unfinished, isUp, activity: undefined };
    watch = foldLook(watch, seen, NONCE, LIMITS);
    if (phases.at(-1) !== watch.state.phase) phases.push(watch.state.phase);
    percents.push(watch.state.percent);
  };
  const isOver = () => watch.isDone || watch.failure !== undefined;
  for (let at = 0; at < text.length && !isOver(); at += CHUNK) look(text.slice(at, at + CHUNK), true);
  for (let looks = 0; looks < 1800 && !isOver(); looks += 1) look('', after === 'up');
  return { watch, phases, percents };
}

const ALL = ['network', 'components', 'partitioning', 'base system', 'packages', 'finishing', 'installed'];

/** What each recording comes to: done, or a fault. */
const CASES: Readonly<Record<string, readonly ['up' | 'gone', RegExp | undefined]>> = {
  normal: ['gone', undefined],
  'escape-storm': ['gone', undefined],
  'end-without-nonce': ['gone', /^it ended during: finishing, without the word/],
  'other-nonce': ['gone', /^it ended during: finishing, without the word/],
  'late-script-failed': ['gone', /^the late script failed: users$/],
  panic: ['up', /^the kernel panicked: Attempted to kill init/],
  memory: ['up', /^the installer ran out of memory: Out of memory: Killed process 210/],
  'initrd-broken': ['up', /^the kernel could not unpack the initrd/],
  'loop-reboot': ['up', /^the installer started again: it loops$/],
  'loop-step': ['up', /^it loops: "Checking the Debian archive mirror" came up 9 times$/],
  silence: ['up', /^nothing came on the console, and no disk moved, for 1800 s$/],
  'question-mirror': [
    'up',
    /^it asks, and nobody answers:\n {2}> Choose a mirror of the Debian archive\n[\s\S]*Bad archive mirror[\s\S]*\[Press enter/,
  ],
  'question-partitions': ['up', /Partition disks\n[\s\S]*No root file system is defined/],
  'mirror-failure-with-screen': [
    'up',
    /Download installer components\n[\s\S]*failed to download a file from the mirror[\s\S]*1: Retry \[\*\][\s\S]*Prompt:/,
  ],
  'question-reserved-name-recorded': ['up', /Set up users and passwords\n[\s\S]*Reserved username/],
  'whole-recorded': ['gone', undefined],
  'base-system-with-kernel-recorded': ['gone', /^it ended during: base system, without the word/],
  'step-failed-with-screen': ['up', /Configure the network\n[\s\S]*ERROR: Installation step failed/],
};

describe('watching an installation', () => {
  test('has an expectation for every recording', () => {
    const names = readdirSync(FOLDER).flatMap((name) => (name.endsWith('.txt') ? [name.slice(0, -4)] : []));
    expect(names.sort()).toEqual(Object.keys(CASES).sort());
    expect(names.length).toBeGreaterThanOrEqual(10);
  });

  test.each(Object.entries(CASES))('%s', (name, [after, failure]) => {
    const { watch, percents } = replay(name, after);
    expect(watch.isDone).toBe(failure === undefined);
    if (failure !== undefined) expect(watch.failure).toMatch(failure);
    expect(watch.state.recent.join('')).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
  });

  test('names the phases in their order, with percentages that rise within a line', () => {
    expect(replay('normal', 'gone').phases).toEqual(['starting', ...ALL]);
    const state = readInstallLine(INSTALL_START, 'Installing the base system  ... 0%', NONCE);
    expect(peekInstall(state, 'Installing the base system  ... 0%... 50%')).toMatchObject({
      phase: 'base system',
      percent: 35,
      doing: 'Installing the base system',
    });
  });

  test('goes on with a line of progress that a message of the kernel has cut in two', () => {
    const { percents } = replay('base-system-with-kernel-recorded', 'gone');
    expect(Math.max(...percents)).toBe(41);
    const cut = '... 32%... 33%[ 3164.388647] watchdog: BUG: soft lockup - CPU#0 stuck for 23s! [dpkg:13723]';
    const before = readInstallLine(INSTALL_START, `Installing the base system  ${cut}`, NONCE);
    expect(before).toMatchObject({ phase: 'base system', percent: 25, failure: undefined });
    expect(peekInstall(before, '... 34%... 60%')).toMatchObject({ percent: 37, doing: before.doing });
    const after = readInstallLine(before, '... 34%... 100%', NONCE);
    expect(after).toMatchObject({ percent: 74, begun: { 'Installing the base system': 1 } });
    expect(peekInstall(INSTALL_START, '... 34%')).toEqual(INSTALL_START);
  });

  test('a disk that moves is a sign of life; the clock of GNU screen is none', () => {
    const status = '[           (1*installer)  2 shell  3 shell  4- log           ][ Nov 25 16:52 ]';
    expect(stripStatus(status)).toBe('');
    let quiet = startWatch(0);
    let busy = startWatch(0);
    for (let minute = 1; minute <= 40; minute += 1) {
      const look = { now: minute * 60_000, lines: [status], unfinished: '', isUp: true };
      quiet = foldLook(quiet, { ...look, activity: 'rd 0' }, NONCE, LIMITS);
      busy = foldLook(busy, { ...look, activity: `rd ${minute}` }, NONCE, LIMITS);
    }
    expect(quiet.failure).toContain('no disk moved');
    expect(busy.failure).toBeUndefined();
  });

  test('a word of another guest that looks like the end is no end', () => {
    const state = readInstallLine(INSTALL_START, 'relight: installed 0123', NONCE);
    expect(state.finished).toBe(false);
  });
});
