import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isoFailure } from '../iso/problems.ts';
import type { RemasterPlan } from '../iso/remaster/plan.ts';
import type { LaidFile } from '../iso/remaster/request.ts';

const MOST_FILES = 20_000;
/** How the directories begin that are laid over an image. */
export const STAGE_START = '.relight-stage-';

/**
 * Lists the trees that are laid over an image. A later tree wins over an earlier one.
 * @throws Failure RL6025 for anything but directories and regular files, and for names with control characters.
 */
export function listLaidFiles(trees: readonly string[]): LaidFile[] {
  const found = new Map<string, LaidFile>();
  for (const tree of trees) {
    for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) continue;
      const source = join(entry.parentPath, entry.name);
      const path = relative(tree, source);
      const isUsable = entry.isFile() && /^[^\u0000-\u001f\u007f\\]+$/.test(path);
      if (!isUsable || found.size >= MOST_FILES) {
        throw isoFailure('unsafe-value', { what: 'a file laid over the image', value: source });
      }
      found.set(path, { path, source, ...hashFile(source) });
    }
  }
  return [...found.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

function hashFile(path: string): { md5: string; size: number } {
  const hash = createHash('md5');
  const buffer = new Uint8Array(256 * 1024);
  const file = openSync(path, 'r');
  try {
    let size = 0;
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) return { md5: hash.digest('hex'), size };
      hash.update(buffer.subarray(0, count));
      size += count;
    }
  } finally {
    closeSync(file);
  }
}

/** A directory for what an image is made of, beside the output and for this user alone. The caller removes it. */
export function makeStage(beside: string): string {
  return mkdtempSync(join(beside, STAGE_START));
}

/** Writes the planned files as a tree for xorriso and hands back its path. Dates and modes are the same every time. */
export function fillStage(stage: string, plan: RemasterPlan): string {
  const tree = join(stage, 'tree');
  mkdirSync(tree);
  for (const { path, content } of plan.files) {
    const target = join(tree, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { flag: 'wx' });
  }
  for (const { path, source } of plan.laidFiles) {
    const target = join(tree, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
  }
  freeze(tree, plan.epoch);
  return tree;
}

function freeze(tree: string, epoch: number): void {
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() ? 0o755 : 0o444);
    utimesSync(path, epoch, epoch);
  }
  chmodSync(tree, 0o755);
  utimesSync(tree, epoch, epoch);
}
