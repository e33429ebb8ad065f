import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CONTRACT } from '../../fake-dom0/contract.ts';
import { cacheDirectory } from './cache.ts';
import { type Dom0Image, prepareDom0 } from './dom0-image.ts';
import { prepareEmulator } from './emulator.ts';
import { chosenFlavour } from './flavours.ts';
import { runProgram, sleep, tail } from './process.ts';
import { type Machine, RunningMachine } from './qemu.ts';

/** What a job in dom0 came to. */
export interface Verdict {
  readonly status: number;
  readonly seconds: number;
  /** Lines `ok - WHAT` and `not ok - WHAT`, in order. */
  readonly checks: readonly string[];
  readonly output: string;
  /** Folder with all that the job left. */
  readonly folder: string;
}

export interface SessionOptions {
  /** Read-only images that appear as vdc, vdd, ... with an overlay each. */
  readonly extraDisks?: readonly string[];
  /** Root filesystems as tar files, by suite: /lab/roots/SUITE.tar. */
  readonly roots?: Readonly<Record<string, string>>;
  /** Installation images, by suite: /lab/images/SUITE.iso. */
  readonly images?: Readonly<Record<string, string>>;
  /** A directory that an image was pushed to: /lab/store. */
  readonly store?: string;
  /** Whether the example site becomes /etc/relight. */
  readonly example?: boolean;
  readonly xenOptions?: string;
  readonly kernelOptions?: string;
  /** Of the data disk, that is of vg0; in the form of qemu-img. */
  readonly dataSize?: string;
}

const SCENARIOS = new URL('../scenarios/', import.meta.url).pathname;
const PROGRAM = new URL('../../../dist/relight.mjs', import.meta.url).pathname;
const EXAMPLE = new URL('../../../examples/site/', import.meta.url).pathname;
const BOOT_DEADLINE = 900;
/** Signs on the console that no verdict will come any more. */
const FATAL = /Kernel panic|Panic on CPU|Xen BUG|Unhandled: vec|You are in emergency mode/;

/** A dom0 with its disks and its shared folder; it can lose its power and be started again. */
export class LabSession {
  readonly folder: string;
  readonly share: string;
  #machine: Machine;
  #running: RunningMachine | undefined;
  #boots = 0;
  #jobs = 0;

  private constructor(folder: string, machine: Machine) {
    this.folder = folder;
    this.share = machine.share;
    this.#machine = machine;
  }

  /** Makes fresh disks over the cached image. Does not start anything yet. */
  static async create(name: string, options: SessionOptions = {}): Promise<LabSession> {
    const dom0 = await prepareDom0(chosenFlavour());
    const folder = claimFolder(process.env.RELIGHT_LAB_RUN ?? name);
    const share = join(folder, 'share');
    for (const part of ['queue', 'out', 'roots', 'images']) mkdirSync(join(share, part), { recursive: true });
    fillShare(share, options);
    const machine = {
      emulator: await prepareEmulator(),
      dom0,
      disks: await makeDisks(folder, dom0, options),
      share,
      console: join(folder, 'console.txt'),
      memory: 8192,
      dom0Memory: 3072,
      xenOptions: options.xenOptions ?? '',
      kernelOptions: options.kernelOptions ?? '',
    };
    return new LabSession(folder, machine);
  }

  get machine(): Machine {
    return this.#machine;
  }

  /** Boots dom0 and waits until it takes jobs. Returns the seconds that took. */
  async boot(): Promise<number> {
    this.#boots += 1;
    const started = Date.now();
    writeFileSync(join(this.share, 'boot'), `${this.#boots}`);
    this.#machine = { ...this.#machine, console: join(this.folder, `console-${this.#boots}.txt`) };
    this.#running = new RunningMachine(this.#machine, join(this.folder, 'qemu.log'));
    await this.waitFor(join(this.share, 'out', `agent-ready.${this.#boots}`), BOOT_DEADLINE, 'dom0 to boot');
    return Math.round((Date.now() - started) / 1000);
  }

  /** Hands a scenario of the scenarios folder to dom0 without waiting. Deadline in seconds. */
  submit(scenario: string, deadline: number, argument = ''): string {
    this.#jobs += 1;
    const id = `${String(this.#jobs).padStart(2, '0')}-${[scenario, argument]
      .join(' ')
      .trim()
      .replace(/[^\w]+/g, '-')}`;
    const job = `# deadline ${deadline}\ncd /lab/scenarios && exec bash ./${scenario}.sh ${argument}\n`;
    writeFileSync(join(this.share, 'queue', `${id}.new`), job);
    renameSync(join(this.share, 'queue', `${id}.new`), join(this.share, 'queue', `${id}.job`));
    return id;
  }

