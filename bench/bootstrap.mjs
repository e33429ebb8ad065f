// relight's way to a written root volume, against bare mmdebstrap with the same arguments, on the same machine.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePlan, readTimes, run } from './plans.mjs';

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
      const plan = makePlan(program, { site, guest: 'hello', state, work, last: LAST_ACTION });
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
  const between = readTimes(state, 'hello');
  return {
    bootstrap: between('bootstrap-root', 'bootstrap-root'),
    whole: between(plan.actions[0].id, LAST_ACTION),
  };
}
