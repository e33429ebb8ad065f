import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT, Failure } from '../../../src/report/failure.ts';
import { acquireLock, type LockHolder, readLockHolders } from '../../../src/run/lock.ts';
import { createRunner } from '../../../src/run/runner-spawn.ts';
import { bundleProgram } from '../../support/bundle.ts';

/** Takes the lock and says so; then holds it, or runs a command under it, until it is killed. */
const PROGRAM = `
import { acquireLock } from '@src/run/lock.ts';
import { createRunner } from '@src/run/runner-spawn.ts';
const [path, keepLock, hold, ...argv] = process.argv.slice(2);
const holder = { pid: process.pid, command: 'relight rebuild web1', since: '2026-01-02T03:04:05.000Z' };
try {
  const lock = await acquireLock(path, holder, process.env);
  console.log('locked');
  const runner = createRunner({ environment: process.env, lockDescriptor: lock.descriptor });
  if (argv.length > 0) {
    const result = await runner.run({ argv, keepLock: keepLock === 'true', deadlineSeconds: 60,
      onLine: (stream, line) => console.log(line) });
    console.log('ended ' + result.status + result.stderr);
  }
  setTimeout(() => lock.release(), Number(hold));
} catch (error) {
  console.log(error.message);
  process.exitCode = error.status ?? 99;
}
`;

const directory = mkdtempSync(join(tmpdir(), 'lock-'));
const program = `${directory}/program.mjs`;
const started: ChildProcess[] = [];

