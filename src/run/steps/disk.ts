import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { Step } from '../../plan/types.ts';
import { renderGrubConfig } from '../../render/grub-config.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { buildFormatArgv, buildProbeArgv, parseProbe } from '../../tools/filesystem.ts';
import { embedGrub } from '../../tools/grub.ts';
import { copyFileSynced } from '../directory.ts';
import { listKernels } from '../rootfs/check.ts';
import { readInside, resolveInside } from '../rootfs/inside.ts';
import { unpackOverlay } from '../rootfs/overlay.ts';
import { requireSuccess } from '../runner.ts';
import { createSecretStore } from '../secrets.ts';
import { isBlank } from '../volumes/blank.ts';
import type { StepContext } from './context.ts';

/** blkid(8): nothing was found on the device. */
const NOTHING_FOUND = 2;

/** Writes the boot menu for the kernels that the root filesystem has. */
export async function writeGrubConfig(
  step: Extract<Step, { do: 'write-grub-config' }>,
  context: StepContext,
): Promise<void> {
  const content = renderGrubConfig({
    rootUuid: step.rootUuid,
    kernels: listKernels(step.root),
    commandLine: step.commandLine,
    serial: step.serial,
  });
  const entry = { path: '/boot/grub/grub.cfg', mode: 0o644, owner: 'root', group: 'root' };
  const entries = [{ ...entry, body: { kind: 'content' as const, content } }];
  await unpackOverlay(context.runner, step.root, entries, createSecretStore());
}

/** Copies the newest kernel and its initrd out of the root, for direct boot. */
export function copyKernel(step: Extract<Step, { do: 'copy-kernel' }>): void {
  const newest = listKernels(step.root).at(-1);
  const kernel = newest === undefined ? undefined : resolveInside(step.root, newest.kernel);
  const initrd = newest === undefined ? undefined : resolveInside(step.root, newest.initrd);
  if (kernel === undefined || initrd === undefined) {
    throw new Failure(EXIT.failed, 'RL0721', 'the root filesystem has no kernel with its initrd in /boot');
  }
  copyFileSynced(kernel, `${step.directory}/vmlinuz`);
  copyFileSynced(initrd, `${step.directory}/initrd.img`);
}

/** Puts GRUB for BIOS into the MBR and the BIOS boot partition. `boot` and `core` are paths in the guest's root. */
export function embedGrubImages(step: Extract<Step, { do: 'embed-grub' }>): void {
  const boot = readInside(step.root, step.boot);
  const core = readInside(step.root, step.core);
  if (boot === undefined || core === undefined) {
    const missing = boot === undefined ? step.boot : step.core;
    throw new Failure(EXIT.failed, 'RL0722', `GRUB's ${missing} is missing in the root filesystem`);
  }
  const images = embedGrub(boot, core, step.sector);
  const device = openSync(step.device, 'r+');
  try {
    writeSync(device, images.core, 0, images.core.length, step.sector * 512);
    writeSync(device, images.mbr, 0, images.mbr.length, 0);
    fsyncSync(device);
  } finally {
    closeSync(device);
  }
}

/**
 * Formats a kept volume that carries nothing at all: no signature that blkid knows, and only zeros at its start. A
 * volume with a signature is left alone, whatever it is; one with unknown data is refused.
 */
export async function formatIfBlank(
  step: Extract<Step, { do: 'format-if-blank' }>,
  context: StepContext,
): Promise<void> {
  const { runner, listener } = context;
  const probe = await runner.run({
    argv: buildProbeArgv(step.device),
    deadlineSeconds: 60,
    accept: [NOTHING_FOUND],
  });
  requireSuccess(probe);
  const found = parseProbe(probe.stdout);
  if (probe.status !== NOTHING_FOUND || found.TYPE !== undefined || found.PTTYPE !== undefined) {
    listener.note(`${step.device} holds ${found.TYPE ?? found.PTTYPE ?? 'something'} already: left as it is`);
    return;
  }
  if (!isBlank(step.device)) {
    const message = `${step.device} has no signature, yet it is not empty: relight does not format it`;
    const hint = 'look what is on it; to let relight format it, zero its first 4 MiB yourself';
    throw new Failure(EXIT.needsPerson, 'RL0723', message, hint);
  }
  const argv = buildFormatArgv(step.filesystem, step.device, step.uuid, step.label);
  requireSuccess(await runner.run({ argv, deadlineSeconds: 3600 }));
}
