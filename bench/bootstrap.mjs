// relight's way to a written root volume, against bare mmdebstrap with the same arguments, on the same machine.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The last action that is measured; what comes after it boots guests. */
const LAST_ACTION = 'write-volumes';

/** Seconds of each, or why it could not be measured. Needs root, mmdebstrap and the archive. */
export function measureBootstrap(program, root, rounds) {
  const work = mkdtempSync(join(process.env.BENCH_DIR ?? '/var/tmp', 'relight-bench-'));
  try {
    const site = join(work, 'site');
    cpSync(join(root, 'examples/site'), site, { recursive: true });
    const times = { bare: [], bootstrap: [], whole: [] };
    for (let round = 0; round < rounds; round += 1) {
      const state = join(work, `state-${round}`);
      const plan = makePlan(program, site, state, work);
      times.bare.push(runBare(plan, work));
      const relight = runRelight(program, site, state, plan, work);
      times.bootstrap.push(relight.bootstrap);
      times.whole.push(relight.whole);
      rmSync(state, { recursive: true, force: true });
    }
    return times;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(argv, environment = {}) {
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
function makePlan(program, site, state, work) {
  const file = join(work, 'plan.json');
  const arguments_ = ['plan', 'hello', '--site', site, '-o', file];
  run([process.execPath, program, ...arguments_], { RELIGHT_STATE: state });
  const plan = JSON.parse(readFileSync(file, 'utf8'));
  const last = plan.actions.findIndex((action) => action.id === LAST_ACTION);
  const cut = { ...plan, actions: plan.actions.slice(0, last + 1) };
  writeFileSync(file, JSON.stringify(cut));
  return { file, plan: cut };
}

/** mmdebstrap alone, with the very arguments of the plan, into another directory. */
function runBare({ plan }, work) {
  const bootstrap = plan.actions.find((action) => action.id === 'bootstrap-root');
  const step = bootstrap.steps.find((each) => each.do === 'run' && each.argv.includes('mmdebstrap'));
  const target = join(work, 'bare');
  const early = join(work, 'early');
  for (const each of bootstrap.steps.filter((one) => one.do === 'write-file')) {
    const path = join(early, each.path.slice(each.path.indexOf('/early/') + '/early/'.length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, each.content, { mode: each.mode });
  }
  mkdirSync(early, { recursive: true });
  const argv = step.argv.map((argument) => {
    if (argument.endsWith('/rootfs.partial')) return target;
    return argument.startsWith('--essential-hook=sync-in ')
      ? `--essential-hook=sync-in ${early} /`
      : argument;
  });
  const seconds = run(argv);
  rmSync(target, { recursive: true, force: true });
  rmSync(early, { recursive: true, force: true });
  return seconds;
}

/** Runs the cut plan; its times are those of the journal. */
function runRelight(program, site, state, { file, plan }) {
  run([process.execPath, program, 'rebuild', 'hello', '--site', site, '--plan', file, '--yes'], {
    RELIGHT_STATE: state,
  });
  const operations = join(state, 'guests/hello/operations');
  const [operation] = readdirSync(operations);
  const lines = readFileSync(join(operations, operation, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  const records = lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))));
  const between = (from, to) => {
    const at = (type, action) => {
      const found = records.find(({ event }) => event.type === type && event.action === action);
      return Date.parse(found.time);
    };
    return (at('action-done', to) - at('action-intent', from)) / 1000;
  };
  return {
    bootstrap: between('bootstrap-root', 'bootstrap-root'),
    whole: between(plan.actions[0].id, LAST_ACTION),
  };
}
