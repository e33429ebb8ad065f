import { EXIT, Failure } from '../report/failure.ts';

/** A logical volume as `lvs` reports it. */
export interface LogicalVolume {
  readonly name: string;
  readonly volumeGroup: string;
  readonly uuid: string;
  /** Below the devices directory of LVM's own configuration. Empty for internal volumes. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly tags: readonly string[];
  readonly active: boolean;
  /** Something holds it open: a guest, a mount, a copy. */
  readonly open: boolean;
  readonly pool: string | undefined;
  /** It is a thin pool itself (lvs(8): lv_attr begins with `t`). */
  readonly isPool: boolean;
  readonly dataPercent: number | undefined;
  readonly metadataPercent: number | undefined;
}

export interface VolumeGroup {
  readonly name: string;
  readonly uuid: string;
  readonly sizeBytes: number;
  readonly freeBytes: number;
  readonly extentBytes: number;
}

/** lvm(8), DIAGNOSTICS: 3 for a command line that LVM does not take, 5 when the command failed. */
export const LVM_STATUS = { usage: 3, failed: 5 } as const;

const REPORT = ['--reportformat', 'json', '--units', 'b', '--nosuffix'];
const VOLUME_FIELDS =
  'lv_name,vg_name,lv_uuid,lv_path,lv_size,lv_attr,lv_tags,pool_lv,data_percent,metadata_percent';
const GROUP_FIELDS = 'vg_name,vg_uuid,vg_size,vg_free,vg_extent_size';
const EXTENT_UNIT = 512;

/**
 * argv of lvs(8) for all volumes, those of a group, or one (`group` and `name`). Status 5 says that something failed, not
 * that a volume is absent: to learn that, list its group and look for the name.
 */
export function buildLvsArgv(group?: string, name?: string): string[] {
  return ['lvs', ...REPORT, '-o', VOLUME_FIELDS, ...(group === undefined ? [] : [joinName(group, name)])];
}

/** argv of vgs(8) for all volume groups or one. */
export function buildVgsArgv(group?: string): string[] {
  return ['vgs', ...REPORT, '-o', GROUP_FIELDS, ...(group === undefined ? [] : [joinName(group)])];
}

/**
 * argv of lvcreate(8). A plain volume is wiped of what an earlier one left in its extents, so that a new volume never
 * shows an old file system; a thin one reads as zeros anyway. LVM rounds the size up to whole extents.
 */
export function buildLvcreateArgv(wish: {
  readonly group: string;
  readonly pool?: string | undefined;
  readonly name: string;
  readonly sizeBytes: number;
  readonly tags: readonly string[];
}): string[] {
  const tags = wish.tags.flatMap((tag) => ['--addtag', checkTag(tag)]);
  const name = ['--name', checkName('a logical volume', wish.name)];
  const size = `${checkSize(wish.sizeBytes)}b`;
  const group = checkName('a volume group', wish.group);
  if (wish.pool !== undefined) {
    const pool = checkName('a thin pool', wish.pool);
    return ['lvcreate', '--yes', ...name, ...tags, '--virtualsize', size, '--thinpool', pool, group];
  }
  return [
    'lvcreate',
    '--yes',
    '--zero',
    'y',
    '--wipesignatures',
    'y',
    ...name,
    ...tags,
    '--size',
    size,
    group,
  ];
}

/**
 * argv of lvremove(8) that compares and destroys under LVM's own lock: the volume goes only while it has this UUID and
 * this tag. Exit 0 without a message means that it did not match; exit 5 that it is open, or not there.
 */
export function buildLvremoveArgv(
  group: string,
  name: string,
  match: { uuid: string; tag: string },
): string[] {
  const selection = `lv_uuid=${checkUuid(match.uuid)} && lv_tags={"${checkTag(match.tag)}"}`;
  return ['lvremove', '--yes', '--select', selection, joinName(group, name)];
}

/** argv of lvchange(8). Adding a tag that is there, or removing one that is not, succeeds and changes nothing. */
export function buildRetagArgv(
  group: string,
  name: string,
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
): string[] {
  const remove = change.remove.flatMap((tag) => ['--deltag', checkTag(tag)]);
  const add = change.add.flatMap((tag) => ['--addtag', checkTag(tag)]);
  return ['lvchange', ...remove, ...add, joinName(group, name)];
}

/** argv of lvchange(8) that makes the device node of a volume appear. */
export function buildActivateArgv(group: string, name: string): string[] {
  return ['lvchange', '--activate', 'y', joinName(group, name)];
}

