import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT, Failure } from '../../../src/report/failure.ts';
import { requireSuccess } from '../../../src/run/runner.ts';
import { createRunner } from '../../../src/run/runner-spawn.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'runner-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const runner = createRunner({ environment: process.env });
const perl = (program: string, ...args: string[]) => ['perl', '-e', program, ...args];
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('createRunner', () => {
  it('hands arguments over as they are, without a shell', async () => {
    const words = ['a b', '$(touch x)', ';', "'", '"', '-n', '\n', '*', ''];
    const argv = perl('print join "\\0", @ARGV', ...words);
    const result = await runner.run({ argv, deadlineSeconds: 10 });
    expect(result.stdout.split('\0')).toEqual(words);
    expect(result).toMatchObject({
      argv,
      status: 0,
      signal: null,
      failed: false,
      timedOut: false,
      missing: false,
    });
  });

  it('rebuilds the environment', async () => {
    const odd = createRunner({
      environment: {
        PATH: './relative:/opt/tool/bin:',
        HOME: '/home/a',
        SECRET: 'x',
        http_proxy: 'http://p:1',
        LC_ALL: 'de',
      },
    });
    const result = await odd.run({ argv: ['env'], environment: { ADDED: '1' }, deadlineSeconds: 10 });
    expect(
      Object.fromEntries(
        result.stdout
          .trim()
          .split('\n')
          .map((line) => line.split(/=(.*)/s).slice(0, 2)),
      ),
    ).toEqual({
      LC_ALL: 'C.UTF-8',
      PATH: '/opt/tool/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/home/a',
      TERM: 'dumb',
      DEBIAN_FRONTEND: 'noninteractive',
      LVM_SUPPRESS_FD_WARNINGS: '1',
      http_proxy: 'http://p:1',
      ADDED: '1',
    });
  });

  it('closes standard input, or feeds it from text, bytes or a file', async () => {
    const read = { argv: ['cat'], deadlineSeconds: 10 };
    writeFileSync(`${directory}/in`, 'of a file');
    expect((await runner.run(read)).stdout).toBe('');
    expect((await runner.run({ ...read, stdin: 'text' })).stdout).toBe('text');
    expect((await runner.run({ ...read, stdin: new Uint8Array([65, 10]) })).stdout).toBe('A\n');
    expect((await runner.run({ ...read, stdin: { file: `${directory}/in` } })).stdout).toBe('of a file');
  });

  it('fails, and does not reject, when a file for its input or output cannot be opened', async () => {
    const input = await runner.run({ argv: ['cat'], stdin: { file: '/none' }, deadlineSeconds: 10 });
    const output = await runner.run({ argv: ['cat'], outputFile: '/none/x', deadlineSeconds: 10 });
    for (const result of [input, output]) {
      expect(result).toMatchObject({ failed: true, status: null, missing: false });
      expect(result.stderr).toContain('ENOENT');
    }
  });

  it('survives a command that does not read its input', async () => {
    const result = await runner.run({ argv: ['true'], stdin: 'x'.repeat(1 << 20), deadlineSeconds: 10 });
    expect(result.failed).toBe(false);
  });

  it('has one shape for every end', async () => {
    const end = async (program: string, accept: number[] = []) => {
      const { status, signal, failed } = await runner.run({
        argv: perl(program),
        accept,
        deadlineSeconds: 10,
      });
      return [status, signal, failed];
    };
    expect(await end('exit 0')).toEqual([0, null, false]);
    expect(await end('exit 5')).toEqual([5, null, true]);
    expect(await end('exit 5', [5])).toEqual([5, null, false]);
    expect(await end('kill KILL, $$', [0])).toEqual([null, 'SIGKILL', true]);
    expect(await runner.run({ argv: ['no-such-program'], deadlineSeconds: 10 })).toMatchObject({
      status: null,
      signal: null,
      missing: true,
      failed: true,
      pid: undefined,
    });
  });

  it('gives the lines of both streams, and the output as it was', async () => {
    const lines: string[] = [];
    const result = await runner.run({
      argv: perl('$| = 1; print "a\\rb\\r\\nc\\n"; print STDERR "d\\xc3"; print STDERR "\\xa4"; print "end"'),
      onLine: (stream, line) => lines.push(`${stream} ${line}`),
      deadlineSeconds: 10,
    });
    expect(lines.sort()).toEqual(['stderr dä', 'stdout a', 'stdout b', 'stdout c', 'stdout end']);
    expect(result.stdout).toBe('a\rb\r\nc\nend');
    expect(result.stderr).toBe('dä');
  });

  it('caps what it keeps and still passes on every line', async () => {
    let count = 0;
    const argv = perl('print "first\\n"; print "x" x 999, "\\n" for 1..5000; print "last\\n"');
    const result = await runner.run({ argv, onLine: () => count++, deadlineSeconds: 30 });
    expect(count).toBe(5002);
    expect(result.stdout.length).toBeLessThan(1100 * 1024);
    expect(result.stdout).toMatch(/^first\n.*\n\[\d+ bytes left out\]\n.*last\n$/s);
  });

  it('writes standard output into a file that only its owner can read', async () => {
    const outputFile = `${directory}/out`;
    const result = await runner.run({ argv: ['echo', 'hello'], outputFile, deadlineSeconds: 10 });
    expect(result.stdout).toBe('');
    expect(readFileSync(outputFile, 'utf8')).toBe('hello\n');
    expect(statSync(outputFile).mode & 0o777).toBe(0o600);
  });

  it('stops the whole process group at the deadline', async () => {
    const argv = perl(
      'my $c = fork; if (!$c) { sleep 60; exit } print "$c\\n"; $| = 1; print ""; waitpid $c, 0',
    );
    const result = await runner.run({ argv, deadlineSeconds: 0.5 });
    expect(result).toMatchObject({ timedOut: true, failed: true });
    const child = Number(result.stdout);
    expect(child).toBeGreaterThan(1);
    await waitUntil(() => !isAlive(child));
  });

  it('kills what ignores SIGTERM', async () => {
    const argv = perl('$SIG{TERM} = "IGNORE"; $| = 1; print "$$\\n"; sleep 1 while 1');
    const result = await runner.run({ argv, deadlineSeconds: 0.5 });
    expect(result.timedOut).toBe(true);
    await waitUntil(() => !isAlive(Number(result.stdout)));
  });

  it('stops the group when the run is interrupted, and starts nothing after that', async () => {
    const controller = new AbortController();
    const interrupted = createRunner({ environment: process.env, signal: controller.signal });
    const result = await interrupted.run({
      argv: perl('$| = 1; print "up\\n"; sleep 60'),
      onLine: () => controller.abort(),
      deadlineSeconds: 60,
    });
    expect(result).toMatchObject({ aborted: true, failed: true, timedOut: false });
    const second = await interrupted.run({ argv: ['touch', `${directory}/made`], deadlineSeconds: 10 });
    expect(second.aborted).toBe(true);
    expect(existsSync(`${directory}/made`)).toBe(false);
  });

  it('does not wait for a daemon that keeps the output open', async () => {
    const argv = perl(
      '$| = 1; if (!fork) { require POSIX; POSIX::setsid(); print "$$\\n"; sleep 60; exit } select undef, undef, undef, 0.2',
    );
    const result = await runner.run({ argv, deadlineSeconds: 30 });
    expect(result).toMatchObject({ status: 0, timedOut: false });
    const daemon = Number(result.stdout);
    expect(isAlive(daemon)).toBe(true);
    process.kill(daemon, 'SIGKILL');
  });

  it('starts a detached command and returns while it runs', async () => {
    const outputFile = `${directory}/log`;
    const argv = perl('$| = 1; print "out\\n"; print STDERR "err\\n"; sleep 60');
    const result = await runner.run({ argv, outputFile, detached: true, deadlineSeconds: 1 });
    expect(result).toMatchObject({ status: 0, failed: false });
    const pid = result.pid ?? 0;
    await waitUntil(() => readFileSync(outputFile, 'utf8') === 'out\nerr\n');
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

describe('requireSuccess', () => {
  const request = { deadlineSeconds: 10 };

  it('hands a success back', async () => {
    const result = await runner.run({ ...request, argv: ['true'] });
    expect(requireSuccess(result)).toBe(result);
  });

  it('names program, status, the last lines without control sequences, and the log', async () => {
    const argv = perl(
      'print STDERR "line $_\\n" for 1..30; print STDERR "\\e[31mred\\e[0m\\e]0;title\\a\\n"; exit 7',
    );
    const result = await runner.run({ ...request, argv });
    const failure = catchFailure(() => requireSuccess(result, { logPath: '/var/log/x' }));
    expect(failure).toMatchObject({
      status: EXIT.failed,
      code: 'RL0601',
      hint: 'the whole output is in /var/log/x',
    });
    expect(failure.message).toBe(
      [
        'perl failed with status 7',
        ...Array.from({ length: 19 }, (_, index) => `line ${index + 12}`),
        'red',
      ].join('\n  '),
    );
  });

  it('names the package of a missing program', async () => {
    const base = await runner.run({ ...request, argv: ['no-such-program'] });
    const hints = ['mmdebstrap', 'no-such-program', 'toString'].map(
      (program) => catchFailure(() => requireSuccess({ ...base, argv: [program] })).hint,
    );
    expect(hints).toEqual([
      'install it: apt-get install mmdebstrap',
      'install the package that brings no-such-program',
      'install the package that brings toString',
    ]);
  });

  it('tells a missing program, a deadline and an interruption apart', async () => {
    const base = await runner.run({ ...request, argv: ['false'] });
    const codes = [{ missing: true }, { timedOut: true }, { aborted: true }].map((part) => {
      const failure = catchFailure(() => requireSuccess({ ...base, ...part }));
      return [failure.code, failure.status];
    });
    expect(codes).toEqual([
      ['RL0602', EXIT.notReady],
      ['RL0603', EXIT.failed],
      ['RL0604', EXIT.interrupted],
    ]);
  });
});

function catchFailure(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
