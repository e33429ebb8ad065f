import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CappedOutput, LineSplitter } from '../../../src/run/runner-output.ts';
import { createRecordingRunner } from '../../../src/run/runner-recording.ts';
import { createRunner } from '../../../src/run/runner-spawn.ts';
import {
  createDryRunner,
  formatCommand,
  withLog,
  withRedaction,
  withVerbose,
} from '../../../src/run/runner-wrappers.ts';
import { createSecretStore } from '../../../src/run/secrets.ts';

const request = { argv: ['tool', 'a b'], deadlineSeconds: 1 };

describe('createDryRunner', () => {
  it('prints and reports success', async () => {
    const lines: string[] = [];
    const result = await createDryRunner((line) => lines.push(line)).run(request);
    expect(lines).toEqual(["tool 'a b'"]);
    expect(result).toMatchObject({ status: 0, failed: false, argv: request.argv });
  });
});

describe('createRecordingRunner', () => {
  it('remembers requests and gives scripted answers, of one shape with the real ones', async () => {
    const runner = createRecordingRunner(({ argv }) =>
      argv[0] === 'bad' ? { status: 5, stderr: 'no\n' } : undefined,
    );
    const lines: string[] = [];
    const good = await runner.run(request);
    const bad = await runner.run({
      ...request,
      argv: ['bad'],
      onLine: (stream, line) => lines.push(`${stream} ${line}`),
    });
    const accepted = await runner.run({ ...request, argv: ['bad'], accept: [5] });
    expect([good.failed, bad.failed, accepted.failed]).toEqual([false, true, false]);
    expect(lines).toEqual(['stderr no']);
    expect(runner.commands).toEqual([request.argv, ['bad'], ['bad']]);
    const real = await createRunner({ environment: process.env }).run({ ...request, argv: ['true'] });
    expect(Object.keys(good).sort()).toEqual(Object.keys(real).sort());
  });
});

describe('withLog', () => {
  it('writes command, lines and end, and still calls the caller', async () => {
    const log: string[] = [];
    const seen: string[] = [];
    const inner = createRecordingRunner(() => ({
      status: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      durationMs: 12.3,
    }));
    const runner = withLog(inner, { write: (line) => log.push(line) });
    await runner.run({ ...request, onLine: (_, line) => seen.push(line) });
    expect(log).toEqual(["$ tool 'a b'", '| out', '! err', '= tool failed with status 3 (12 ms)']);
    expect(seen).toEqual(['out', 'err']);
  });
});

describe('withVerbose', () => {
  it('says each command with its duration and a bad end', async () => {
    const said: string[] = [];
    const inner = createRecordingRunner((_, index) => ({ status: index, durationMs: 1234 }));
    const runner = withVerbose(inner, (line) => said.push(line));
    await runner.run(request);
    await runner.run(request);
    expect(said).toEqual(["    1.23 s  tool 'a b'", "    1.23 s  tool 'a b' (failed with status 1)"]);
  });
});

describe('withRedaction', () => {
  const { redact } = createSecretStore({ password: 'hunter-2-canary' });

  it('hides a secret in lines, output and arguments, in a log around it too', async () => {
    const log: string[] = [];
    const inner = createRecordingRunner(() => ({
      status: 1,
      stdout: 'x hunter-2-canary y\n',
      stderr: `b64 ${Buffer.from('user:hunter-2-canary').toString('base64')}\n`,
    }));
    const runner = withLog(withRedaction(inner, redact), { write: (line) => log.push(line) });
    const result = await runner.run({ ...request, argv: ['tool'], stdin: 'hunter-2-canary' });
    const shown = JSON.stringify([log, { ...result }]);
    expect(shown).not.toContain('canary');
    expect(result.stdout).toBe('x [secret] y\n');
    expect(inner.requests[0]?.stdin).toBe('hunter-2-canary');
  });

  it('gives output that is a secret itself to the caller, and to no log', async () => {
    const log: string[] = [];
    const inner = createRecordingRunner(() => ({ stdout: '$y$hash\n', stderr: 'warning\n' }));
    const runner = withLog(withRedaction(inner, redact), { write: (line) => log.push(line) });
    const result = await runner.run({ ...request, argv: ['perl'], secretOutput: true });
    expect(result.stdout).toBe('$y$hash\n');
    expect(log.slice(0, 2)).toEqual(['$ perl', '! warning']);
    expect(log.join()).not.toContain('$y$');
  });
});

describe('formatCommand', () => {
  it('is read by bash as the same words', () => {
    const word = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const script = `printf '%s\\0' ${formatCommand(words)}`;
        const { stdout } = spawnSync('bash', ['-c', script], {
          encoding: 'utf8',
          env: { LC_ALL: 'C.UTF-8' },
        });
        expect(stdout.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 150 },
    );
  });
});

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    const text = fc.array(fc.constantFrom('a', 'ä', '😀', '\n', 'b\n', 'word '), { maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 60 }),
        (parts, sizes) => {
          const bytes = Buffer.from(parts.join(''));
          const lines: string[] = [];
          const splitter = new LineSplitter((line) => lines.push(line));
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            splitter.add(bytes.subarray(at, at + size));
            at += size;
          }
          splitter.end();
          const expected = parts.join('').split('\n');
          if (expected.at(-1) === '') expected.pop();
          expect(lines).toEqual(expected);
        },
      ),
    );
  });

  it('bounds a line that never ends', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (let count = 0; count < 100; count += 1) splitter.add(Buffer.alloc(10_000, 'x'));
    splitter.add(Buffer.from('\nnext\n'));
    splitter.end();
    expect(lines).toEqual([`${'x'.repeat(65_536)} [${1_000_000 - 65_536} characters left out]`, 'next']);
  });
});

describe('CappedOutput', () => {
  it('keeps all of a short output, and both ends of a long one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), { maxLength: 30 }),
        (parts) => {
          const output = new CappedOutput(40);
          for (const part of parts) output.add(Buffer.from(part));
          const whole = parts.join('');
          const left = whole.length - 80;
          const expected =
            left <= 0
              ? whole
              : `${whole.slice(0, 40)}\n[${left} bytes left out]\n${whole.slice(whole.length - 40)}`;
          expect(output.text()).toBe(expected);
        },
      ),
    );
  });
});
