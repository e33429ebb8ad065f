import type { VolumeState, VolumeTags } from '../../plan/types.ts';

const PREFIX = 'relight.';
const ROLES: readonly string[] = ['root', 'swap', 'data'] satisfies VolumeTags['role'][];
const STATES: readonly string[] = ['building', 'live', 'old', 'kept'] satisfies VolumeState[];

/** A kept volume that has been created, and still has in its extents what the volume before left there. */
export const UNWIPED_TAG = `${PREFIX}unwiped=yes`;

/** The tags of a volume as LVM holds them. */
export function formatTags(tags: VolumeTags): string[] {
  return [
    `${PREFIX}domu=${tags.domu}`,
    operationTag(tags.operation),
    `${PREFIX}role=${tags.role}`,
    stateTag(tags.state),
  ];
}

export function operationTag(operation: string): string {
  return `${PREFIX}op=${operation}`;
}

export function stateTag(state: VolumeState): string {
  return `${PREFIX}state=${state}`;
}

/** Reads LVM's tags. Undefined when relight's are missing, unknown, or contradict each other: then it is not ours. */
export function parseTags(tags: readonly string[]): VolumeTags | undefined {
  const values = new Map<string, string>();
  for (const tag of tags) {
    const match = /^relight\.([a-z]+)=(.*)$/.exec(tag);
    if (match?.[1] === undefined) continue;
    if (values.has(match[1])) return undefined;
    values.set(match[1], match[2] ?? '');
  }
  return makeTags({
    domu: values.get('domu'),
    operation: values.get('op'),
    role: values.get('role'),
    state: values.get('state'),
  });
}

/** Checks what was read. A kept volume need not name the operation that made it: nothing depends on it. */
export function makeTags(raw: Readonly<Record<keyof VolumeTags, unknown>>): VolumeTags | undefined {
  const { domu, role, state } = raw;
  const operation = raw.operation ?? (state === 'kept' ? '' : undefined);
  const isText = [domu, operation, role, state].every((value) => typeof value === 'string');
  if (!isText || domu === '' || !ROLES.includes(String(role)) || !STATES.includes(String(state)))
    return undefined;
  return { domu, operation, role, state } as VolumeTags;
}
