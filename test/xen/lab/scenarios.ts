/** A scenario of the folder `scenarios`, in the order of the session. */
export interface Scenario {
  readonly name: string;
  readonly script: string;
  readonly argument?: string;
  /** Seconds, under emulation on a busy machine. */
  readonly deadline: number;
  /** Names the scenario whose guest this one goes on with. */
  readonly after?: string;
  /** The script says when to pull the plug; `after-power-cut` judges after the next boot. */
  readonly powerCut?: boolean;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'dom0', script: 'dom0', deadline: 120 },
  { name: 'contract', script: 'contract', deadline: 2400 },
  { name: 'refusals', script: 'refusals', deadline: 2400 },
  { name: 'open-volume', script: 'open-volume', deadline: 300 },
  { name: 'rebuild-fresh', script: 'rebuild-fresh', deadline: 2400 },
  { name: 'refuse-running', script: 'refuse-running', deadline: 600, after: 'rebuild-fresh' },
  { name: 'rebuild-stop', script: 'rebuild-stop', deadline: 2400, after: 'rebuild-fresh' },
  { name: 'return-to-old', script: 'return-to-old', deadline: 1200, after: 'rebuild-fresh' },
  ...listKills(),
  {
    name: 'power-cut',
    script: 'power-cut',
    argument: 'copy',
    deadline: 2400,
    after: 'rebuild-fresh',
    powerCut: true,
  },
  { name: 'thin', script: 'thin', deadline: 2400 },
  ...listTypes(),
  { name: 'whole-bootstrap', script: 'whole-bootstrap', deadline: 1800 },
  { name: 'image-restore', script: 'image-restore', deadline: 3600 },
  { name: 'networks', script: 'networks', deadline: 4500 },
  { name: 'installer-start', script: 'installer-start', argument: '1800', deadline: 4200 },
  { name: 'hvm-tiny', script: 'hvm-tiny', argument: '1500', deadline: 1600 },
  { name: 'iso-hvm-cd', script: 'iso-hvm-cd', argument: '2700', deadline: 4500 },
  { name: 'xenstored-down', script: 'xenstored-down', deadline: 900 },
];

/** Each moment at which relight is killed, with both ways to go on. */
function listKills(): Scenario[] {
  return ['volume', 'copy', 'switch'].flatMap((moment) =>
    ['rollback', 'resume'].map((ending) => ({
      ...{ name: `kill-${moment}-${ending}`, script: 'kill', argument: `${moment} ${ending}` },
      ...{ deadline: 2400, after: 'rebuild-fresh' },
    })),
  );
}

/** Ways to boot that no other scenario rebuilds; HVM is slow under emulation. */
function listTypes(): Scenario[] {
  return ['pvh grub', 'pv pygrub', 'hvm direct'].map((argument) => ({
    name: `rebuild-${argument.replace(' ', '-')}`,
    script: 'rebuild-type',
    argument,
    deadline: argument.startsWith('hvm') ? 3600 : 2400,
  }));
}