  /** Waits for the verdict of a submitted job. No verdict is an error, never a pass. */
  async verdict(id: string, deadline: number): Promise<Verdict> {
    const folder = join(this.share, 'out', id);
    await this.waitFor(join(folder, 'status'), deadline + 60, `the verdict of ${id}`);
    const checks = readText(join(folder, 'checks')).split('\n').filter(Boolean);
    return {
      status: Number(readText(join(folder, 'status'))),
      seconds: Number(readText(join(folder, 'seconds'))),
      checks,
      output: readText(join(folder, 'output.log')),
      folder,
    };
  }

  async run(scenario: string, deadline: number, argument = ''): Promise<Verdict> {
    return this.verdict(this.submit(scenario, deadline, argument), deadline);
  }

  /** Waits for a file that dom0 makes, watching the machine meanwhile; `giveUp` says why it will not come. */
  async waitFor(
    file: string,
    deadline: number,
    what: string,
    giveUp: () => string | undefined = () => undefined,
  ): Promise<void> {
    const end = Date.now() + deadline * 1000;
    while (!existsSync(file)) {
      const sign = this.#running?.readConsole().match(FATAL)?.[0];
      const state = this.#running?.state ?? (this.#running === undefined ? 'was not started' : undefined);
      const late = Date.now() > end ? `nothing within ${deadline} s` : undefined;
      const reason = state === undefined ? (sign ?? giveUp() ?? late) : `QEMU ${state}`;
      if (reason !== undefined) {
        const console = tail(this.#running?.readConsole() ?? '', 25);
        throw new Error(`waiting for ${what}: ${reason}; all of it: ${this.folder}\n${console}`);
      }
      await sleep(500);
    }
  }

  async cutPower(): Promise<void> {
    await this.#running?.cutPower();
  }

  /** Powers dom0 off, or pulls the plug when it does not follow. */
  async end(): Promise<void> {
    if (this.#running === undefined || this.#running.state !== undefined) return;
    writeFileSync(join(this.share, 'queue', 'poweroff.job'), '');
    await Promise.race([this.#running.ended, sleep(60_000)]);
    await this.#running.cutPower();
  }
}

/** An empty folder for one run. @throws when another run of that name goes on: it would lose its disks. */
function claimFolder(name: string): string {
  const folder = join(cacheDirectory(), 'runs', name);
  const owner = readText(join(folder, 'pid'));
  if (owner !== '' && existsSync(`/proc/${owner}`) && owner !== `${process.pid}`) {
    throw new Error(
      `${folder} is used by process ${owner}; RELIGHT_LAB_RUN=NAME gives this run another folder`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pid'), `${process.pid}`);
  return folder;
}

/** Scenarios, the contract, relight as it was built, and the example site: what dom0 finds under /lab. */
function fillShare(share: string, { roots = {}, images = {}, store, example }: SessionOptions): void {
  cpSync(SCENARIOS, join(share, 'scenarios'), { recursive: true });
  writeFileSync(join(share, 'contract.json'), JSON.stringify(CONTRACT));
  if (existsSync(PROGRAM)) cpSync(PROGRAM, join(share, 'relight.mjs'));
  if (example === true && existsSync(EXAMPLE)) cpSync(EXAMPLE, join(share, 'site'), { recursive: true });
  if (store !== undefined) cpSync(store, join(share, 'store'), { recursive: true });
  for (const [suite, file] of Object.entries(roots)) linkSync(file, join(share, 'roots', `${suite}.tar`));
  for (const [suite, file] of Object.entries(images)) linkSync(file, join(share, 'images', `${suite}.iso`));
}

async function makeDisks(folder: string, dom0: Dom0Image, options: SessionOptions): Promise<string[]> {
  const disks = [join(folder, 'dom0.qcow2'), join(folder, 'data.qcow2')];
  const create = ['qemu-img', 'create', '-q', '-f', 'qcow2'];
  await runProgram([...create, '-F', 'raw', '-b', dom0.disk, disks[0] ?? '']);
  await runProgram([...create, disks[1] ?? '', options.dataSize ?? '40G']);
  for (const [index, backing] of (options.extraDisks ?? []).entries()) {
    const overlay = join(folder, `extra-${index}.qcow2`);
    await runProgram([...create, '-F', 'raw', '-b', backing, overlay]);
    disks.push(overlay);
  }
  return disks;
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