export function buildLvrenameArgv(group: string, from: string, to: string): string[] {
  return ['lvrename', checkName('a volume group', group), checkVolume(from), checkVolume(to)];
}

/** argv of lvmconfig(8) that asks where LVM puts its device nodes. */
export const DEVICES_DIRECTORY_ARGV: readonly string[] = ['lvmconfig', '--type', 'full', 'devices/dir'];

/** Reads `dir="/dev"`. */
export function parseDevicesDirectory(output: string): string | undefined {
  return /^dir="(\/[^"\\]*)"$/m.exec(output)?.[1];
}

/** Reads the JSON report of `lvs`. @throws Failure when it is not one */
export function parseLvs(output: string): LogicalVolume[] {
  return readRows(output, 'lv').map((row) => ({
    name: row.lv_name ?? '',
    volumeGroup: row.vg_name ?? '',
    uuid: row.lv_uuid ?? '',
    path: row.lv_path ?? '',
    sizeBytes: readNumber(row.lv_size) ?? 0,
    tags: (row.lv_tags ?? '').split(',').filter((tag) => tag !== ''),
    // lvs(8): the fifth character of lv_attr is the state, the sixth `o` when the device is open.
    active: row.lv_attr?.[4] === 'a',
    open: row.lv_attr?.[5] === 'o',
    pool: row.pool_lv || undefined,
    isPool: row.lv_attr?.[0] === 't',
    dataPercent: readNumber(row.data_percent),
    metadataPercent: readNumber(row.metadata_percent),
  }));
}

/** Reads the JSON report of `vgs`. @throws Failure when it is not one */
export function parseVgs(output: string): VolumeGroup[] {
  return readRows(output, 'vg').map((row) => ({
    name: row.vg_name ?? '',
    uuid: row.vg_uuid ?? '',
    sizeBytes: readNumber(row.vg_size) ?? 0,
    freeBytes: readNumber(row.vg_free) ?? 0,
    extentBytes: readNumber(row.vg_extent_size) ?? 0,
  }));
}

/** The complaints in a JSON report: LVM 2.03.31 puts them there instead of onto standard error. */
export function parseLvmErrors(output: string): string[] {
  try {
    const document = JSON.parse(output) as { log?: { log_type: string; log_message: string }[] };
    return (document.log ?? [])
      .filter((entry) => entry.log_type === 'error')
      .map((entry) => entry.log_message);
  } catch {
    return [];
  }
}

function readRows(output: string, kind: 'lv' | 'vg'): Record<string, string | undefined>[] {
  try {
    const document = JSON.parse(output) as { report: Record<string, Record<string, string>[]>[] };
    return document.report.flatMap((report) => report[kind] ?? []);
  } catch {
    throw new Failure(EXIT.failed, 'RL0651', 'the report of LVM cannot be read: it is not the expected JSON');
  }
}

function readNumber(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text);
}

function joinName(group: string, name?: string): string {
  const checked = checkName('a volume group', group);
  return name === undefined ? checked : `${checked}/${checkVolume(name)}`;
}

const checkVolume = (name: string) => checkName('a logical volume', name);

/** lvm(8), VALID NAMES. */
export function checkName(what: string, name: string): string {
  const reserved =
    /^(snapshot|pvmove)|_(cdata|cmeta|corig|iorig|mimage|mlog|pmspare|rimage|rmeta|tdata|tmeta|vorigin|vdata)/;
  const valid = /^[A-Za-z0-9_+.][A-Za-z0-9_+.-]{0,126}$/.test(name) && name !== '.' && name !== '..';
  return valid && !reserved.test(name) ? name : refuse(what, name);
}

/** lvm(8), Tags: at most 1,024 characters, no leading hyphen. */
function checkTag(tag: string): string {
  return /^[A-Za-z0-9_+./=!:&#][A-Za-z0-9_+./=!:&#-]{0,1023}$/.test(tag) ? tag : refuse('a tag', tag);
}

function checkUuid(uuid: string): string {
  return /^[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}$/.test(uuid)
    ? uuid
    : refuse('a volume UUID', uuid);
}

/** lvcreate refuses a size that is not a multiple of 512 bytes. */
function checkSize(bytes: number): number {
  return Number.isSafeInteger(bytes) && bytes > 0 && bytes % EXTENT_UNIT === 0
    ? bytes
    : refuse('a size in bytes', String(bytes));
}

function refuse(what: string, value: string): never {
  const shown = JSON.stringify(value.slice(0, 200));
  throw new Failure(EXIT.invalid, 'RL0650', `LVM takes no such name for ${what}: ${shown}`);
}
