import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { HostFacts } from '../src/host/facts.ts';
import { buildRebuildPlan } from '../src/plan/rebuild/build.ts';
import type { Plan } from '../src/plan/types.ts';
import { readSite } from '../src/run/read-site.ts';
import { parseSite } from '../src/spec/parse-site.ts';
import type { Site } from '../src/spec/types.ts';

const FACTS: HostFacts = {
  hypervisor: 'xl',
  paths: { state: '/var/lib/relight', config: '/etc/xen', auto: '/etc/xen/auto' },
  storage: { kind: 'lvm', volumeGroup: 'vg0', thinPool: undefined },
  devicesDirectory: '/dev',
  freeBytes: 2 ** 44,
  volumes: [],
  live: undefined,
  foreignConfig: undefined,
  running: false,
  autostart: false,
  mirrors: undefined,
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  identity: [],
  fileHashes: {},
  xenVersion: undefined,
};

/** Seconds that each takes in this process, on the same site. */
export interface InProcessTimes {
  /** Only the YAML library, on the same texts: the floor of a check. */
  readonly yaml: number;
  readonly parse: number;
  readonly plan: number;
  readonly actions: number;
}

/** Measures reading a site and planning every guest of it. @throws Error when the site has errors */
export function measureInProcess(directory: string): InProcessTimes {
  const text = readSite(directory);
  const files = [...parseSite(text).guestFiles.keys()].map((name) => join(directory, `domus/${name}.yaml`));
  const yaml = measure(() => files.map((file) => parseDocument(readFileSync(file, 'utf8')).toJS()));
  let site: Site | undefined;
  const parse = measure(() => {
    site = parseSite(readSite(directory)).site;
  });
  if (site === undefined) throw new Error('the generated site has errors: relight check');
  const plans: Plan[] = [];
  const plan = measure(() => {
    plans.length = 0;
    for (const guest of (site as Site).guests.values()) plans.push(planGuest(site as Site, guest.name));
  });
  return { yaml, parse, plan, actions: plans.reduce((sum, each) => sum + each.actions.length, 0) };
}

function planGuest(site: Site, name: string): Plan {
  const guest = site.guests.get(name);
  if (guest === undefined) throw new Error(`no guest ${name}`);
  return buildRebuildPlan({
    ...{ site, guest, facts: FACTS },
    operation: 'abc123',
    nonce: '0123456789abcdef',
    machineId: '0123456789abcdef0123456789abcdef',
    specHash: '0'.repeat(64),
    hostHash: '0'.repeat(64),
    relightVersion: '0.0.0',
    bootstrapper: 'mmdebstrap',
    stop: false,
    keepRunning: true,
  });
}

/** The best of three, in seconds: what the code takes when nothing else runs. */
function measure(run: () => unknown): number {
  const times = [0, 1, 2].map(() => {
    const started = performance.now();
    run();
    return (performance.now() - started) / 1000;
  });
  return Math.min(...times);
}
