import type { DiskFact, VolumeGroupFact } from '../../host/dom0-facts.ts';
import { buildDiskArgv, parseDisk } from '../../tools/lsblk.ts';
import { buildLvsArgv, buildVgsArgv, parseLvs, parseVgs } from '../../tools/lvm.ts';
import { buildSignaturesArgv, parseSignatures } from '../../tools/wipefs.ts';
import { isBlockDevice } from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';

const ANSWER_SECONDS = 120;

/** The volume groups with their thin pools; none where LVM is not installed. */
export async function probeVolumeGroups(runner: Runner): Promise<VolumeGroupFact[]> {
  const groups = await runner.run({ argv: buildVgsArgv(), deadlineSeconds: ANSWER_SECONDS });
  if (groups.missing) return [];
  const volumes = await runner.run({ argv: buildLvsArgv(), deadlineSeconds: ANSWER_SECONDS });
  const pools = parseLvs(requireSuccess(volumes).stdout).filter((each) => each.isPool);
  return parseVgs(requireSuccess(groups).stdout).map(({ name, sizeBytes, freeBytes }) => ({
    name,
    sizeBytes,
    freeBytes,
    pools: pools
      .filter((pool) => pool.volumeGroup === name)
      .map((pool) => ({ name: pool.name, dataPercent: pool.dataPercent })),
  }));
}

/** What is on a disk and what uses it; undefined when the path is no block device. */
export async function probeDisk(runner: Runner, path: string): Promise<DiskFact | undefined> {
  if (!isBlockDevice(path)) return undefined;
  const read = async (argv: readonly string[]) =>
    requireSuccess(await runner.run({ argv, deadlineSeconds: ANSWER_SECONDS })).stdout;
  const disk = parseDisk(await read(buildDiskArgv(path)));
  return { path, ...disk, signatures: parseSignatures(await read(buildSignaturesArgv(path))) };
}
