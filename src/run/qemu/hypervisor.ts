import type { DomainDefinition } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { buildQemuArgv } from '../../tools/qemu.ts';
import { playNetworks } from '../../tools/qemu-network.ts';
import { copyFileSynced } from '../directory.ts';
import { pathExists, readTextFile } from '../files.ts';
import type { Hypervisor, RunningDomain } from '../hypervisor.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import { pause } from '../time.ts';
import { chooseAccelerator } from './accelerator.ts';
import { askControl, sendControl } from './control.ts';
import { findFreePorts } from './free-port.ts';
import { identifyProcess, isAlive } from './process.ts';
import {
  type DomainRecord,
  forgetRecord,
  listRecords,
  locateRecord,
  readRecord,
  writeRecord,
} from './record.ts';

const FIRMWARE = {
  code: '/usr/share/OVMF/OVMF_CODE_4M.fd',
  variables: '/usr/share/OVMF/OVMF_VARS_4M.fd',
} as const;
/** A guest that misses the first press of the power button, because it still boots, gets another. */
const PRESS_AGAIN_MS = 10_000;
const POLL_MS = 200;

export interface QemuOptions {
  readonly runner: Runner;
  /** Where sockets and records lie. */
  readonly runtime: string;
  /** A kernel that may be used to find out whether KVM works here. */
  readonly findKernel: () => string | undefined;
}

/** Guests as QEMU processes in the background: the embedded default where there is no Xen. */
export function createQemuHypervisor(options: QemuOptions): Hypervisor {
  const { runtime } = options;
  const find = async (name: string) => describeRecord(readRecord(runtime, name));
  const destroy = async (name: string) => {
    const record = readRecord(runtime, name);
    if (record !== undefined) await killProcess(record);
    forgetRecord(runtime, name);
  };
  return {
    name: 'qemu',
    start: (domain, _config, console) => startQemu(domain, console, options),
    shutdown: async (name, deadlineSeconds) => {
      const record = readRecord(runtime, name);
      if (record === undefined) return 'absent';
      const clean = await pressPowerButton(
        record,
        locateRecord(runtime, name).controlSocket,
        deadlineSeconds,
      );
      await destroy(name);
      return clean ? 'clean' : 'destroyed';
    },
    destroy,
    find,
    measure: (name) => measureDisks(name, options),
    list: async () =>
      listRecords(runtime)
        .map((record) => describeRecord(record))
        .filter((each) => each !== undefined),
    locate: async (name, _address, port) => {
      const domain = await find(name);
      return domain?.forwards.find((forward) => forward.guestPort === port);
    },
  };
}

async function startQemu(domain: DomainDefinition, console: string, options: QemuOptions): Promise<void> {
  const { runner, runtime } = options;
  if (readRecord(runtime, domain.name) !== undefined) return;
  forgetRecord(runtime, domain.name);
  const places = locateRecord(runtime, domain.name);
  const ports = await findFreePorts(domain.ports);
  const accelerator = await chooseAccelerator(runner, domain.kernel?.kernel ?? options.findKernel(), runtime);
  const argv = buildQemuArgv({
    domain,
    accelerator,
    networks: playNetworks(domain.nics, ports),
    stopOnReboot: domain.once === true || domain.nics.length === 0,
    places: {
      pidFile: places.pidFile,
      controlSocket: places.controlSocket,
      consoleLog: console,
      firmware: domain.boot === 'uefi' ? prepareFirmware(places.variables) : undefined,
    },
  });
  // The guest outlives this run: it must not hold the guest's lock.
  requireSuccess(await runner.run({ argv, deadlineSeconds: 60, keepLock: false }));
  const identity = identifyProcess(Number(readTextFile(places.pidFile).trim()));
  if (identity === undefined) {
    throw new Failure(EXIT.failed, 'RL0701', `QEMU for ${domain.name} ended at once`, `read ${console}`);
  }
  writeRecord(runtime, {
    version: 1,
    name: domain.name,
    process: identity,
    accelerator,
    memoryBytes: domain.memoryBytes,
    vcpus: domain.vcpus,
    startedAt: Date.now(),
    ports: [...ports],
    console,
  });
}

/** Bytes that the disks have read and written (QMP, query-blockstats); QEMU's user network counts nothing. */
async function measureDisks(name: string, { runtime }: QemuOptions): Promise<string | undefined> {
  const answer = await askControl(locateRecord(runtime, name).controlSocket, 'query-blockstats');
  return answer?.match(/"(?:rd|wr)_bytes": \d+/g)?.join(' ');
}

/** Each UEFI guest has variables of its own. */
function prepareFirmware(variables: string): { code: string; variables: string } {
  if (!pathExists(FIRMWARE.code)) {
    throw new Failure(
      EXIT.notReady,
      'RL0702',
      `no UEFI firmware at ${FIRMWARE.code}`,
      'apt-get install ovmf',
    );
  }
  if (!pathExists(variables)) copyFileSynced(FIRMWARE.variables, variables);
  return { code: FIRMWARE.code, variables };
}

async function pressPowerButton(
  record: DomainRecord,
  socket: string,
  deadlineSeconds: number,
): Promise<boolean> {
  const end = Date.now() + deadlineSeconds * 1000;
  let pressed = 0;
  while (Date.now() < end) {
    if (!isAlive(record.process)) return true;
    if (Date.now() - pressed > PRESS_AGAIN_MS) {
      await sendControl(socket, 'system_powerdown');
      pressed = Date.now();
    }
    await pause(POLL_MS);
  }
  return !isAlive(record.process);
}

async function killProcess(record: DomainRecord): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isAlive(record.process)) return;
    try {
      process.kill(record.process.pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < 5000 && isAlive(record.process); waited += POLL_MS) await pause(POLL_MS);
  }
}

function describeRecord(record: DomainRecord | undefined): RunningDomain | undefined {
  if (record === undefined) return undefined;
  return {
    name: record.name,
    since: record.startedAt,
    memoryBytes: record.memoryBytes,
    vcpus: record.vcpus,
    forwards: record.ports.map(([guestPort, port]) => ({ guestPort, host: '127.0.0.1', port })),
    details: { accelerator: record.accelerator, pid: String(record.process.pid), console: record.console },
    shape: { memory: `${record.memoryBytes / 1024 ** 2} MiB`, vcpus: String(record.vcpus) },
  };
}
