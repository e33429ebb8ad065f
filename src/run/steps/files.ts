import { dirname } from 'node:path';
import type { HostFileStep } from '../../plan/host-file-step.ts';
import type { Step } from '../../plan/types.ts';
import { parseConfigHeader } from '../../render/config-header.ts';
import { copyFileSynced } from '../directory.ts';
import {
  createSparseFile,
  hasCode,
  makeDirectory,
  pathExists,
  readTextFile,
  removeFile,
  renameSynced,
  symlinkSynced,
  writeFileAtomically,
} from '../files.ts';
import { removeWorkTree } from '../files-tree.ts';
import type { StepContext } from './context.ts';
import { replaceHostFile, returnHostFile, setHostAssignments } from './host-files.ts';

export type FileStep = Extract<
  Step,
  {
    do:
      | 'make-directory'
      | 'write-file'
      | 'create-file'
      | 'rename'
      | 'keep-file'
      | 'restore-file'
      | HostFileStep['do']
      | 'symlink'
      | 'remove'
      | 'remove-config'
      | 'remove-work';
  }
>;

/** Directories, files, names. Each may be done again. */
export async function performFileStep(step: FileStep, context: StepContext): Promise<void> {
  switch (step.do) {
    case 'make-directory':
      return makeDirectory(step.path, step.mode);
    case 'write-file':
      makeDirectory(dirname(step.path), 0o755);
      return writeFileAtomically(step.path, context.secrets.resolve(step.content), step.mode);
    case 'create-file':
      removeFile(step.path);
      return createSparseFile(step.path, step.size, step.mode);
    case 'rename':
      return renameSynced(step.from, step.to);
    case 'keep-file':
      if (!pathExists(step.to)) copyFileSynced(step.from, step.to);
      return;
    case 'restore-file':
      return restoreFile(step.from, step.to);
    case 'replace-host-file':
      return replaceHostFile(step);
    case 'set-assignments':
      return setHostAssignments(step);
    case 'return-host-file':
      return returnHostFile(step);
    case 'symlink':
      // Debian's Xen packages do not make /etc/xen/auto.
      makeDirectory(dirname(step.path), 0o755);
      return symlinkSynced(step.target, step.path);
    case 'remove':
      removeFile(step.path);
      return;
    case 'remove-config':
      return removeConfig(step.path, step.operation);
    case 'remove-work':
      return removeWorkTree(context.runner, step.path, `${context.paths.state}/work`);
  }
}

/** Takes a configuration away, if it is that operation's. */
function removeConfig(path: string, operation: string): void {
  if (!pathExists(path)) return;
  if (parseConfigHeader(readTextFile(path))?.operation === operation) removeFile(path);
}

/** A rename, or where the two are on different filesystems a copy that gets its name when it is whole. */
function restoreFile(from: string, to: string): void {
  if (!pathExists(from)) return;
  try {
    renameSynced(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    copyFileSynced(from, to);
    removeFile(from);
  }
}
