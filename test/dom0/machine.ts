import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../support/free-port.ts';
import { cacheDirectory } from '../xen/lab/cache.ts';
import { type Emulator, prepareEmulator } from '../xen/lab/emulator.ts';
import { runProgram, sleep, tail } from '../xen/lab/process.ts';
import { CPUS, PROCESSOR } from '../xen/lab/qemu.ts';

const EXAMPLE = new URL('../../examples/site/', import.meta.url).pathname;
const BOOT_SECONDS = 900;
const FATAL = /Kernel panic|Panic on CPU|Xen BUG|Unhandled: vec|You are in emergency mode|grub rescue>/;

/** What a job in the machine came to. */
export interface JobResult {
  readonly status: number;
  readonly output: string;
}

/** A machine that boots from its disk by BIOS and GRUB, as hardware does; jobs reach it through a shared folder. */
export class FreshMachine {
  readonly folder: string;
  readonly share: string;
  readonly #emulator: Emulator;
  readonly #disks: readonly string[];
  /** Port 8080 of the machine's first interface, as it is reached from outside. */
  readonly outsidePort: number;
  #child: ChildProcess | undefined;
  #boots = 0;
  #jobs = 0;

  private constructor(folder: string, emulator: Emulator, disks: readonly string[], outsidePort: number) {
    this.outsidePort = outsidePort;
    this.folder = folder;
    this.share = join(folder, 'share');
    this.#emulator = emulator;
    this.#disks = disks;
  }

  /**
   * A machine over a read-only disk, with two empty ones beside it. The example site lies in its shared folder. With
   * `isKept` the disks are those that the last run left.
   */
  static async create(name: string, disk: string, program: string, isKept: boolean): Promise<FreshMachine> {
    const folder = join(cacheDirectory(), 'runs', name);
    rmSync(isKept ? join(folder, 'share') : folder, { recursive: true, force: true });
    for (const part of ['queue', 'out']) mkdirSync(join(folder, 'share', part), { recursive: true });
    await runProgram(['cp', program, join(folder, 'share', 'relight.mjs')]);
    cpSync(EXAMPLE, join(folder, 'share', 'site'), { recursive: true });
    const disks = ['system', 'data', 'thin'].map((each) => join(folder, `${each}.qcow2`));
    const create = ['qemu-img', 'create', '-q', '-f', 'qcow2'];
    if (!isKept) {
      await runProgram([...create, '-F', 'raw', '-b', disk, disks[0] ?? '']);
      for (const empty of disks.slice(1)) await runProgram([...create, empty, '20G']);
    }
    return new FreshMachine(folder, await prepareEmulator(), disks, await findFreePort());
  }

  /** Starts the machine and waits until it takes jobs. Returns the seconds that took. */
  async boot(): Promise<number> {
    this.#boots += 1;
    const started = Date.now();
    writeFileSync(join(this.share, 'boot'), `${this.#boots}`);
    const output = openSync(join(this.folder, 'qemu.log'), 'a');
    const argv = ['-n', '5', ...this.#buildCommand()];
    const child = spawn('nice', argv, { stdio: ['ignore', output, output] });
    closeSync(output);
    process.once('exit', () => child.kill('SIGKILL'));
    this.#child = child;
    await this.#waitFor(join(this.share, 'out', `ready.${this.#boots}`), BOOT_SECONDS);
    return Math.round((Date.now() - started) / 1000);
  }

  /** Runs a shell script as root in the machine. */
  async run(name: string, script: string, seconds: number): Promise<JobResult> {
    this.#jobs += 1;
    const id = `${String(this.#jobs).padStart(2, '0')}-${name}`;
    const job = join(this.share, 'queue', id);
    writeFileSync(`${job}.new`, script);
    renameSync(`${job}.new`, `${job}.job`);
    const folder = join(this.share, 'out', id);
    await this.#waitFor(join(folder, 'status'), seconds);
    const output = readFileSync(join(folder, 'output.log'), 'utf8');
    return { status: Number(readFileSync(join(folder, 'status'), 'utf8')), output };
  }

  /** Reboots the machine: QEMU ends (-no-reboot) and is started again on the same disks. */
  async reboot(): Promise<number> {
    writeFileSync(join(this.share, 'queue', '99-reboot.job'), 'systemctl reboot --no-block\n');
    await this.#waitForEnd(300);
    return this.boot();
  }

  async end(): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null) return;
    writeFileSync(join(this.share, 'queue', '99-poweroff.job'), 'systemctl poweroff --no-block\n');
    await this.#waitForEnd(60).catch(() => this.#child?.kill('SIGKILL'));
  }

  #buildCommand(): string[] {
    return [
      ...this.#emulator,
      ...['-accel', 'tcg,thread=multi', '-cpu', PROCESSOR, '-smp', CPUS, '-m', '5120'],
      ...['-display', 'none', '-no-reboot', '-nodefaults', '-vga', 'none'],
      ...['-serial', `file:${join(this.folder, `console-${this.#boots}.txt`)}`],
      ...this.#disks.flatMap((file) => [
        '-drive',
        `file=${file},if=virtio,format=qcow2,cache=unsafe,discard=unmap,detect-zeroes=unmap`,
      ]),
      ...['-netdev', `user,id=n0,hostfwd=tcp:127.0.0.1:${this.outsidePort}-10.0.2.15:8080`],
      ...['-device', 'virtio-net-pci,netdev=n0,romfile='],
      ...['-netdev', 'user,id=n1,net=10.0.3.0/24', '-device', 'virtio-net-pci,netdev=n1,romfile='],
      ...['-fsdev', `local,id=lab,path=${this.share},security_model=none,multidevs=remap`],
      ...['-device', 'virtio-9p-pci,fsdev=lab,mount_tag=lab'],
    ];
  }

  async #waitFor(file: string, seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!existsSync(file)) {
      const console = this.#readConsole();
      const code = this.#child?.exitCode;
      const ended = code === null || code === undefined ? undefined : `QEMU ended with ${code}`;
      const reason = FATAL.exec(console)?.[0] ?? ended ?? (Date.now() > end ? `nothing in ${seconds} s` : '');
      if (reason !== '') throw new Error(`${file}: ${reason}\n${tail(console, 30)}`);
      await sleep(500);
    }
  }

  async #waitForEnd(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (this.#child?.exitCode === null) {
      if (Date.now() > end)
        throw new Error(`the machine did not end in ${seconds} s\n${this.#readConsole()}`);
      await sleep(500);
    }
  }

  #readConsole(): string {
    const file = join(this.folder, `console-${this.#boots}.txt`);
    return existsSync(file)
      ? readFileSync(file, 'utf8').replace(/\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>c])|\r/g, '')
      : '';
  }
}
