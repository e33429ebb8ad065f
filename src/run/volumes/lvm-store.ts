import { EXIT, Failure } from '../../report/failure.ts';
import {
  buildActivateArgv,
  buildLvcreateArgv,
  buildLvremoveArgv,
  buildLvsArgv,
  buildRetagArgv,
  buildVgsArgv,
  DEVICES_DIRECTORY_ARGV,
  type LogicalVolume,
  parseDevicesDirectory,
  parseLvmErrors,
  parseLvs,
  parseVgs,
} from '../../tools/lvm.ts';
import { type CommandResult, type Runner, requireSuccess } from '../runner.ts';
import type { StoredVolume, VolumeStore } from '../volume-store.ts';
import { makeBlank } from './blank.ts';
import { requireOwn, requireRemovable, requireTaggable } from './refusals.ts';
import { formatTags, operationTag, parseTags, stateTag, UNWIPED_TAG } from './tags.ts';

/** LVM waits for udev and for other LVM commands. */
const DEADLINE_SECONDS = 120;
/** A thin pool whose metadata is full can become read-only for every volume in it (lvmthin(7)). */
const FULL_METADATA_PERCENT = 95;
/** LVM rounds sizes up to whole extents: 4 MiB by default, rarely more than this. */
const LARGEST_EXTENT = 1024 ** 3;

export interface LvmPlace {
  readonly volumeGroup: string;
  /** Volumes are thin and come out of this pool. */
  readonly pool?: string;
}

/** Logical volumes of one group, with relight's tags on them. LVM's own lock keeps each command whole. */
export function createLvmStore(runner: Runner, place: LvmPlace): VolumeStore {
  const { volumeGroup: group, pool } = place;
  const list = () => listVolumes(runner, group);
  const find = async (name: string) => (await list()).find((volume) => volume.name === name);
  return {
    list,
    find,
    countFreeBytes: () => countFreeBytes(runner, place),
    create: async (name, size, tags) => {
      const found = await find(name);
      if (found !== undefined) {
        requireOwn(found, size, tags, size + LARGEST_EXTENT);
        await run(runner, buildActivateArgv(group, name));
        await finishUnwiped(runner, group, found);
        return;
      }
      if (pool !== undefined) requireMetadata(await findPool(runner, group, pool));
      const words = [...formatTags(tags), ...(tags.state === 'kept' ? [UNWIPED_TAG] : [])];
      await run(runner, buildLvcreateArgv({ group, pool, name, sizeBytes: size, tags: words }));
      const made = await find(name);
      if (made === undefined) throw fail(`lvcreate succeeded, yet ${group}/${name} does not exist`);
      requireOwn(made, size, tags, size + LARGEST_EXTENT);
      await finishUnwiped(runner, group, made);
    },
    tag: async (name, operation, state) => {
      const tags = requireTaggable(await find(name), name, operation, state);
      if (tags.state === state) return;
      await run(
        runner,
        buildRetagArgv(group, name, { add: [stateTag(state)], remove: [stateTag(tags.state)] }),
      );
      if ((await find(name))?.tags?.state !== state)
        throw fail(`lvchange succeeded, yet ${group}/${name} is not marked as ${state}`);
    },
    remove: async (name, operation) => {
      const found = await find(name);
      if (found === undefined) return;
      requireRemovable(found, operation);
      const match = { uuid: found.uuid ?? '', tag: operationTag(operation) };
      await run(runner, buildLvremoveArgv(group, name, match));
      // A selection that matches nothing ends with success, too.
      if ((await find(name)) !== undefined)
        throw fail(`lvremove succeeded, yet ${group}/${name} still exists`);
    },
  };
}

/**
 * A kept volume is formatted only when it is blank, so a new one has to be made so. It is created with a tag that says it
 * is not yet; without that tag nothing is ever written here, whatever the journal says: it may hold somebody's data.
 */
