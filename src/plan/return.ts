import type { HostFacts } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import { tagVolumes } from '../resources/volume.ts';
import type { CheckSpec, TimeoutsSpec } from '../spec/types.ts';
import type { Action, DomainDefinition, Plan, Step } from './types.ts';

/** What a way back is made of: the kept configuration of the generation before. */
export interface ReturnRequest {
  readonly guest: string;
  readonly facts: HostFacts;
  readonly operation: string;
  readonly hostHash: string;
  readonly relightVersion: string;
  /** The generation to return to. */
  readonly target: { readonly operation: string; readonly config: string; readonly domain: DomainDefinition };
  /** The generation that is left, for the way forward again should this fail. */
  readonly current: DomainDefinition;
  /** Undefined when the old ready line's nonce is not known any more: then the start is not waited for. */
  readonly nonce: string | undefined;
  readonly mounts: readonly string[];
  readonly checks: readonly CheckSpec[];
  readonly start: 'auto' | 'manual';
  readonly timeouts: TimeoutsSpec;
}

/** Plans the way back from a finished rebuild: the old configuration and root in the place of the new ones. */
export function buildReturnPlan(request: ReturnRequest): Plan {
  const { guest, facts, operation } = request;
  const live = facts.live?.operation;
  if (live === undefined) throw new TypeError('there is no live generation to return from');
  return {
    version: 1,
    relight: request.relightVersion,
    guest,
    operation,
    hypervisor: facts.hypervisor,
    route: 'rollback',
    specHash: '0'.repeat(64),
    hostHash: request.hostHash,
    replaces: live,
    commitAction: 'commit',
    secrets: [],
    actions: [
      ...removeLink(request),
      ...stopCurrent(request, live),
      commitOld(request, live),
      startOld(request),
      finishReturn(request, live),
    ],
  };
}

function makeAction(
  part: Pick<Action, 'id' | 'phase' | 'title' | 'steps' | 'undo'> & Partial<Action>,
): Action {
  return { creates: [], destroys: [], probe: { kind: 'journal' }, ...part };
}

function removeLink({ facts, guest }: ReturnRequest): Action[] {
  const link = statePaths.autoLink(facts.paths, guest);
  if (link === undefined || !facts.autostart) return [];
  return [
    makeAction({
      id: 'remove-autostart',
      phase: 'prepare',
      title: 'take the autostart link away',
      steps: [{ do: 'remove', path: link }],
      undo: [{ do: 'symlink', target: statePaths.config(facts.paths, guest), path: link }],
    }),
  ];
}

function stopCurrent(request: ReturnRequest, live: string): Action[] {
  const { facts, guest, operation, current } = request;
  if (!facts.running) return [];
  const config = statePaths.config(facts.paths, guest);
  const console = `${statePaths.operation(facts.paths, guest, operation)}/console-${live}.log`;
  const restart: Step[] = [{ do: 'start-domain', domain: current, config, console }];
  return [
    makeAction({
      id: 'stop-current',
      phase: 'stop',
      title: `shut ${guest} down`,
      steps: [{ do: 'shutdown-domain', domain: guest, deadline: request.timeouts.shutdown }],
      undo: restart,
    }),
  ];
}

function commitOld({ facts, guest, target }: ReturnRequest, live: string): Action {
  const path = statePaths.config(facts.paths, guest);
  const kept = statePaths.oldConfig(facts.paths, guest, live);
  return makeAction({
    id: 'commit',
    phase: 'commit',
    title: `put the configuration of ${target.operation} back: ${path}`,
    creates: [{ kind: 'file', name: path }],
    probe: { kind: 'config', path, operation: target.operation },
    steps: [
      { do: 'keep-file', from: path, to: kept },
      { do: 'restore-file', from: target.config, to: path },
    ],
    undo: [
      { do: 'keep-file', from: path, to: target.config },
      { do: 'restore-file', from: kept, to: path },
    ],
  });
}

function startOld(request: ReturnRequest): Action {
  const { facts, guest, target, operation, nonce, mounts, checks, timeouts } = request;
  const config = statePaths.config(facts.paths, guest);
  const console = `${statePaths.operation(facts.paths, guest, operation)}/console.log`;
  const addresses = target.domain.nics.flatMap((nic) =>
    nic.ipv4?.kind === 'static' ? [nic.ipv4.address.replace(/\/.*/, '')] : [],
  );
  const prove: Step[] =
    nonce === undefined
      ? []
      : [
          { do: 'wait-ready', domain: guest, console, nonce, deadline: timeouts.ready, mounts },
          { do: 'run-checks', domain: guest, addresses, checks, deadline: timeouts.checks },
        ];
  return makeAction({
    id: 'start-old',
    phase: 'start',
    title: `start ${guest} as it was before`,
    creates: [{ kind: 'domain', name: guest }],
    steps: [{ do: 'start-domain', domain: target.domain, config, console }, ...prove],
    undo: [{ do: 'destroy-domain', domain: guest }],
  });
}

function finishReturn(request: ReturnRequest, live: string): Action {
  const { facts, guest, target, start } = request;
  const link = statePaths.autoLink(facts.paths, guest);
  const names = (operation: string) =>
    facts.volumes
      .filter((volume) => volume.tags.op === operation && volume.tags.role !== 'data')
      .map((volume) => volume.name);
  return makeAction({
    id: 'finish',
    phase: 'finish',
    title: 'mark the old volumes live again',
    steps: [
      ...(link !== undefined && start === 'auto'
        ? [{ do: 'symlink' as const, target: statePaths.config(facts.paths, guest), path: link }]
        : []),
      ...tagVolumes(facts.storage, names(target.operation), target.operation, 'live'),
      ...tagVolumes(facts.storage, names(live), live, 'old'),
    ],
    undo: [
      ...(link !== undefined && start === 'auto' && !facts.autostart
        ? [{ do: 'remove' as const, path: link }]
        : []),
      ...tagVolumes(facts.storage, names(target.operation), target.operation, 'old'),
      ...tagVolumes(facts.storage, names(live), live, 'live'),
    ],
  });
}
