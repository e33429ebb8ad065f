// Plans that are cut after the action which is measured last, and the times of their journals.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds that a command takes. @throws Error when it fails */
export function run(argv, environment = {}) {
  const [command, ...args] = argv;
  const started = performance.now();
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...environment },
  });
  if (result.status !== 0)
    throw new Error(`${argv.slice(0, 4).join(' ')} failed: ${(result.stderr ?? '').slice(-2000)}`);
  return (performance.now() - started) / 1000;
}

/** The plan of a first build, cut after the last action that is measured. A plan is data: relight runs what it is given. */
export function makePlan(program, { site, guest, state, work, last }) {
  const file = join(work, 'plan.json');
  run([process.execPath, program, 'plan', guest, '--site', site, '-o', file], { RELIGHT_STATE: state });
  const plan = JSON.parse(readFileSync(file, 'utf8'));
  const end = plan.actions.findIndex((action) => action.id === last);
  const cut = { ...plan, actions: plan.actions.slice(0, end + 1) };
  writeFileSync(file, JSON.stringify(cut));
  return { file, plan: cut };
}

/** Seconds from the begin of one action to the end of another, by the journal of the newest operation below `state`. */
export function readTimes(state, name) {
  const operations = join(state, 'guests', name, 'operations');
  const journals = readdirSync(operations).map((operation) =>
    readFileSync(join(operations, operation, 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line.slice(line.indexOf('{')))),
  );
  const records = journals.sort((left, right) => left[0].time.localeCompare(right[0].time)).at(-1);
  return (from, to) => {
    const at = (type, action) => {
      const found = records.find(({ event }) => event.type === type && event.action === action);
      return Date.parse(found.time);
    };
    return (at('action-done', to) - at('action-intent', from)) / 1000;
  };
}
