import { findBootBlocks } from '../boot-records.ts';
import { readPart } from '../content.ts';
import type { IsoEntry } from '../directory.ts';
import type { Extent } from '../directory-record.ts';
import type { IsoImage } from '../image.ts';
import { readBoot } from '../inspect.ts';
import { isoFailure } from '../problems.ts';
import { findEntry, walkTree } from '../walk.ts';
import type { RemasterPlan } from './plan.ts';

/** What the finished image has to hold. */
export interface Expectation {
  /** Sizes by path; -1 for what is no regular file. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Where the input's files lie, but for boot images and the boot catalogue, and by path those that stay. */
  readonly contents: readonly Extent[];
  readonly places: ReadonlyMap<string, string>;
  readonly files: RemasterPlan['files'];
  readonly boot: BootFacts;
  readonly volumeId: string;
}

type BootFacts = Awaited<ReturnType<typeof readBoot>>;

/** Works out what the finished image has to hold; the input may be copied meanwhile. */
export async function expectImage(input: IsoImage, plan: RemasterPlan): Promise<Expectation> {
  const wanted = new Map<string, number>();
  const contents: Extent[] = [];
  const places = new Map<string, string>();
  const boot = await findBootBlocks(input);
  const { catalogue } = input.descriptors;
  for await (const entry of walkTree(input)) {
    const block = entry.extents[0]?.block;
    wanted.set(entry.path, entry.kind === 'file' ? entry.size : -1);
    if (entry.kind !== 'file' || entry.size === 0 || block === undefined) continue;
    if (boot.has(block) || block === catalogue) continue;
    for (const extent of entry.extents) contents.push(extent);
    places.set(entry.path, describePlace(entry));
  }
  const changed = new Map([
    ...plan.files.map(({ path, content }) => [path, content.length] as const),
    ...plan.laidFiles.map(({ path, size }) => [`/${path}`, size] as const),
  ]);
  for (const [path, size] of changed) {
    wanted.set(path, size);
    places.delete(path);
  }
  for (const path of [...wanted.keys()]) addParents(wanted, path);
  return {
    sizes: wanted,
    contents,
    places,
    files: plan.files,
    boot: await readBoot(input),
    volumeId: input.volume.volumeId,
  };
}

function describePlace({ extents }: IsoEntry): string {
  return extents.map(({ block, length }) => `${block}+${length}`).join();
}

/**
 * Reads the finished image back: every file of the input is there with its size, every planned file has its content,
 * nothing else came in, and it boots in the same ways. `isCopy`: it is a copy of the input that grew, so that the files
 * which stay also lie where they lay.
 * @throws Failure RL6023 naming the first difference.
 */
export async function compareWithPlan(
  output: IsoImage,
  expected: Expectation,
  isCopy: boolean,
): Promise<void> {
  const wanted = new Map(expected.sizes);
  for await (const entry of walkTree(output)) {
    const size = entry.kind === 'file' ? entry.size : -1;
    // The boot catalogue is written anew; isolinux.bin keeps its size.
    const isCatalogue = entry.path.endsWith('/boot.cat');
    if (wanted.get(entry.path) === undefined) differ(`${entry.path} should not be there`);
    if (wanted.get(entry.path) !== size && !isCatalogue) differ(`${entry.path} has ${size} bytes`);
    const place = isCopy ? expected.places.get(entry.path) : undefined;
    if (place !== undefined && place !== describePlace(entry)) differ(`${entry.path} lies elsewhere`);
    wanted.delete(entry.path);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined) differ(`${missing} is missing`);
  await compareContents(output, expected.files);
  compareBoot(expected.boot, await readBoot(output));
  if (expected.volumeId !== output.volume.volumeId) differ('the volume id changed');
}

function differ(what: string): never {
  throw isoFailure('read-back', { what });
}

function addParents(wanted: Map<string, number>, path: string): void {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (!wanted.has(path.slice(0, end))) wanted.set(path.slice(0, end), -1);
  }
}

async function compareContents(output: IsoImage, files: Expectation['files']): Promise<void> {
  for (const { path, content } of files) {
    const entry: IsoEntry | undefined = await findEntry(output, path);
    const found = entry === undefined ? new Uint8Array(0) : await readPart(output, entry, 0, content.length);
    if (found.length !== content.length || !found.every((byte, index) => byte === content[index])) {
      differ(`the content of ${path}`);
    }
  }
}

/** The same boot images by the same ways, and records that contradict nothing. */
function compareBoot(before: BootFacts, after: BootFacts): void {
  const list = (boot: BootFacts) =>
    boot.entries.map(({ platform, path, isBootable }) => `${platform} ${path} ${isBootable}`).join(', ');
  if (list(before) !== list(after)) differ(`it boots by ${list(after)} instead of ${list(before)}`);
  const fresh = after.problems.find((problem) => !before.problems.includes(problem));
  if (fresh !== undefined) differ(fresh);
  if (before.partitions.isohybridSector !== undefined && after.partitions.isohybridSector === undefined) {
    differ('the isohybrid MBR is gone');
  }
}
