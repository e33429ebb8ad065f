import type { VolumeState, VolumeTags } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import type { StoredVolume } from '../volume-store.ts';

/**
 * Whether a volume of that name counts as created already.
 * @throws Failure RL0711 when the name is taken by anything else
 */
export function requireOwn(found: StoredVolume, size: number, tags: VolumeTags, largest: number): void {
  const differs = findDifference(found, size, tags, largest);
  if (differs === undefined) return;
  throw new Failure(
    EXIT.failed,
    'RL0711',
    `the volume ${found.path} exists already: ${differs}`,
    'rename or remove it yourself; relight never touches a volume that is not its own',
  );
}

function findDifference(
  { size: found, tags: its }: StoredVolume,
  size: number,
  tags: VolumeTags,
  largest: number,
): string | undefined {
  if (its === undefined) return 'relight did not make it';
  if (its.domu !== tags.domu) return `it belongs to the guest ${its.domu}, not ${tags.domu}`;
  if (its.operation !== tags.operation) return `operation ${its.operation} made it, not ${tags.operation}`;
  if (its.role !== tags.role) return `its role is ${its.role}, not ${tags.role}`;
  return found < size || found > largest ? `it has ${found} bytes, not ${size}` : undefined;
}

/** @throws Failure RL0712 unless the volume is this operation's and may take that state */
export function requireTaggable(
  found: StoredVolume | undefined,
  name: string,
  operation: string,
  state: VolumeState,
): VolumeTags {
  if (found === undefined) throw refuse(`the volume ${name} is gone: it cannot be marked as ${state}`);
  const tags = requireOperation(found, operation);
  const isKept = tags.role === 'data' || tags.state === 'kept';
  if (isKept && state !== 'kept') throw refuse(`the volume ${name} is kept: it is never marked as ${state}`);
  return tags;
}

/** @throws Failure RL0712 unless the volume is this operation's, is not kept, and nothing has it open */
export function requireRemovable(found: StoredVolume, operation: string): void {
  const { role, state } = requireOperation(found, operation);
  if (role === 'data' || state === 'kept')
    throw refuse(`the volume ${found.path} is kept: relight never removes it`);
  if (found.open) {
    const hint = `see what holds it: xl list -l; findmnt ${found.path}; fuser -v ${found.path}`;
    throw refuse(`the volume ${found.path} is in use: a guest, a mount or another program has it open`, hint);
  }
}

function requireOperation(found: StoredVolume, operation: string): VolumeTags {
  const { path, tags } = found;
  if (tags === undefined) throw refuse(`the volume ${path} is left alone: relight did not make it`);
  if (tags.operation === operation) return tags;
  throw refuse(`the volume ${path} is left alone: operation ${tags.operation} made it, not ${operation}`);
}

function refuse(message: string, hint?: string): Failure {
  return new Failure(EXIT.failed, 'RL0712', message, hint);
}