async function finishUnwiped(
  runner: Runner,
  group: string,
  { name, path, size }: StoredVolume,
): Promise<void> {
  const volume = (await readVolumes(runner, group)).find((each) => each.name === name);
  if (volume?.tags.includes(UNWIPED_TAG) !== true) return;
  makeBlank(path, size);
  await run(runner, buildRetagArgv(group, name, { add: [], remove: [UNWIPED_TAG] }));
}

/** lvm.conf is asked once a run, not before every look at a volume. */
const devicesDirectories = new WeakMap<Runner, string>();

/** Where LVM puts its device nodes: `/dev`, unless lvm.conf says otherwise. */
export async function readDevicesDirectory(runner: Runner): Promise<string> {
  const known = devicesDirectories.get(runner);
  if (known !== undefined) return known;
  const result = await run(runner, DEVICES_DIRECTORY_ARGV);
  const directory = parseDevicesDirectory(result.stdout) ?? '/dev';
  devicesDirectories.set(runner, directory);
  return directory;
}

async function listVolumes(runner: Runner, group: string): Promise<StoredVolume[]> {
  const directory = await readDevicesDirectory(runner);
  return (await readVolumes(runner, group)).map((volume) => ({
    name: volume.name,
    path: `${directory}/${group}/${volume.name}`,
    size: volume.sizeBytes,
    tags: parseTags(volume.tags),
    uuid: volume.uuid,
    open: volume.open,
  }));
}

async function readVolumes(runner: Runner, group: string): Promise<LogicalVolume[]> {
  const argv = buildLvsArgv(group);
  const result = await runner.run({ argv, deadlineSeconds: DEADLINE_SECONDS });
  if (result.failed && result.status !== null) await requireGroup(runner, group);
  return parseLvs(explain(result).stdout);
}

async function requireGroup(runner: Runner, group: string) {
  const groups = parseVgs((await run(runner, buildVgsArgv())).stdout);
  const found = groups.find((candidate) => candidate.name === group);
  if (found !== undefined) return found;
  const names = groups.map((candidate) => candidate.name).join(', ');
  throw new Failure(
    EXIT.notReady,
    'RL0713',
    `this machine has no volume group ${group}; it has: ${names || 'none'}`,
    'correct host.storage in site.yaml, or make the group with vgcreate',
  );
}

async function countFreeBytes(runner: Runner, { volumeGroup, pool }: LvmPlace): Promise<number> {
  if (pool === undefined) return (await requireGroup(runner, volumeGroup)).freeBytes;
  const { sizeBytes, dataPercent = 0 } = await findPool(runner, volumeGroup, pool);
  return Math.floor((sizeBytes * (100 - dataPercent)) / 100);
}

async function findPool(runner: Runner, group: string, pool: string): Promise<LogicalVolume> {
  const found = (await readVolumes(runner, group)).find((volume) => volume.name === pool);
  // Only pools report how full their metadata is.
  if (found?.metadataPercent !== undefined) return found;
  const message = `the volume group ${group} has no thin pool ${pool}`;
  throw new Failure(EXIT.notReady, 'RL0713', message, 'correct host.storage in site.yaml');
}

function requireMetadata({ name, volumeGroup, metadataPercent = 0 }: LogicalVolume): void {
  if (metadataPercent < FULL_METADATA_PERCENT) return;
  const message = `the metadata of the thin pool ${volumeGroup}/${name} are ${metadataPercent} % full`;
  const hint = `lvextend --poolmetadatasize +256m ${volumeGroup}/${name}`;
  throw new Failure(EXIT.notReady, 'RL0715', message, hint);
}

async function run(runner: Runner, argv: readonly string[]): Promise<CommandResult> {
  return explain(await runner.run({ argv, deadlineSeconds: DEADLINE_SECONDS }));
}

/** LVM 2.03.31 complains inside its JSON report; elsewhere it uses standard error. */
function explain(result: CommandResult): CommandResult {
  const complaints = parseLvmErrors(result.stdout).join('\n');
  return requireSuccess(
    result.stderr === '' && complaints !== '' ? { ...result, stderr: complaints } : result,
  );
}

function fail(message: string): Failure {
  return new Failure(EXIT.failed, 'RL0714', message, 'look with: lvs -o +lv_tags; then: relight status');
}
