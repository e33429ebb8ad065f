import { shapeXlDomain } from '../../plan/shape.ts';
import type { DomainDefinition } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import {
  buildXlCreateArgv,
  buildXlShutdownArgv,
  buildXlUnpauseArgv,
  type DomainDetails,
  type DomainRow,
} from '../../tools/xl.ts';
import { makeDirectory } from '../files.ts';
import type { Hypervisor, RunningDomain } from '../hypervisor.ts';
import { isAlive } from '../qemu/process.ts';
import { type CommandResult, type Runner, requireSuccess } from '../runner.ts';
import { pause } from '../time.ts';
import { requireAnswer } from './answer.ts';
import { attachConsole } from './console.ts';
import { describeState, destroyDomain, findRow, listRows, readDetails } from './domains.ts';
import { measureDomain } from './measure.ts';
import { forgetXlRecord, readXlRecord, releaseXlConsole, writeXlRecord } from './record.ts';

/** Xen has to find and clean the guest's memory, and the scripts its devices. */
const CREATE_SECONDS = 300;
const CREATE_ROUNDS = 3;
const COMMAND_SECONDS = 60;
/** An HVM guest that still boots misses the first press of the power button. */
const ASK_AGAIN_MS = 15_000;
const POLL_MS = 500;
/** A console's reader that cannot read ends within this time. */
const READER_MS = 300;

export interface XlOptions {
  readonly runner: Runner;
  /** Where records lie. */
  readonly runtime: string;
  /** `/sys` unless given. */
  readonly sysfs?: string;
}

/** Guests under Xen, by xl. */
export function createXlHypervisor(options: XlOptions): Hypervisor {
  const { runner, runtime } = options;
  // A domain's configuration does not change while it has this number.
  const known = new Map<number, DomainDetails>();
  const describe = async (row: DomainRow): Promise<RunningDomain> => {
    if (!known.has(row.id)) for (const [id, details] of await readDetails(runner)) known.set(id, details);
    return describeDomain(row, known.get(row.id), runtime);
  };
  const destroy = async (name: string) => {
    await destroyDomain(runner, name);
    forgetXlRecord(runtime, name);
  };
  return {
    name: 'xl',
    requireAnswer: () => requireAnswer(runner),
    start: (domain, config, console) => startDomain(domain, config, console, options),
    shutdown: async (name, deadlineSeconds) => {
      const outcome = await askToShutDown(runner, name, deadlineSeconds);
      await destroy(name);
      return outcome;
    },
    destroy,
    find: async (name) => {
      const row = await findRow(runner, name);
      return row === undefined ? undefined : describe(row);
    },
    list: async () => {
      const domains: RunningDomain[] = [];
      for (const row of await listRows(runner)) domains.push(await describe(row));
      return domains;
    },
    releaseConsole: (name) => releaseXlConsole(runtime, name),
    measure: async (name) => {
      const domid = readXlRecord(runtime, name)?.domid;
      return domid === undefined ? undefined : measureDomain(domid, options.sysfs);
    },
    locate: async (_name, address, port) => {
      const host = address?.split('/')[0];
      return host === undefined ? undefined : { host, port };
    },
  };
}

/**
 * Creates the domain paused, follows its console, and lets it go. A start that was cut off leaves at most a paused domain
 * that has never run: it is destroyed and made anew.
 */