beforeAll(() => bundleProgram(PROGRAM, program));
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly status: Promise<number | null>;
  /** Waits until the program has printed something that matches. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

function start(path: string, keepLock: boolean, holdMs: number, ...argv: string[]): Started {
  const args = [program, path, String(keepLock), String(holdMs), ...argv];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  return {
    child,
    output: () => output,
    status: new Promise((resolve) => child.once('exit', resolve)),
    until: async (pattern) => {
      for (;;) {
        const match = pattern.exec(output);
        if (match !== null) return match;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

const me: LockHolder = {
  pid: process.pid,
  command: 'relight rebuild web1',
  since: '2026-01-01T00:00:00.000Z',
};
const tryLock = (path: string) => acquireLock(path, me, process.env);

async function refusal(path: string): Promise<Failure> {
  const result = await tryLock(path).then(
    (lock) => lock,
    (error: unknown) => error,
  );
  if (result instanceof Failure) return result;
  throw new Error(`expected a refusal, not ${String(result)}`);
}

async function waitUntilFree(path: string): Promise<void> {
  while (readLockHolders(path).pids.length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('acquireLock', () => {
  it('writes who holds it into a private file, and is free again after release', async () => {
    const path = `${directory}/guests/web1/lock`;
    const lock = await tryLock(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(me);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readLockHolders(path)).toEqual({ holder: me, pids: [process.pid], orphans: [] });
    lock.release();
    lock.release();
    expect(readLockHolders(path)).toEqual({ holder: undefined, pids: [], orphans: [] });
    (await tryLock(path)).release();
  });

  it('refuses a second holder of the same process', async () => {
    const path = `${directory}/same`;
    const lock = await tryLock(path);
    expect((await refusal(path)).status).toBe(EXIT.locked);
    lock.release();
  });

  it('waits for the name of a holder that has not written it yet', async () => {
    const path = `${directory}/late`;
    const holder = start(path, true, 60_000);
    await holder.until(/^locked/);
    const written = readFileSync(path);
    truncateSync(path);
    setTimeout(() => writeFileSync(path, written), 700);
    expect((await refusal(path)).message).toContain(`process ${holder.child.pid} (relight rebuild web1)`);
    holder.child.kill('SIGKILL');
  });

  it('takes the lock of a nameless holder that lets go meanwhile', async () => {
    const path = `${directory}/gone`;
    const holder = start(path, true, 60_000);
    await holder.until(/^locked/);
    truncateSync(path);
    setTimeout(() => holder.child.kill('SIGKILL'), 700);
    const lock = await tryLock(path);
    lock.release();
  });

  it('lets one of twenty starts win, and tells the others who it is', async () => {
    const path = `${directory}/twenty`;
    const all = Array.from({ length: 20 }, () => start(path, true, 60_000));
    const statuses: (number | null)[] = [];
    for (const { status } of all) void status.then((value) => statuses.push(value));
    while (statuses.length < 19) await new Promise((resolve) => setTimeout(resolve, 50));
    const winners = all.filter(({ output }) => output().startsWith('locked'));
    expect(winners).toHaveLength(1);
    expect(statuses).toEqual(Array.from({ length: 19 }, () => EXIT.locked));
    winners[0]?.child.kill('SIGKILL');
    const name = `process ${winners[0]?.child.pid} (relight rebuild web1)`;
    const named = all.filter(({ output }) => output().includes(name));
    expect(named.length).toBeGreaterThan(0);
  }, 60_000);

  it('names the live holder, its command and since when', async () => {
    const path = `${directory}/named`;
    const holder = start(path, true, 60_000);
    await holder.until(/locked/);
    const failure = await refusal(path);
    expect(failure).toMatchObject({ status: EXIT.locked, code: 'RL0620' });
    expect(failure.message).toBe(
      `the guest is held by process ${holder.child.pid} (relight rebuild web1) since 2026-01-02T03:04:05.000Z`,
    );
    holder.child.kill('SIGKILL');
    await holder.status;
    (await tryLock(path)).release();
  });

  it('holds after kill -9 until the orphan has ended, and names the orphan', async () => {
    const path = `${directory}/orphan`;
    const holder = start(path, true, 0, 'perl', '-e', '$| = 1; print "orphan $$\\n"; sleep 60');
    const orphan = Number((await holder.until(/orphan (\d+)/))[1]);
    holder.child.kill('SIGKILL');
    await holder.status;
    const failure = await refusal(path);
    expect(failure.status).toBe(EXIT.locked);
    expect(failure.message).toContain(
      `(process ${holder.child.pid}) has died, but what it started still runs`,
    );
    expect(failure.message).toContain(`${orphan} (perl)`);
    process.kill(orphan, 'SIGKILL');
    await waitUntilFree(path);
    (await tryLock(path)).release();
  });

  it('holds for an orphan that closes what it inherits, as LVM does', async () => {
    const path = `${directory}/closing`;
    const code = 'open(F, "<&=3"); close F; $| = 1; print "orphan $$\\n"; sleep 60';
    const holder = start(path, true, 0, 'perl', '-e', code);
    const orphan = Number((await holder.until(/orphan (\d+)/))[1]);
    holder.child.kill('SIGKILL');
    await holder.status;
    expect((await refusal(path)).message).toContain('(timeout)');
    process.kill(orphan, 'SIGKILL');
    await waitUntilFree(path);
  });

  it('does not pass to a daemon that a command without the lock leaves behind', async () => {
    const path = `${directory}/daemon`;
    const code =
      '$| = 1; if (!fork) { require POSIX; POSIX::setsid(); print "daemon $$\\n"; close STDOUT; close STDERR; sleep 60 }';
    const holder = start(path, false, 0, 'perl', '-e', `${code} else { sleep 1 }`);
    const daemon = Number((await holder.until(/daemon (\d+)/))[1]);
    await holder.until(/ended 0\n/);
    expect(await holder.status).toBe(0);
    expect(existsSync(`/proc/${daemon}`)).toBe(true);
    (await tryLock(path)).release();
    process.kill(daemon, 'SIGKILL');
  });

  it('still holds while the command without the lock itself runs on as an orphan', async () => {
    const path = `${directory}/without`;
    const holder = start(path, false, 0, 'perl', '-e', '$| = 1; print "orphan $$\\n"; sleep 60');
    const orphan = Number((await holder.until(/orphan (\d+)/))[1]);
    holder.child.kill('SIGKILL');
    await holder.status;
    expect((await refusal(path)).status).toBe(EXIT.locked);
    process.kill(orphan, 'SIGKILL');
    await waitUntilFree(path);
  });

  it('is not passed to a detached command', async () => {
    const path = `${directory}/detached`;
    const lock = await tryLock(path);
    const runner = createRunner({ environment: process.env, lockDescriptor: lock.descriptor });
    const result = await runner.run({ argv: ['sleep', '60'], detached: true, deadlineSeconds: 1 });
    lock.release();
    (await tryLock(path)).release();
    process.kill(result.pid ?? 0, 'SIGKILL');
  });

  it('refuses a symbolic link in the place of the lock', async () => {
    symlinkSync('/etc/passwd', `${directory}/link`);
    expect((await refusal(`${directory}/link`)).code).toBe('RL0621');
  });
});
