import { lstatSync, rmSync } from 'node:fs';
import type { Step } from '../../plan/types.ts';
import { Failure } from '../../report/failure.ts';
import { makeDirectory, readBytesFile, writeFileAtomically } from '../files.ts';
import { resolveBelow } from '../files-tree.ts';
import type { StepContext } from './context.ts';
import { mountRoot, unmountRoot } from './mount-root.ts';

const LARGEST_LOG = 256 * 1024 ** 2;

/**
 * Copies what the installer has logged from a root filesystem that may be half made. A volume without one, or without
 * logs, is no fault: the console is kept in any case.
 */
export async function keepLogs(
  step: Extract<Step, { do: 'keep-logs' }>,
  context: StepContext,
): Promise<void> {
  const { path, directory, names } = step;
  try {
    await mountRoot({ ...step, do: 'mount-root', readOnly: true }, context);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The mount point of a mount that failed is in the way of whoever removes the work.
    rmSync(path, { recursive: true, force: true });
    context.listener.note('the installer had made no filesystem: its console is all there is');
    return;
  }
  try {
    const kept = names.filter((name) => copyLog(`${path}${step.from}/${name}`, path, `${directory}/${name}`));
    context.listener.note(
      kept.length === 0
        ? 'the installer had written no log to its root yet'
        : `the installer's log is kept: ${kept.map((name) => `${directory}/${name}`).join(' ')}`,
    );
  } finally {
    await unmountRoot({ path }, context);
  }
}

/** A link in the new root could lead out of it: only a file is a log. */
function copyLog(from: string, root: string, to: string): boolean {
  try {
    const real = resolveBelow(from, root);
    if (!lstatSync(real, { throwIfNoEntry: false })?.isFile()) return false;
    makeDirectory(to.slice(0, to.lastIndexOf('/')), 0o700);
    writeFileAtomically(to, readBytesFile(real, LARGEST_LOG), 0o600);
    return true;
  } catch {
    return false;
  }
}
