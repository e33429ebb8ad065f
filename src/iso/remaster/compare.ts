import { readPart } from '../content.ts';
import type { IsoEntry } from '../directory.ts';
import type { IsoImage } from '../image.ts';
import { readBoot } from '../inspect.ts';
import { isoFailure } from '../problems.ts';
import { findEntry, walkTree } from '../walk.ts';
import type { RemasterPlan } from './plan.ts';

/**
 * Reads the finished image back: every file of the input is there with its size, every planned file has its content,
 * nothing else came in, and it boots in the same ways.
 * @throws Failure RL6023 naming the first difference.
 */
export async function compareWithPlan(input: IsoImage, output: IsoImage, plan: RemasterPlan): Promise<void> {
  const wanted = new Map<string, number>();
  for await (const entry of walkTree(input)) wanted.set(entry.path, entry.kind === 'file' ? entry.size : -1);
  for (const { path, content } of plan.files) wanted.set(path, content.length);
  for (const { path, size } of plan.laidFiles) wanted.set(`/${path}`, size);
  for (const path of [...wanted.keys()]) addParents(wanted, path);
  for await (const entry of walkTree(output)) {
    const size = entry.kind === 'file' ? entry.size : -1;
    // The boot catalogue is written anew; isolinux.bin keeps its size.
    const isCatalogue = entry.path.endsWith('/boot.cat');
    if (wanted.get(entry.path) === undefined) differ(`${entry.path} should not be there`);
    if (wanted.get(entry.path) !== size && !isCatalogue) differ(`${entry.path} has ${size} bytes`);
    wanted.delete(entry.path);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined) differ(`${missing} is missing`);
  await compareContents(output, plan);
  await compareBoot(input, output);
  if (input.volume.volumeId !== output.volume.volumeId) differ('the volume id changed');
}

function differ(what: string): never {
  throw isoFailure('read-back', { what });
}

function addParents(wanted: Map<string, number>, path: string): void {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (!wanted.has(path.slice(0, end))) wanted.set(path.slice(0, end), -1);
  }
}

async function compareContents(output: IsoImage, plan: RemasterPlan): Promise<void> {
  for (const { path, content } of plan.files) {
    const entry: IsoEntry | undefined = await findEntry(output, path);
    const found = entry === undefined ? new Uint8Array(0) : await readPart(output, entry, 0, content.length);
    if (found.length !== content.length || !found.every((byte, index) => byte === content[index])) {
      differ(`the content of ${path}`);
    }
  }
}

/** The same boot images by the same ways, and records that contradict nothing. */
async function compareBoot(input: IsoImage, output: IsoImage): Promise<void> {
  const [before, after] = [await readBoot(input), await readBoot(output)];
  const list = (boot: typeof before) =>
    boot.entries.map(({ platform, path, isBootable }) => `${platform} ${path} ${isBootable}`).join(', ');
  if (list(before) !== list(after)) differ(`it boots by ${list(after)} instead of ${list(before)}`);
  const fresh = after.problems.find((problem) => !before.problems.includes(problem));
  if (fresh !== undefined) differ(fresh);
  if (before.partitions.isohybridSector !== undefined && after.partitions.isohybridSector === undefined) {
    differ('the isohybrid MBR is gone');
  }
}
