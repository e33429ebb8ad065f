/** What the guest says of itself in its ready line (`relight-ready <nonce> <JSON>`), version 1. */
export interface ReadyFacts {
  readonly state: string;
  readonly hostname: string;
  readonly kernel: string;
  readonly guestType: string;
  readonly virtualization: string;
  readonly clock: string;
  readonly mounts: readonly string[];
  readonly failed: readonly string[];
  readonly addresses: readonly string[];
  readonly modules: readonly string[];
}

export type BootPhase = 'starting' | 'boot loader' | 'kernel' | 'initramfs' | 'services' | 'ready' | 'failed';

/** How far a boot has come, folded from its console. */
export interface BootState {
  readonly phase: BootPhase;
  readonly percent: number;
  readonly facts: ReadyFacts | undefined;
  /** Why the boot cannot succeed any more. */
  readonly failure: string | undefined;
  readonly lines: number;
}

export const BOOT_START: BootState = {
  phase: 'starting',
  percent: 0,
  facts: undefined,
  failure: undefined,
  lines: 0,
};

const PHASES: readonly (readonly [RegExp, BootPhase, number])[] = [
  [/GRUB|Booting `|Loading Linux/, 'boot loader', 5],
  [/Linux version \d/, 'kernel', 15],
  [/Run \/init as init process|Loading, please wait|Begin: /, 'initramfs', 40],
  [/systemd\[1\]: systemd \d+.* running in system mode|Welcome to .*Debian/, 'services', 60],
  [/Reached target .*basic\.target|Reached target .*Basic System/, 'services', 75],
  [/ login: ?$/, 'services', 90],
];

const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/Kernel panic - not syncing: (.*)/, 'the kernel panicked'],
  [
    /(You are in emergency mode|Give root password for maintenance|Entering emergency mode)/,
    'systemd entered emergency mode',
  ],
  [/(ALERT! .* does not exist)/, 'the initramfs found no root filesystem'],
  [/^error: (.*(?:not found|not xen image|no such|invalid|couldn't|you need to load).*)/, 'GRUB stopped'],
  [/(grub rescue>)/, 'GRUB found no configuration'],
];

/** Folds one clean console line into the state. Only the ready line with this nonce counts. */
export function readBootLine(state: BootState, line: string, nonce: string): BootState {
  const next = { ...state, lines: state.lines + 1 };
  if (state.phase === 'ready') return next;
  const facts = parseReadyLine(line, nonce);
  if (facts !== undefined) return { ...next, phase: 'ready', percent: 100, facts, failure: undefined };
  for (const [pattern, what] of FAILURES) {
    const match = pattern.exec(line);
    if (match !== null) return { ...next, phase: 'failed', failure: `${what}: ${match[1] ?? ''}`.trim() };
  }
  for (const [pattern, phase, percent] of PHASES) {
    if (percent > state.percent && pattern.test(line)) return { ...next, phase, percent };
  }
  return next;
}

/** The facts in a ready line with this nonce; undefined for any other line, for a damaged one too. */
export function parseReadyLine(line: string, nonce: string): ReadyFacts | undefined {
  const at = line.indexOf(`relight-ready ${nonce} {`);
  if (at < 0) return undefined;
  const json = line.slice(line.indexOf('{', at));
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('v' in value) || value.v !== 1) return undefined;
  const fields = value as Record<string, unknown>;
  return {
    state: text(fields.state),
    hostname: text(fields.hostname),
    kernel: text(fields.kernel),
    guestType: text(fields.guest_type),
    virtualization: text(fields.virtualization),
    clock: text(fields.clock),
    mounts: texts(fields.mounts),
    failed: texts(fields.failed),
    addresses: texts(fields.addresses),
    modules: texts(fields.modules),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text).filter((item) => item !== '') : [];
}
