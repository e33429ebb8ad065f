import type { Step } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { findQuestion, INSTALL_START, type InstallState, readInstallLine } from '../../watch/install.ts';
import { pause } from '../time.ts';
import type { StepContext } from './context.ts';
import { openConsole } from './wait-ready.ts';

type WatchStep = Extract<Step, { do: 'watch-install' }>;

const POLL_MS = 500;
const LOOK_MS = 2000;
/** The last bytes of a console come late. */
const GONE_LOOKS = 3;
/** A prompt that stays this long is a question that nobody answers. */
const QUESTION_MS = 30_000;
const SHOWN_LINES = 15;

/**
 * Follows an installation until the late script has printed its nonce and the installer has powered the domain off.
 * @throws Failure RL1209 that quotes the question, or the end of the console, when it cannot go on
 */
export async function watchInstall(step: WatchStep, context: StepContext): Promise<void> {
  const started = Date.now();
  const console = openConsole(step.console);
  let state: InstallState = INSTALL_START;
  let phase = state.phase;
  let heard = started;
  let looked = 0;
  let gone = 0;
  let activity: string | undefined;
  for (;;) {
    if (context.signal.aborted)
      throw new Failure(EXIT.interrupted, 'RL0604', 'interrupted while the installer ran');
    const lines = console.read();
    for (const line of lines) {
      state = readInstallLine(state, line, step.nonce);
      context.listener.console(line);
    }
    const now = Date.now();
    if (lines.length > 0) heard = now;
    if (state.failure !== undefined) throw describe(step, state, state.failure);
    const question = findQuestion(state, console.unfinished());
    if (question !== undefined && now - heard > QUESTION_MS) {
      throw describe(step, state, `it asks, and nobody answers:\n  > ${question.replaceAll('\n', '\n  > ')}`);
    }
    if (state.phase !== phase) {
      phase = state.phase;
      context.listener.note(`installer: ${phase} after ${Math.floor((now - started) / 1000)} s`);
    }
    if (now - looked > LOOK_MS) {
      looked = now;
      const found = await context.hypervisor.find(step.domain);
      gone = found !== undefined && !/crashed|shutdown|dying/.test(found.details.state ?? '') ? 0 : gone + 1;
      const seen = await context.hypervisor.measure?.(step.domain);
      if (seen !== activity) heard = now;
      activity = seen;
    }
    if (gone >= GONE_LOOKS && lines.length === 0) {
      if (state.finished) break;
      throw describe(step, state, `it ended during: ${state.phase}, without the word that it has finished`);
    }
    if (now - started > step.deadline * 1000)
      throw describe(step, state, `it took more than ${step.deadline} s`);
    if (now - heard > step.silence * 1000) {
      const message = `nothing came on the console, and no disk moved, for ${step.silence} s`;
      throw describe(step, state, message);
    }
    context.listener.progress(
      state.percent,
      state.doing === '' ? state.phase : `${state.phase}: ${state.doing}`,
    );
    await pause(POLL_MS, context.signal);
  }
  context.listener.progress(100, 'installed');
  context.hypervisor.releaseConsole?.(step.domain);
}

function describe(step: WatchStep, state: InstallState, problem: string): Failure {
  const last = state.recent.slice(-SHOWN_LINES).map((line) => `| ${line}`);
  const message = [`the installation failed (${state.percent} %): ${problem}`, ...last].join('\n  ');
  return new Failure(EXIT.failed, 'RL1209', message, `the whole console is in ${step.console}`);
}
