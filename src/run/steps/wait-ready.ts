import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Step } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { BOOT_START, type BootState, readBootLine } from '../../watch/boot.ts';
import { ConsoleCleaner } from '../../watch/clean.ts';
import { pause } from '../time.ts';
import type { StepContext } from './context.ts';

const POLL_MS = 250;
/** Between two looks at the list of domains. */
const LOOK_MS = 1000;
/** How many looks without a domain before its end is believed: the last bytes of its console come late. */
const GONE_LOOKS = 3;
/** The end of a console that stands in an error. */
const SHOWN_LINES = 15;
/** More than a guest prints in hours; a storm beyond it is read no further. */
const LARGEST_CONSOLE = 256 * 1024 * 1024;

/**
 * Follows a guest's console until its ready line with this nonce comes.
 * @throws Failure with the end of the console when the guest panics, ends, stays silent past the deadline, or lacks a mount
 */
export async function waitReady(
  step: Extract<Step, { do: 'wait-ready' }>,
  context: StepContext,
): Promise<void> {
  const started = Date.now();
  const reader = openConsole(step.console);
  let state = BOOT_START;
  const last: string[] = [];
  let gone = 0;
  let looked = 0;
  for (;;) {
    if (context.signal.aborted)
      throw new Failure(EXIT.interrupted, 'RL0604', 'interrupted while the guest booted');
    const lines = reader.read();
    for (const line of lines) {
      state = readBootLine(state, line, step.nonce);
      last.push(line);
      if (last.length > SHOWN_LINES) last.shift();
      context.listener.console(line);
    }
    if (state.facts !== undefined) break;
    const spent = (Date.now() - started) / 1000;
    if (state.failure !== undefined) throw describeFailure(step, state.failure, last);
    if (spent > step.deadline)
      throw describeFailure(step, describeSilence(state, step.deadline), last, suggestTime(step.deadline));
    if (lines.length > 0) gone = 0;
    else if (Date.now() - looked > LOOK_MS) {
      looked = Date.now();
      gone = (await isUp(context, step.domain)) ? 0 : gone + 1;
    }
    if (gone >= GONE_LOOKS) throw describeFailure(step, 'the guest ended before it was ready', last);
    context.listener.progress(state.percent, state.phase);
    await pause(POLL_MS, context.signal);
  }
  const facts = state.facts;
  context.findings.ready.push({ domain: step.domain, facts, seconds: (Date.now() - started) / 1000 });
  context.listener.progress(100, 'ready');
  context.hypervisor.releaseConsole?.(step.domain);
  const missing = step.mounts.filter((mount) => !facts.mounts.includes(mount));
  if (missing.length > 0) {
    throw describeFailure(step, `the guest is up, but these are not mounted: ${missing.join(', ')}`, last);
  }
  if (facts.failed.length > 0)
    context.listener.note(`units that failed in the guest: ${facts.failed.join(', ')}`);
}

/** A crashed or shut-down domain may stay in the list, since it still holds its disks. */
async function isUp(context: StepContext, domain: string): Promise<boolean> {
  const found = await context.hypervisor.find(domain);
  return found !== undefined && !/crashed|shutdown|dying/.test(found.details.state ?? '');
}

function describeSilence(state: BootState, seconds: number): string {
  return state.lines === 0
    ? `no byte came on the console within ${seconds} s`
    : `no ready line within ${seconds} s; it got as far as: ${state.phase}`;
}

function describeFailure(
  step: { domain: string; console: string },
  problem: string,
  last: readonly string[],
  hint?: string,
): Failure {
  const message = [`${step.domain} did not come up: ${problem}`, ...last.map((line) => `| ${line}`)].join(
    '\n  ',
  );
  const place = `the whole console is in ${step.console}`;
  return new Failure(
    EXIT.failed,
    'RL0731',
    message,
    hint === undefined ? place : `${hint}\n  hint: ${place}`,
  );
}

/** A guest that still gets on needs more time, as on a machine that is busy or cannot virtualise. */
function suggestTime(seconds: number): string {
  const minutes = Math.min(999, Math.ceil(seconds / 30));
  return `if it was still getting on, give it more time in its spec: timeouts: { ready: ${minutes}min }`;
}

/** Reads what has been added to a console's log since the last call, as clean lines. */
export function openConsole(path: string): { read: () => string[]; unfinished: () => string } {
  const cleaner = new ConsoleCleaner();
  const decoder = new TextDecoder('utf-8');
  const block = Buffer.alloc(64 * 1024);
  let offset = 0;
  return {
    unfinished: () => cleaner.unfinished,
    read: () => {
      if (!existsSync(path) || offset > LARGEST_CONSOLE) return [];
      const file = openSync(path, 'r');
      const lines: string[] = [];
      try {
        for (let round = 0; round < 64; round += 1) {
          const count = readSync(file, block, 0, block.length, offset);
          if (count === 0) break;
          offset += count;
          lines.push(...cleaner.feed(decoder.decode(block.subarray(0, count), { stream: true })));
        }
      } finally {
        closeSync(file);
      }
      return lines;
    },
  };
}
