import { statePaths } from '../host/paths.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { listDirectory } from '../run/directory.ts';
import { pathExists, readTextFile } from '../run/files.ts';
import { readJournal } from '../run/journal-file.ts';
import { readLockHolders } from '../run/lock.ts';
import { listOperations, loadPlan, locateOperation } from '../run/operations.ts';
import { chooseHypervisor, choosePaths } from '../run/probe-host.ts';
import { openConsole } from '../run/steps/wait-ready.ts';
import { pause } from '../run/time.ts';
import { normaliseHost } from '../spec/normalise/site.ts';
import type { CommandContext } from './context.ts';
import { loadSite, makeUnknownGuest } from './load-site.ts';

const POLL_MS = 500;

/** `relight watch NAME`: follows a rebuild from another terminal: actions, progress, and the guest's clean console. */
export async function runWatch(
  context: CommandContext,
  name: string,
  options: { readonly site?: string },
): Promise<ExitStatus> {
  const loaded = loadSite(context, options.site);
  if (!loaded.parsed.guestFiles.has(name)) throw makeUnknownGuest(loaded, name);
  const { site } = loaded.parsed;
  const host = site?.host ?? normaliseHost({});
  const paths = choosePaths(chooseHypervisor(host), context.environment);
  const record = listOperations(paths, name).at(-1);
  if (record === undefined) {
    context.print(`${name}: nothing was ever run; start one by: relight rebuild ${name}\n`);
    return EXIT.done;
  }
  const { finished, rolledBack, startedAt, endedAt } = record.state;
  const how = finished ? `finished ${endedAt}` : rolledBack ? `taken back ${endedAt}` : 'not over yet';
  context.print(`${name}: operation ${record.operation}, begun ${startedAt}, ${how}\n`);
  const follower = createFollower(context, record.directory);
  while (!context.signal.aborted) {
    const over = follower.step();
    if (over) return EXIT.done;
    const { pids, orphans } = readLockHolders(statePaths.lock(paths, name));
    if (pids.length === 0 || orphans.length > 0) {
      if (follower.step()) return EXIT.done;
      const who = orphans.length > 0 ? 'relight has died' : 'nobody works on it any more';
      context.print(`${name}: ${who}, and it is not finished: relight status ${name}\n`);
      return EXIT.done;
    }
    await pause(POLL_MS, context.signal);
  }
  return EXIT.interrupted;
}

/** Records of a journal as a person says them. */
const WORDS: Readonly<Record<string, string>> = {
  'operation-started': 'begins',
  'action-intent': 'begins',
  'action-done': 'done',
  'action-failed': 'failed',
  'undo-intent': 'takes back',
  'undo-done': 'taken back',
  'undo-failed': 'not taken back',
  committed: 'the new configuration is in place',
  'rolled-back': 'all is taken back',
  'needs-person': 'needs a person',
};

function readTitles(directory: string): ReadonlyMap<string, string> {
  try {
    return new Map(loadPlan(directory).plan.actions.map(({ id, title }) => [id, title]));
  } catch {
    return new Map(); // A plan of another version: its actions have their names.
  }
}

function describeAction(id: string, titles: ReadonlyMap<string, string>): string {
  const title = titles.get(id);
  return title === undefined ? id : `${id}: ${title}`;
}

/** Prints what is new in an operation's directory; true when the operation is over. */
function createFollower(context: CommandContext, directory: string): { step: () => boolean } {
  const places = locateOperation(directory);
  const consoles = new Map<string, ReturnType<typeof openConsole>>();
  const titles = readTitles(directory);
  let seen = 0;
  let progress = '';
  return {
    step: () => {
      let over = false;
      const { records } = readJournal(places.journal);
      for (const { time, event } of records.slice(seen)) {
        const detail = 'action' in event ? ` ${describeAction(event.action, titles)}` : '';
        const message = 'message' in event ? `: ${event.message}` : '';
        context.print(`${time.slice(11, 19)} ${WORDS[event.type] ?? event.type}${detail}${message}\n`);
        over = event.type === 'finished' || event.type === 'rolled-back' || event.type === 'needs-person';
      }
      seen = records.length;
      const now = pathExists(places.progress) ? readTextFile(places.progress) : '';
      if (now !== progress) {
        progress = now;
        context.print(formatProgress(now));
      }
      for (const file of listDirectory(directory).filter((each) => /^console.*\.log$/.test(each))) {
        const reader = consoles.get(file) ?? openConsole(`${directory}/${file}`);
        consoles.set(file, reader);
        for (const line of reader.read()) context.print(`         | ${line}\n`);
      }
      return over;
    },
  };
}

function formatProgress(text: string): string {
  try {
    const { percent, what } = JSON.parse(text) as { percent: number; what: string };
    return what === '' ? '' : `         ${percent} % ${what}\n`;
  } catch {
    return '';
  }
}
