import { accessSync, constants } from 'node:fs';
import { readBootId } from '../boot-id.ts';
import { pathExists, readTextFile, writeFileAtomically } from '../files.ts';
import type { Runner } from '../runner.ts';

/** Enough for a kernel to reach its panic under KVM on a slow machine. */
const PROBE_SECONDS = 20;

/**
 * Whether KVM runs a real kernel here. A /dev/kvm that opens proves nothing: nested and restricted set-ups open it and
 * then hang. So a kernel is started without a root filesystem; under a KVM that works it panics within seconds.
 * The answer is kept until the machine boots again.
 */
export async function chooseAccelerator(
  runner: Runner,
  kernel: string | undefined,
  runtime: string,
): Promise<'kvm' | 'tcg'> {
  if (!isOpenable('/dev/kvm')) return 'tcg';
  const memory = `${runtime}/accelerator`;
  const boot = readBootId();
  if (pathExists(memory)) {
    const [known, answer] = readTextFile(memory).trim().split(' ');
    if (known === boot && (answer === 'kvm' || answer === 'tcg')) return answer;
  }
  // Without a kernel to try nothing is known: emulation always works.
  if (kernel === undefined) return 'tcg';
  const answer = (await runsKernel(runner, kernel)) ? 'kvm' : 'tcg';
  writeFileAtomically(memory, `${boot} ${answer}\n`, 0o600);
  return answer;
}

async function runsKernel(runner: Runner, kernel: string): Promise<boolean> {
  const result = await runner.run({
    argv: [
      'qemu-system-x86_64',
      ...['-accel', 'kvm', '-cpu', 'host', '-m', '256', '-nodefaults', '-display', 'none', '-no-reboot'],
      ...['-serial', 'stdio', '-kernel', kernel, '-append', 'console=ttyS0 panic=-1'],
    ],
    deadlineSeconds: PROBE_SECONDS,
  });
  return !result.timedOut && result.stdout.includes('Kernel panic - not syncing: VFS');
}

function isOpenable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
