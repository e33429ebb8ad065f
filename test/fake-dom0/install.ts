import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('fake-dom0.pl', import.meta.url));
const LVM = ['lvs', 'vgs', 'lvcreate', 'lvremove', 'lvchange', 'lvrename', 'lvmconfig'];
const NAMES = ['xl', ...LVM, 'ip', 'dpkg-query'];
/** What a rebuild runs besides: see FakeTools.pm. */
const TOOLS = [
  'mmdebstrap',
  'unshare',
  'chroot',
  'apt-get',
  'sfdisk',
  'mke2fs',
  'mkswap',
  'ssh-keygen',
  'sync',
  'blkid',
];
const GIBIBYTE = 1024 ** 3;

/** What a domain does when it is started. Without a plot it boots, says that it is ready, and runs. */
export interface Plot {
  /** Console lines before the ready line; `${nonce}` is filled in. */
  readonly console?: readonly string[];
  /** Whether the ready line follows. Default: yes. */
  readonly ready?: boolean;
  /** Changes to the facts in the ready line. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly ending?: 'run' | 'poweroff' | 'crash';
  /** Milliseconds until `ending`. */
  readonly afterMs?: number;
  /** Milliseconds until the console says anything. */
  readonly delayMs?: number;
  readonly ignoreShutdown?: boolean;
}

export interface Scenario {
  /** Interfaces of dom0, as `ip -json link show` names them. Default: lo, eth0, xenbr0. */
  readonly links?: readonly string[];
  /** Packages of Xen's that are not installed; all others are. */
  readonly missingPackages?: readonly string[];
  readonly domains?: Readonly<Record<string, Plot>>;
  /** Where the nonce of the ready line stands, when the configuration's header has none: the newest file that matches. */
  readonly nonceFrom?: { readonly glob: string; readonly pattern: string };
}

interface FakeVolume {
  readonly uuid: string;
  readonly size: number;
  readonly tags: readonly string[];
  readonly pool?: string | null;
}
interface FakeDomain {
  readonly id: number;
  readonly name: string;
  readonly disks: readonly { readonly vdev: string; readonly target: string }[];
}
export interface FakeState {
  readonly volumes: Readonly<Record<string, FakeVolume>>;
  readonly domains: readonly FakeDomain[];
  readonly calls: Readonly<Record<string, number>>;
}

export interface FakeDom0 {
  readonly directory: string;
  /** Put it in front of PATH. */
  readonly bin: string;
  /** Where the volumes are: DEV/GROUP/NAME. */
  readonly devices: string;
  /** Where consoles are logged: guest-NAME.log. */
  readonly log: string;
  state(): FakeState;
  /** Every call so far: the program's name and its arguments. */
  calls(): string[][];
  /** Sets the faults, such as `lvcreate:1=exit 5` or `xl create:2=kill-parent-before`; none clears them. */
  setFaults(...faults: string[]): void;
  setScenario(scenario: Scenario): void;
  /** Counts calls from the first one again, for faults at the N-th. */
  resetCalls(): void;
}

/** Makes a fake dom0 with one volume group in an empty or new directory; `tools`: with what a rebuild runs besides. */
export function installFakeDom0(
  directory: string,
  options: {
    group?: string;
    groupBytes?: number;
    thinPool?: string;
    memoryMiB?: number;
    tools?: boolean;
  } = {},
): FakeDom0 {
  const { group = 'vg0', groupBytes = 100 * GIBIBYTE, thinPool, memoryMiB = 16384, tools = false } = options;
  for (const name of ['bin', 'dev', 'log', `dev/${group}`]) {
    mkdirSync(`${directory}/${name}`, { recursive: true });
  }
  chmodSync(PROGRAM, 0o755);
  for (const name of [...NAMES, ...(tools ? TOOLS : [])]) {
    if (!existsSync(`${directory}/bin/${name}`)) symlinkSync(PROGRAM, `${directory}/bin/${name}`);
  }
  const extent = 4 * 1024 * 1024;
  const pool = {
    ...{ group, name: thinPool, uuid: 'pool00-0000-0000-0000-0000-0000-pool00', active: 1, is_pool: 1 },
    ...{ size: groupBytes / 2, tags: [], pool: null, used: '12.50', metadata_used: '10.25' },
  };
  replace(`${directory}/state.json`, {
    groups: {
      [group]: { uuid: 'fake00-0000-0000-0000-0000-0000-fake00', size: groupBytes, extent },
    },
    volumes: thinPool === undefined ? {} : { [`${group}/${thinPool}`]: pool },
    domains: [],
    ...{ nextDomain: 1, memoryMiB, uuids: 0, calls: {} },
  });
  return openFakeDom0(directory);
}

/** Takes a fake dom0 that is there already into the hand. */
export function openFakeDom0(directory: string): FakeDom0 {
  return {
    directory,
    bin: `${directory}/bin`,
    devices: `${directory}/dev`,
    log: `${directory}/log`,
    state: () => JSON.parse(readFileSync(`${directory}/state.json`, 'utf8')),
    calls: () =>
      existsSync(`${directory}/calls.log`)
        ? readFileSync(`${directory}/calls.log`, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
    setFaults: (...faults) => writeFileSync(`${directory}/faults`, faults.join('\n')),
    resetCalls: () => {
      const state = JSON.parse(readFileSync(`${directory}/state.json`, 'utf8'));
      replace(`${directory}/state.json`, { ...state, calls: {} });
    },
    setScenario: (scenario) => replace(`${directory}/scenario.json`, scenario),
  };
}

function replace(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}
