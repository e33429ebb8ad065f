import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Dom0Image } from './dom0-image.ts';
import type { Emulator } from './emulator.ts';

/** A machine to start. Paths are absolute; memory is in MiB. */
export interface Machine {
  readonly emulator: Emulator;
  readonly dom0: Dom0Image;
  /** qcow2 files: dom0's disk, the data disk, then those of the scenarios (vdc, vdd, ...). */
  readonly disks: readonly string[];
  readonly share: string;
  readonly console: string;
  readonly memory: number;
  readonly dom0Memory: number;
  readonly xenOptions: string;
  readonly kernelOptions: string;
}

/**
 * The processor that Xen, its dom0 and its guests agree with under QEMU's own emulation: `max` and the newer models
 * make dom0 die of a page fault; RDTSCP makes Xen kill PVH and HVM guests.
 */
export const PROCESSOR = 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16,+svm,+npt,+rdrand,+pdpe1gb';

/**
 * Processors of the machine. One, on a core of its own, leaves the other core to another machine: two machines of two
 * processors each wait for each other most of the time.
 */
export const CPUS = process.env.RELIGHT_LAB_CPUS ?? '2';

/** The command line of a lab machine. */
export function buildCommand(machine: Machine, terminal: 'file' | 'stdio'): string[] {
  const { dom0 } = machine;
  const xen =
    `console=com1 com1=115200,8n1 dom0_mem=${machine.dom0Memory}M,max:${machine.dom0Memory}M ` +
    `loglvl=warning guest_loglvl=all smt=off spec-ctrl=no xpti=no ${machine.xenOptions}`;
  const kernel = `root=/dev/vda rw console=hvc0 net.ifnames=0 quiet ${machine.kernelOptions}`;
  return [
    ...machine.emulator,
    ...['-accel', 'tcg,thread=multi', '-cpu', PROCESSOR, '-smp', CPUS, '-m', `${machine.memory}`],
    ...['-display', 'none', '-no-reboot', '-nodefaults', '-vga', 'none'],
    ...['-serial', terminal === 'stdio' ? 'mon:stdio' : `file:${machine.console}`],
    ...['-kernel', dom0.hypervisor, '-append', xen.trimEnd()],
    // The first word is dom0's kernel with its command line: both reach Xen as modules. A comma separates them.
    ...['-initrd', `${dom0.kernel} ${kernel.trimEnd()},${dom0.initrd}`],
    ...machine.disks.flatMap((file) => [
      '-drive',
      `file=${file},if=virtio,format=qcow2,cache=unsafe,discard=unmap,detect-zeroes=unmap`,
    ]),
    ...['-netdev', 'user,id=n0', '-device', 'virtio-net-pci,netdev=n0,romfile='],
    ...['-fsdev', `local,id=lab,path=${machine.share},security_model=none,multidevs=remap`],
    ...['-device', 'virtio-9p-pci,fsdev=lab,mount_tag=lab'],
  ];
}

/** A running QEMU. */
export class RunningMachine {
  readonly #child: ChildProcess;
  readonly #console: string;
  #ended: string | undefined;
  readonly ended: Promise<string>;

  constructor(machine: Machine, log: string) {
    const output = openSync(log, 'a');
    this.#console = machine.console;
    // Whoever else works on this machine goes first.
    this.#child = spawn('nice', ['-n', '5', ...buildCommand(machine, 'file')], {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const child = this.#child;
    process.once('exit', () => child.kill('SIGKILL'));
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(`did not start: ${error.message}`));
      this.#child.on('exit', (code, signal) => resolve(`ended with ${code ?? signal}`));
    });
    void this.ended.then((how) => {
      this.#ended = how;
    });
  }

  /** How QEMU ended, or undefined while it runs. */
  get state(): string | undefined {
    return this.#ended;
  }

  /** Pulls the plug: nothing in the machine gets a chance to tidy up. */
  async cutPower(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** What Xen and dom0 printed, without control sequences. */
  readConsole(): string {
    const text = readFileSync(this.#console, { encoding: 'utf8', flag: 'a+' });
    return text.replace(/\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>c])|\r/g, '');
  }
}
