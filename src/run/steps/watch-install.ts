import type { Step } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { foldLook, type InstallWatch, startWatch } from '../../watch/install-watch.ts';
import { pause } from '../time.ts';
import { whileServing } from '../vault/serve.ts';
import type { StepContext } from './context.ts';
import { openConsole } from './wait-ready.ts';

type WatchStep = Extract<Step, { do: 'watch-install' }>;

const POLL_MS = 500;
/** Between two looks at the domain. */
const LOOK_MS = 2000;
const SHOWN_LINES = 15;

/**
 * Follows an installation until the late script has printed its nonce and the installer has powered the domain off.
 * @throws Failure RL1209 that quotes the question, or the end of the console, when it cannot go on
 */
export function watchInstall(step: WatchStep, context: StepContext): Promise<void> {
  const { served, guest } = step;
  return whileServing(served, guest, context.listener.note, () => follow(step, context));
}

async function follow(step: WatchStep, context: StepContext): Promise<void> {
  const { listener, signal, hypervisor } = context;
  const console = openConsole(step.console);
  let watch = startWatch(Date.now());
  let looked = 0;
  while (!watch.isDone) {
    if (signal.aborted) throw new Failure(EXIT.interrupted, 'RL0604', 'interrupted while the installer ran');
    const { phase } = watch.state;
    const lines = console.read();
    for (const line of lines) listener.console(line);
    const now = Date.now();
    const isTime = now - looked > LOOK_MS;
    if (isTime) looked = now;
    const look = {
      ...{ now, lines, unfinished: console.unfinished() },
      isUp: isTime ? await isUp(step.domain, context) : undefined,
      activity: isTime ? await hypervisor.measure?.(step.domain) : undefined,
    };
    watch = foldLook(watch, look, step.nonce, step);
    if (watch.failure !== undefined) throw describe(step, watch, watch.failure);
    const { state } = watch;
    if (state.phase !== phase) {
      listener.note(`installer: ${state.phase} after ${Math.floor((now - watch.started) / 1000)} s`);
    }
    const doing = state.doing === '' ? state.phase : `${state.phase}: ${state.doing}`;
    listener.progress(state.percent, doing);
    await pause(POLL_MS, signal);
  }
  listener.progress(100, 'installed');
  hypervisor.releaseConsole?.(step.domain);
}

/** A domain that has crashed stays in the list, so that a person can look at it. */
async function isUp(domain: string, { hypervisor }: StepContext): Promise<boolean> {
  const found = await hypervisor.find(domain);
  return found !== undefined && !/crashed|shutdown|dying/.test(found.details.state ?? '');
}

function describe(step: WatchStep, { state }: InstallWatch, problem: string): Failure {
  const last = state.recent.slice(-SHOWN_LINES).map((line) => `| ${line}`);
  const message = [`the installation failed (${state.percent} %): ${problem}`, ...last].join('\n  ');
  return new Failure(EXIT.failed, 'RL1209', message, `the whole console is in ${step.console}`);
}
