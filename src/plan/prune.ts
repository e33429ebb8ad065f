import type { HostFacts } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import type { Action, Plan } from './types.ts';

/** Default: the last old generation is kept for a week. */
export const KEEP_GENERATIONS = 1;
export const KEEP_DAYS = 7;

/** A generation that is not live: its volumes, and when it was replaced. */
export interface OldGeneration {
  readonly operation: string;
  readonly volumes: readonly string[];
  readonly bytes: number;
  /** Milliseconds since 1970; undefined when the state directory does not know. */
  readonly replacedAt: number | undefined;
}

/** The generations that are neither live nor in the works, the newest first. */
export function findOldGenerations(
  facts: HostFacts,
  replacedAt: ReadonlyMap<string, number>,
  unfinished: string | undefined,
): OldGeneration[] {
  const byOperation = new Map<string, OldGeneration>();
  for (const volume of facts.volumes) {
    const { op, role } = volume.tags;
    if (op === undefined || role === undefined || role === 'data') continue;
    if (op === facts.live?.operation || op === unfinished) continue;
    const known = byOperation.get(op);
    byOperation.set(op, {
      operation: op,
      volumes: [...(known?.volumes ?? []), volume.name],
      bytes: (known?.bytes ?? 0) + volume.size,
      replacedAt: replacedAt.get(op),
    });
  }
  return [...byOperation.values()].sort((a, b) => (b.replacedAt ?? 0) - (a.replacedAt ?? 0));
}

/** Those that may go: beyond the newest one, or older than the time they are kept. `all` spares none. */
export function choosePrunable(
  generations: readonly OldGeneration[],
  now: number,
  all: boolean,
): OldGeneration[] {
  const age = (generation: OldGeneration) =>
    generation.replacedAt === undefined ? undefined : (now - generation.replacedAt) / 86_400_000;
  return generations.filter((generation, index) => {
    const days = age(generation);
    return all || index >= KEEP_GENERATIONS || (days !== undefined && days > KEEP_DAYS);
  });
}

/** Plans the removal of old generations. There is no way back from it, and it never names a kept disk. */
export function buildPrunePlan(request: {
  readonly guest: string;
  readonly facts: HostFacts;
  readonly operation: string;
  readonly hostHash: string;
  readonly relightVersion: string;
  readonly generations: readonly OldGeneration[];
}): Plan {
  const { guest, facts, generations } = request;
  const actions = generations.map((generation): Action => {
    const { operation, volumes } = generation;
    const boot = statePaths.boot(facts.paths, guest, operation);
    return {
      id: `prune-${operation}`,
      phase: 'finish',
      title: `remove generation ${operation}: ${volumes.join(', ')}`,
      creates: [],
      destroys: volumes.map((name) => ({ kind: 'volume', name })),
      probe: { kind: 'journal' },
      steps: [
        ...volumes.map((volume) => ({
          do: 'remove-volume' as const,
          storage: facts.storage,
          volume,
          operation,
        })),
        { do: 'remove', path: statePaths.oldConfig(facts.paths, guest, operation) },
        { do: 'remove', path: `${boot}/vmlinuz` },
        { do: 'remove', path: `${boot}/initrd.img` },
      ],
      undo: [],
    };
  });
  return {
    version: 1,
    relight: request.relightVersion,
    guest,
    operation: request.operation,
    hypervisor: facts.hypervisor,
    route: 'prune',
    specHash: '0'.repeat(64),
    hostHash: request.hostHash,
    replaces: undefined,
    commitAction: '',
    secrets: [],
    actions,
  };
}
