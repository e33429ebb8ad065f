import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where the lab's images are kept: outside the repository, safe to delete at any time. */
export function cacheDirectory(): string {
  return process.env.RELIGHT_CACHE ?? '/var/cache/relight-lab';
}

/**
 * Hands back the directory of an artefact, building it when the cache has none for these inputs. The directory gets
 * its name only after `build` has succeeded, so an interrupted build leaves nothing that looks finished.
 */
export async function buildOnce(
  kind: string,
  inputs: unknown,
  build: (directory: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
  const directory = join(cacheDirectory(), `${kind}-${hash}`);
  if (existsSync(directory)) return directory;
  const started = Date.now();
  const draft = `${directory}.${process.pid}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  console.log(`lab: building ${kind} (log: ${join(draft, 'build.log')})`);
  await build(draft);
  try {
    renameSync(draft, directory);
  } catch (error) {
    // Another run was faster: its result is as good as ours.
    if (!existsSync(directory)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  console.log(`lab: ${kind} built in ${Math.round((Date.now() - started) / 1000)} s`);
  return directory;
}

/** Path, mode and content of every file of a tree: an input of the hash. */
export function describeTree(root: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    found.push(`${relative(root, path)} ${(statSync(path).mode & 0o777).toString(8)} ${digest}`);
  }
  return found.sort();
}
