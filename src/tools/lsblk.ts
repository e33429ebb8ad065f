import { EXIT, Failure } from '../report/failure.ts';

interface Row {
  readonly type?: string;
  readonly size?: number | string;
  readonly mountpoints?: readonly (string | null)[];
  readonly children?: readonly Row[];
}

/** argv of lsblk(8) for one device and what lies on it. */
export function buildDiskArgv(path: string): string[] {
  return ['lsblk', '--json', '--bytes', '--output', 'NAME,TYPE,SIZE,MOUNTPOINTS', path];
}

/** Reads the report about one device. @throws Failure RL1420 when it is none */
export function parseDisk(output: string): {
  readonly sizeBytes: number;
  readonly isDisk: boolean;
  readonly mounted: boolean;
  readonly partitions: number;
} {
  let device: Row | undefined;
  try {
    device = (JSON.parse(output) as { blockdevices?: Row[] }).blockdevices?.[0];
  } catch {
    device = undefined;
  }
  if (device === undefined) throw new Failure(EXIT.failed, 'RL1420', 'the report of lsblk cannot be read');
  const rows = flatten(device);
  return {
    sizeBytes: Number(device.size ?? 0),
    isDisk: device.type === 'disk' || device.type === 'loop',
    mounted: rows.some((row) => (row.mountpoints ?? []).some((place) => place !== null)),
    partitions: rows.length - 1,
  };
}

function flatten(row: Row): Row[] {
  return [row, ...(row.children ?? []).flatMap(flatten)];
}
