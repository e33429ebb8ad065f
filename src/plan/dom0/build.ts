import { createHash } from 'node:crypto';
import { DOM0 } from '../../host/paths.ts';
import type { Action, Plan } from '../types.ts';
import { DOM0_PARTS } from './parts.ts';
import type { Dom0Item, Dom0Request } from './types.ts';

/** Everything that this machine must have, compared with what it has, in the order in which it is made. */
export function listDom0Items(request: Dom0Request): Dom0Item[] {
  return DOM0_PARTS.flatMap((part) => [...part(request)]);
}

/** The plan of `dom0 setup`: the actions of all that is to be done. Undefined when there is nothing. */
export function buildDom0Plan(request: Dom0Request, items: readonly Dom0Item[]): Plan | undefined {
  const actions = items.flatMap(({ action }) => (action === undefined ? [] : [action]));
  return actions.length === 0 ? undefined : makeDom0Plan(request, 'dom0-setup', actions);
}

/** The way back from a setup that was finished: its undos, the last first. */
export function buildDom0ReturnPlan(
  request: Pick<Dom0Request, 'operation' | 'relightVersion' | 'site'>,
  done: Plan,
): Plan {
  const actions = done.actions
    .filter((action) => action.undo.length > 0)
    .map(
      (action): Action => ({
        ...action,
        title: `take back: ${action.title}`,
        creates: [],
        destroys: action.creates,
        probe: { kind: 'journal' },
        steps: action.undo,
        undo: [],
      }),
    )
    .reverse();
  return makeDom0Plan(request, 'dom0-return', actions);
}

/** No action is the commit: until the last is done, everything can be taken back. */
export function makeDom0Plan(
  { operation, relightVersion, site }: Pick<Dom0Request, 'operation' | 'relightVersion' | 'site'>,
  route: string,
  actions: readonly Action[],
): Plan {
  return {
    version: 1,
    relight: relightVersion,
    guest: DOM0,
    operation,
    hypervisor: 'xl',
    route,
    specHash: hashValue(site.host),
    hostHash: '',
    replaces: undefined,
    commitAction: '',
    actions,
    secrets: [],
  };
}

function hashValue(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
