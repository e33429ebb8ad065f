import type { Step } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { MmdebstrapProgress } from '../../tools/mmdebstrap.ts';
import { checkRootfs } from '../rootfs/check.ts';
import { unpackOverlay } from '../rootfs/overlay.ts';
import { setPassword } from '../rootfs/password.ts';
import { requireSuccess } from '../runner.ts';
import { adoptRoot } from './adopt-root.ts';
import { buildGuestImage } from './build-image.ts';
import { buildInitrd } from './build-initrd.ts';
import type { StepContext } from './context.ts';
import { copyKernel, embedGrubImages, formatIfBlank, writeGrubConfig } from './disk.ts';
import { performFileStep } from './files.ts';
import { runChecks } from './guest-checks.ts';
import { performImageStep } from './image.ts';
import { keepLogs } from './keep-logs.ts';
import { mountRoot, unmountRoot } from './mount-root.ts';
import { waitReady } from './wait-ready.ts';
import { watchInstall } from './watch-install.ts';

/** Gives one step of a plan its effect. Every step may be performed again. @throws Failure */
export async function performStep(step: Step, context: StepContext): Promise<void> {
  const { runner, hypervisor, openStore, secrets } = context;
  switch (step.do) {
    case 'run':
      return runCommand(step, context);
    case 'mount-root':
      return mountRoot(step, context);
    case 'unmount-root':
      return unmountRoot(step, context);
    case 'adopt-root':
      return adoptRoot(step, context);
    case 'build-initrd':
      return buildInitrd(step, context);
    case 'build-image':
      return buildGuestImage(step, context);
    case 'keep-logs':
      return keepLogs(step, context);
    case 'watch-install':
      return watchInstall(step, context);
    case 'unpack-overlay':
      return unpackOverlay(runner, step.root, step.entries, secrets);
    case 'set-password':
      return setPassword(runner, step.root, step.user, step.secret, secrets);
    case 'write-grub-config':
      return writeGrubConfig(step, context);
    case 'copy-kernel':
      return copyKernel(step);
    case 'embed-grub':
      return embedGrubImages(step);
    case 'format-if-blank':
      return formatIfBlank(step, context);
    case 'check-rootfs':
      return compareRootfs(step, context);
    case 'create-volume':
      return openStore(step.storage).create(step.volume, step.size, step.tags);
    case 'tag-volume':
      return openStore(step.storage).tag(step.volume, step.operation, step.state);
    case 'remove-volume':
      return openStore(step.storage).remove(step.volume, step.operation);
    case 'start-domain':
      return hypervisor.start(step.domain, step.config, step.console);
    case 'wait-ready':
      return waitReady(step, context);
    case 'run-checks':
      return runChecks(step, context);
    case 'shutdown-domain':
      return shutDown(step, context);
    case 'destroy-domain':
      return hypervisor.destroy(step.domain);
    case 'fetch-packages':
    case 'make-repository':
    case 'check-packages':
    case 'check-hygiene':
    case 'write-image':
    case 'mount-layers':
    case 'update-image':
    case 'store-image':
    case 'prune-layers':
    case 'restore-image':
      return performImageStep(step, context);
    default:
      return performFileStep(step, context);
  }
}

async function runCommand(step: Extract<Step, { do: 'run' }>, context: StepContext): Promise<void> {
  const { runner, secrets, listener, logPath } = context;
  const reader = step.progress === 'mmdebstrap' ? new MmdebstrapProgress() : undefined;
  const result = await runner.run({
    argv: step.argv,
    deadlineSeconds: step.deadline,
    ...(step.stdin === undefined ? {} : { stdin: secrets.resolve(step.stdin) }),
    ...(step.accept === undefined ? {} : { accept: step.accept }),
    onLine: (_stream, line) => {
      const progress = reader?.read(line);
      if (progress !== undefined) listener.progress(progress.percent, progress.what);
    },
  });
  requireSuccess(result, { logPath });
}

async function compareRootfs(
  step: Extract<Step, { do: 'check-rootfs' }>,
  context: StepContext,
): Promise<void> {
  const rows = await checkRootfs(context.runner, step.root, step.expectations);
  context.findings.endState = rows;
  const wrong = rows.filter((row) => !row.ok);
  if (wrong.length === 0) return;
  const message = [
    `the root filesystem differs from the spec in ${wrong.length} of ${rows.length} points:`,
    ...wrong.map((row) => `${row.what}: ${row.found}`),
  ].join('\n  ');
  throw new Failure(EXIT.failed, 'RL0733', message, `what made it is in ${context.logPath}`);
}

async function shutDown(step: Extract<Step, { do: 'shutdown-domain' }>, context: StepContext): Promise<void> {
  const { hypervisor, listener } = context;
  listener.progress(0, 'shutting down');
  const how = await hypervisor.shutdown(step.domain, step.deadline);
  if (how === 'destroyed') {
    listener.note(`${step.domain} did not shut down within ${step.deadline} s and was destroyed`);
  }
}
