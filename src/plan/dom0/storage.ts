import { makeIssue } from '../../report/codes.ts';
import { formatSize } from '../../spec/size.ts';
import type { StorageSpec } from '../../spec/types.ts';
import { buildVgsArgv, LVM_STATUS } from '../../tools/lvm.ts';
import {
  buildFreeTestArgv,
  buildLvcreatePoolArgv,
  buildPoolRemoveArgv,
  buildPvcreateArgv,
  buildPvremoveArgv,
  buildVgcreateArgv,
  buildVgremoveArgv,
} from '../../tools/lvm-setup.ts';
import type { Action } from '../types.ts';
import { makeAction } from './files.ts';
import type { Dom0Item, Dom0Part, Dom0Request } from './types.ts';

type LvmStorage = Exclude<StorageSpec, { readonly kind: 'files' }>;

/** Below this no guest's root fits. */
const LEAST_FREE = 1024 ** 3;
const MIB = 1024 ** 2;
/** A pool takes all that is free but this part, which LVM needs when the pool's metadata is repaired. */
const POOL_PERCENT = 95;
const SECONDS = 600;

/** The volume group of site.yaml, made on an empty disk when `--storage` names one; its thin pool; its free space. */
export const planStorage: Dom0Part = (request) => {
  const { storage } = request.site.host;
  if (storage === undefined || storage.kind === 'files') return [];
  return [planGroup(request, storage), ...(storage.kind === 'thin' ? [planPool(request, storage)] : [])];
};

function planGroup(request: Dom0Request, storage: LvmStorage): Dom0Item {
  const { facts, storageDisk } = request;
  const { volumeGroup } = storage;
  const shared = { id: 'volume-group', area: 'storage' as const, title: `volume group ${volumeGroup}` };
  const group = facts.volumeGroups.find((each) => each.name === volumeGroup);
  if (group !== undefined) {
    const detail = `${mebibytes(group.freeBytes)} free of ${mebibytes(group.sizeBytes)}`;
    if (storage.kind === 'thin' || group.freeBytes >= LEAST_FREE) return { ...shared, state: 'ok', detail };
    const issue = makeIssue('RL1422', { group: volumeGroup, free: mebibytes(group.freeBytes) });
    return { ...shared, state: 'broken', detail, issue };
  }
  if (storageDisk === undefined) {
    const issue = makeIssue('RL1421', { group: volumeGroup });
    return { ...shared, state: 'refused', detail: 'missing', issue };
  }
  const problem = findDiskProblem(request, storageDisk);
  if (problem !== undefined) {
    const issue = makeIssue('RL1423', { disk: storageDisk, problem });
    return { ...shared, state: 'refused', detail: storageDisk, issue };
  }
  const action: Action = {
    ...makeAction(shared.id, `make volume group ${volumeGroup} on ${storageDisk}`),
    phase: 'storage',
    steps: [
      // Without --yes: should a signature have come up meanwhile, pvcreate asks, hears nobody, and refuses.
      // Done a second time after a kill it is there already, as is the group: the last command tells.
      {
        do: 'run',
        argv: buildPvcreateArgv(storageDisk),
        deadline: SECONDS,
        accept: [LVM_STATUS.failed],
      },
      {
        do: 'run',
        argv: buildVgcreateArgv(volumeGroup, storageDisk),
        deadline: SECONDS,
        accept: [LVM_STATUS.failed],
      },
      { do: 'run', argv: buildVgsArgv(volumeGroup), deadline: SECONDS },
    ],
    // A group that holds volumes by now is not removed: vgremove without --force refuses.
    undo: [
      { do: 'run', argv: buildVgremoveArgv(volumeGroup), deadline: SECONDS, accept: [LVM_STATUS.failed] },
      { do: 'run', argv: buildPvremoveArgv(storageDisk), deadline: SECONDS, accept: [LVM_STATUS.failed] },
      // Done a second time, or after a kill, both find nothing: this tells whether the disk is free.
      { do: 'run', argv: buildFreeTestArgv(storageDisk), deadline: SECONDS },
    ],
  };
  return { ...shared, state: 'todo', detail: action.title, action };
}

/** Only a whole disk that carries nothing at all is taken. */
function findDiskProblem({ facts }: Dom0Request, path: string): string | undefined {
  const { disk } = facts;
  if (disk === undefined) return 'it is no block device';
  if (!disk.isDisk) return 'it is not a whole disk';
  if (disk.mounted) return 'it is mounted';
  if (disk.partitions > 0) return `it has ${disk.partitions} partitions or volumes`;
  if (disk.signatures.length > 0) return `it carries ${disk.signatures.join(', ')}`;
  return /^\/dev\/[A-Za-z0-9/_.:-]+$/.test(path) ? undefined : 'it must be named below /dev';
}

function planPool(
  { facts, storageDisk }: Dom0Request,
  storage: Extract<StorageSpec, { kind: 'thin' }>,
): Dom0Item {
  const { volumeGroup, pool } = storage;
  const shared = { id: 'thin-pool', area: 'storage' as const, title: `thin pool ${volumeGroup}/${pool}` };
  const group = facts.volumeGroups.find((each) => each.name === volumeGroup);
  const found = group?.pools.find((each) => each.name === pool);
  if (found !== undefined) {
    return { ...shared, state: 'ok', detail: `${found.dataPercent ?? 0} % used` };
  }
  // In a group that is there already, how much a pool may take is a person's affair.
  if (storageDisk === undefined || group !== undefined) {
    const issue = makeIssue('RL1424', { pool: `${volumeGroup}/${pool}`, group: volumeGroup });
    return { ...shared, state: 'refused', detail: 'missing', issue };
  }
  const action: Action = {
    ...makeAction(shared.id, `make thin pool ${volumeGroup}/${pool}`),
    phase: 'storage',
    steps: [
      {
        do: 'run',
        argv: buildLvcreatePoolArgv(volumeGroup, pool, POOL_PERCENT),
        deadline: SECONDS,
        accept: [LVM_STATUS.failed],
      },
      { do: 'run', argv: ['lvs', `${volumeGroup}/${pool}`], deadline: SECONDS },
    ],
    undo: [
      {
        do: 'run',
        argv: buildPoolRemoveArgv(volumeGroup, pool),
        deadline: SECONDS,
        accept: [LVM_STATUS.failed],
      },
    ],
  };
  return { ...shared, state: 'todo', detail: action.title, action };
}

const mebibytes = (bytes: number) => formatSize(Math.floor(bytes / MIB) * MIB);
