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
  { name: 'contract', script: 'contract', deadline: 1500 },
  { name: 'refusals', script: 'refusals', deadline: 1500 },
  { name: 'open-volume', script: 'open-volume', deadline: 300 },
  { name: 'rebuild-fresh', script: 'rebuild-fresh', deadline: 1500 },
  { name: 'refuse-running', script: 'refuse-running', deadline: 120, after: 'rebuild-fresh' },
  { name: 'rebuild-stop', script: 'rebuild-stop', deadline: 1500, after: 'rebuild-fresh' },
  { name: 'return-to-old', script: 'return-to-old', deadline: 1200, after: 'rebuild-fresh' },
  {
    name: 'kill-volume',
    script: 'kill',
    argument: 'volume rollback',
    deadline: 1200,
    after: 'rebuild-fresh',
  },
  { name: 'kill-copy', script: 'kill', argument: 'copy resume', deadline: 1500, after: 'rebuild-fresh' },
  {
    name: 'kill-switch',
    script: 'kill',
    argument: 'switch rollback',
    deadline: 1500,
    after: 'rebuild-fresh',
  },
  {
    name: 'power-cut',
    script: 'power-cut',
    argument: 'copy',
    deadline: 1500,
    after: 'rebuild-fresh',
    powerCut: true,
  },
  { name: 'thin', script: 'thin', deadline: 1500 },
  { name: 'whole-bootstrap', script: 'whole-bootstrap', deadline: 1800 },
  { name: 'xenstored-down', script: 'xenstored-down', deadline: 180 },
];
