import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildLookalike } from '../support/netinst-lookalike.ts';
import { prepareRootTar } from './lab/root-tar.ts';
import { SCENARIOS } from './lab/scenarios.ts';
import { LabSession, type Verdict } from './lab/session.ts';
import { prepareStandardImage } from './lab/standard-image.ts';

const wanted = process.env.RELIGHT_LAB_ONLY?.split(',');
for (const name of wanted ?? []) {
  if (SCENARIOS.every((scenario) => scenario.name !== name)) throw new Error(`no scenario is named ${name}`);
}
/** With RELIGHT_LAB_ONLY, those that the named ones build upon run first, too. */
const chosen = SCENARIOS.filter((scenario) => wanted === undefined || isNeeded(scenario.name));

function isNeeded(name: string): boolean {
  if (wanted?.includes(name)) return true;
  return SCENARIOS.some((other) => other.after === name && other.name !== name && isNeeded(other.name));
}

describe('scenarios on real xl and LVM', () => {
  let session: LabSession;
  const passed = new Set<string>();

  beforeAll(async () => {
    const isChosen = (wanted: string) => chosen.some(({ name }) => name === wanted);
    session = await LabSession.create('scenarios', {
      roots: { trixie: await prepareRootTar('trixie') },
      ...(isChosen('iso-hvm-cd') ? { images: { trixie: await buildLookalike('trixie') } } : {}),
      ...(isChosen('image-restore') ? { store: await prepareStandardImage('trixie') } : {}),
    });
    console.log(`lab: dom0 took jobs after ${await session.boot()} s`);
  });
  afterAll(async () => session?.end());

  test('a scenario that does not get to its end has failed', async () => {
    const verdict = await session.run('unfinished', 60);
    expect(verdict.status).toBe(0);
    expect(() => judge(verdict)).toThrow(/unfinished/);
  });

  for (const scenario of chosen) {
    test(scenario.name, async () => {
      if (scenario.after !== undefined) {
        expect(passed, `${scenario.name} builds upon ${scenario.after}, which has not passed`).toContain(
          scenario.after,
        );
      }
      const { script, argument = '', deadline, powerCut } = scenario;
      if (powerCut === true) await cutPower(session, script, argument, deadline);
      const final = powerCut === true ? 'after-power-cut' : script;
      judge(await session.run(final, deadline, powerCut === true ? '' : argument));
      passed.add(scenario.name);
    });
  }
});

/** A scenario has passed when it got to its end, checked something, and nothing failed. */
function judge(verdict: Verdict): void {
  const failed = verdict.checks.filter((line) => line.startsWith('not ok'));
  const errors = verdict.checks.filter((line) => line.startsWith('# '));
  const shown = `${[...failed, ...errors].join('\n')}\nall of it: ${verdict.folder}\n${verdict.output.slice(-6000)}`;
  expect(verdict.checks.at(-1), shown).toBe('done');
  expect(failed, shown).toEqual([]);
  expect(verdict.status, shown).toBe(0);
  console.log(
    `${verdict.folder.replace(/.*\//, '')}: ${verdict.seconds} s, ${verdict.checks.length - 1} checks`,
  );
}

/** Starts a scenario, pulls the plug when it says so, and boots dom0 again. */
async function cutPower(
  session: LabSession,
  script: string,
  argument: string,
  deadline: number,
): Promise<void> {
  const id = session.submit(script, deadline, argument);
  const folder = join(session.share, 'out', id);
  await session.waitFor(join(folder, 'mark-now'), deadline, 'the moment of the power cut', () =>
    existsSync(join(folder, 'status')) ? 'the job ended before it' : undefined,
  );
  await session.cutPower();
  await session.boot();
}
