import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../xen/lab/process.ts';

export interface BootRequest {
  readonly image: string;
  readonly firmware: 'bios' | 'uefi';
  /** The image as a CD, or as the disk that a USB stick is. */
  readonly medium: 'cd' | 'disk';
  readonly directory: string;
  /** Done when the serial console shows this. */
  readonly until: RegExp;
  /** Beyond the time for which the machine waits for a processor that others have. */
  readonly deadlineSeconds: number;
  /** Raw disks that the machine has besides. */
  readonly disks?: readonly string[];
  /** The machine's MAC address, when it is to reach the network of this machine, unless `isolated`. */
  readonly mac?: string;
  /** It gets an address, and reaches nobody. */
  readonly isolated?: boolean;
  /** Told the whole console once a second. */
  readonly onConsole?: (text: string) => void;
}

const OVMF = '/usr/share/OVMF';

/** Boots an image in QEMU (emulated, no Xen) and hands back what the serial console showed, without control sequences. */
export async function bootImage(request: BootRequest): Promise<string> {
  const { image, firmware, medium, directory } = request;
  const serial = join(directory, `serial-${firmware}-${medium}.log`);
  const variables = join(directory, 'ovmf-vars.fd');
  if (firmware === 'uefi') copyFileSync(findFirst(['OVMF_VARS.fd', 'OVMF_VARS_4M.fd']), variables);
  const flash = (path: string, readOnly: boolean) => [
    '-drive',
    `if=pflash,format=raw,file=${path}${readOnly ? ',readonly=on' : ''}`,
  ];
  const argv = [
    ...[
      '-accel',
      'tcg,thread=multi',
      '-machine',
      'q35',
      '-m',
      '1024',
      '-smp',
      '2',
      '-display',
      'none',
      '-monitor',
      'none',
    ],
    ...(firmware === 'uefi'
      ? [...flash(findFirst(['OVMF_CODE.fd', 'OVMF_CODE_4M.fd']), true), ...flash(variables, false)]
      : []),
    ...(medium === 'cd'
      ? ['-cdrom', image, '-boot', 'd']
      : ['-drive', `if=virtio,format=raw,snapshot=on,file=${image}`]),
    ...(request.disks ?? []).flatMap((disk) => [
      '-drive',
      `if=virtio,format=raw,cache=unsafe,discard=unmap,file=${disk}`,
    ]),
    ...[
      '-netdev',
      `user,id=n0,restrict=${request.mac === undefined || request.isolated === true ? 'on' : 'off'}`,
      '-device',
      `virtio-net-pci,netdev=n0,romfile=${request.mac === undefined ? '' : `,mac=${request.mac}`}`,
      '-no-reboot',
      '-serial',
      `file:${serial}`,
    ],
  ];
  const machine = spawn('nice', ['-n', '5', 'qemu-system-x86_64', ...argv], { stdio: 'ignore' });
  const ended = new Promise((resolve) => machine.once('exit', resolve));
  try {
    const started = Date.now();
    for (;;) {
      await sleep(1000);
      const text = existsSync(serial) ? cleanConsole(readFileSync(serial, 'latin1')) : '';
      request.onConsole?.(text);
      if (request.until.test(text)) return text;
      const passed = (Date.now() - started) / 1000 - readWaited(machine.pid);
      if (passed > request.deadlineSeconds || machine.exitCode !== null || machine.signalCode !== null)
        throw new Error(`not reached; the console's end:\n${text.slice(-3000)}`);
    }
  } finally {
    machine.kill('SIGKILL');
    await ended;
  }
}

function findFirst(names: readonly string[]): string {
  const found = names.map((name) => join(OVMF, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error('install the package ovmf');
  return found;
}

/** Seconds for which that thread of a process that waited longest has waited for a processor (sched-stats.rst). */
function readWaited(pid: number | undefined): number {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const waited = tasks.map(
      (task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[1],
    );
    return Math.max(...waited.map(Number)) / 1e9;
  } catch {
    // It has ended, or this kernel does not count.
    return 0;
  }
}

function cleanConsole(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b[()][A-Z0-9]|\0/g, '');
}
