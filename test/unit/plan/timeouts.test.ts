import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { HostFacts } from '../../../src/host/facts.ts';
import { previewContext } from '../../../src/plan/preview/request.ts';
import { buildRebuildPlan } from '../../../src/plan/rebuild/build.ts';
import { buildReturnPlan } from '../../../src/plan/return.ts';
import type { Action, DomainDefinition } from '../../../src/plan/types.ts';
import { readSite } from '../../../src/run/read-site.ts';
import { parseSite } from '../../../src/spec/parse-site.ts';

const GUEST = `mirror: "http://mirror.example.org/debian"
memory: 512MiB
disks: { root: { size: 8GiB } }
users: [ { name: anna, password: { env: ANNA } } ]
checks: [ { port: 22 } ]
`;
const directory = mkdtempSync(join(tmpdir(), 'relight-timeouts-'));
afterAll(() => rmSync(directory, { recursive: true }));

function makeContext(defaults: string, guestText: string) {
  mkdirSync(join(directory, 'domus'), { recursive: true });
  writeFileSync(join(directory, 'site.yaml'), `relight: 1\ndefaults: { ${defaults} }\n`);
  writeFileSync(join(directory, 'domus/web1.yaml'), GUEST + guestText);
  const { site } = parseSite(readSite(directory));
  const guest = site?.guests.get('web1');
  if (site === undefined || guest === undefined) throw new Error('the sample has errors');
  const preview = { site, guest, mirrors: undefined, relightVersion: '0.0.0' };
  return { ...previewContext(preview, 'xl'), operation: 'abc123', nonce: '0123456789abcdef' };
}

/** The seconds of each step that waits for the guest, by action. */
function listWaits(actions: readonly Action[]): string[] {
  return actions.flatMap(({ id, steps }) =>
    steps.flatMap((step) =>
      step.do === 'wait-ready' || step.do === 'shutdown-domain' || step.do === 'run-checks'
        ? [`${id} ${step.do} ${step.deadline}`]
        : [],
    ),
  );
}

const running = (facts: HostFacts): HostFacts => ({ ...facts, running: true });

test.each([
  ['', '', 900, 180, 180],
  ['timeouts: { shutdown: 20min }', '', 900, 1200, 180],
  ['', 'timeouts: { ready: 1h, shutdown: 10min, checks: 90s }\n', 3600, 600, 90],
  ['timeouts: { shutdown: 20min }', 'timeouts: { ready: 30min }\n', 1800, 180, 180],
])('defaults "%s" and guest "%s"', (defaults, guest, ready, shutdown, checks) => {
  const context = makeContext(defaults, guest);
  const plan = buildRebuildPlan({ ...context, facts: running(context.facts) });
  expect(listWaits(plan.actions)).toEqual([
    `verify-boot wait-ready ${ready}`,
    `verify-boot shutdown-domain ${shutdown}`,
    `stop-old shutdown-domain ${shutdown}`,
    `start-new wait-ready ${ready}`,
    `start-new run-checks ${checks}`,
  ]);
});

test('the way back waits as long', () => {
  const { facts, guest } = makeContext('', 'timeouts: { ready: 2h, shutdown: 45s, checks: 5min }\n');
  const domain = { name: 'web1', nics: [] } as unknown as DomainDefinition;
  const live = { operation: 'def456' } as NonNullable<HostFacts['live']>;
  const plan = buildReturnPlan({
    ...{
      guest: 'web1',
      facts: { ...running(facts), live },
      operation: 'abc123',
      hostHash: '',
      relightVersion: '',
    },
    ...{
      target: { operation: 'aaa111', config: '/old.cfg', domain },
      current: domain,
      nonce: 'n',
      mounts: ['/'],
    },
    ...{ checks: guest.checks, start: 'auto', timeouts: guest.timeouts },
  });
  expect(listWaits(plan.actions)).toEqual([
    'stop-current shutdown-domain 45',
    'start-old wait-ready 7200',
    'start-old run-checks 300',
  ]);
});
