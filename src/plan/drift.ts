import type { DomainShape } from './shape.ts';

/** A field in which a guest is not what it should be. A side that does not say anything is left out. */
export interface DriftField {
  readonly field: string;
  /** By the spec. */
  readonly wanted?: string;
  /** By the configuration that the guest starts from. */
  readonly configured?: string;
  /** By the running domain. */
  readonly running?: string;
}

export interface ComparedShapes {
  readonly wanted: DomainShape | undefined;
  readonly configured: DomainShape | undefined;
  readonly running: DomainShape | undefined;
}

const FIELDS = ['type', 'boot', 'memory', 'vcpus', 'uuid', 'disks', 'nics'] as const;
const SIDES = ['wanted', 'configured', 'running'] as const;

/** Compares spec, configuration and running domain field by field. What one of them does not say is no difference. */
export function findDrift(shapes: ComparedShapes): DriftField[] {
  const fields = FIELDS.flatMap((field) => {
    const row = readRow(shapes, field);
    return hasDifference(row, field === 'disks' ? dropOperations : (text) => text) ? [row] : [];
  });
  if (fields.some(({ field }) => field === 'disks')) return fields;
  // The same disks, and yet other volumes: the domain still runs from a generation that has been replaced.
  const { configured, running } = readRow(shapes, 'disks');
  if (configured === undefined || running === undefined || configured === running) return fields;
  return [...fields, { field: 'volumes', configured, running }];
}

/** `memory: 2 GiB wanted, 1 GiB configured, 1 GiB running`. */
export function formatDrift(drift: DriftField): string {
  const sides = SIDES.flatMap((side) =>
    drift[side] === undefined ? [] : [`${drift[side] === '' ? 'none' : drift[side]} ${side}`],
  );
  return `${drift.field}: ${sides.join(', ')}`;
}

function readRow(shapes: ComparedShapes, field: (typeof FIELDS)[number]): DriftField {
  const sides = SIDES.flatMap((side) => {
    const value = shapes[side]?.[field];
    if (value === undefined) return [];
    return [[side, typeof value === 'string' ? value : value.join(' ')] as const];
  });
  return { field, ...Object.fromEntries(sides) };
}

function hasDifference(row: DriftField, normalise: (text: string) => string): boolean {
  const values = SIDES.map((side) => row[side]).filter((value) => value !== undefined);
  return new Set(values.map(normalise)).size > 1;
}

/** `xvda=web1-root.7f3a21` is the disk `xvda=web1-root`, made by operation 7f3a21. */
const dropOperations = (text: string) => text.replace(/\.[0-9a-f]{6}(?= |$)/g, '');