async function startDomain(
  domain: DomainDefinition,
  config: string,
  console: string,
  { runner, runtime }: XlOptions,
): Promise<void> {
  const { name } = domain;
  const row = await findRow(runner, name);
  if (row !== undefined) {
    const isLeftOver = readXlRecord(runtime, name)?.state === 'starting' && describeState(row) === 'paused';
    if (!isLeftOver) return refuseUnlessAlive(row);
    await destroyDomain(runner, name);
  }
  makeDirectory(runtime, 0o700);
  forgetXlRecord(runtime, name);
  const startedAt = Date.now();
  writeXlRecord(runtime, name, { state: 'starting', domid: undefined, startedAt, reader: undefined });
  const created = await createPaused(runner, name, config);
  if (created.failed) {
    if (!created.aborted && (await findRow(runner, name)) === undefined) forgetXlRecord(runtime, name);
    requireSuccess(created);
  }
  try {
    const domid = (await findRow(runner, name))?.id;
    const reader = await attachConsole(runner, domain, { fifo: `${runtime}/${name}.fifo`, log: console });
    writeXlRecord(runtime, name, { state: 'starting', domid, startedAt, reader });
    const unpause = { argv: buildXlUnpauseArgv(name), deadlineSeconds: COMMAND_SECONDS };
    requireSuccess(await runner.run(unpause));
    writeXlRecord(runtime, name, { state: 'started', domid, startedAt, reader });
    await pause(READER_MS);
    if (reader !== undefined && isAlive(reader)) return;
    // A guest may end at once: then its console ends with it, and there is nothing wrong with the reader.
    if ((await findRow(runner, name)) === undefined) return;
    throw new Failure(EXIT.failed, 'RL0704', `the console of ${name} cannot be followed`, `read ${console}`);
  } catch (error) {
    await destroyDomain(runner, name);
    forgetXlRecord(runtime, name);
    throw error;
  }
}

/**
 * On a loaded machine the scripts that attach disks and nics miss the 40 s that libxl gives them (LIBXL_HOTPLUG_TIMEOUT).
 * libxl takes the domain away then, and a second try finds the scripts warm.
 */
async function createPaused(runner: Runner, name: string, config: string): Promise<CommandResult> {
  const argv = buildXlCreateArgv(config, { paused: true });
  for (let round = 1; ; round += 1) {
    // The monitor that xl leaves behind lives as long as the guest: it must not hold the guest's lock.
    const result = await runner.run({ argv, deadlineSeconds: CREATE_SECONDS, keepLock: false });
    const isLate = result.failed && /killing execution of .* because of timeout/.test(result.stderr);
    if (!isLate || round === CREATE_ROUNDS || (await findRow(runner, name)) !== undefined) return result;
  }
}

function refuseUnlessAlive(row: DomainRow): void {
  const state = describeState(row);
  if (state === 'running' || state === 'paused') return;
  const message = `a domain named ${row.name} is there already, and it is ${state}`;
  throw new Failure(EXIT.failed, 'RL0703', message, `xl destroy ${row.name}`);
}

async function askToShutDown(
  runner: Runner,
  name: string,
  deadlineSeconds: number,
): Promise<'clean' | 'destroyed' | 'absent'> {
  const end = Date.now() + deadlineSeconds * 1000;
  let asked = 0;
  for (let first = true; ; first = false) {
    const row = await findRow(runner, name);
    if (row === undefined) return first ? 'absent' : 'clean';
    const state = describeState(row);
    // Kept by on_poweroff = "preserve": it is down, and only its remains are still there.
    if (state === 'shutdown') return 'clean';
    if (state === 'crashed' || Date.now() >= end) return 'destroyed';
    if (Date.now() - asked >= ASK_AGAIN_MS) {
      asked = Date.now();
      // It may fail: the guest ends meanwhile, or cannot be asked. Both show in the list.
      await runner.run({ argv: buildXlShutdownArgv(name, false), deadlineSeconds: COMMAND_SECONDS });
    }
    await pause(Math.min(POLL_MS, Math.max(end - Date.now(), 0)));
  }
}

function describeDomain(row: DomainRow, details: DomainDetails | undefined, runtime: string): RunningDomain {
  const record = readXlRecord(runtime, row.name);
  const type = details?.type ?? '';
  return {
    name: row.name,
    since: record?.domid === row.id ? record.startedAt : undefined,
    memoryBytes: details?.memoryKiB === undefined ? row.memoryMiB * 1024 ** 2 : details.memoryKiB * 1024,
    vcpus: details?.vcpus ?? row.vcpus,
    forwards: [],
    details: {
      domid: String(row.id),
      ...(type === '' ? {} : { type }),
      state: describeState(row),
    },
    shape: details === undefined ? {} : shapeXlDomain(details),
  };
}
