import { listForwards } from '../../render/host-network/forwards.ts';
import { hostNetworkPaths } from '../../render/host-network/paths.ts';
import { changeFiles, listCreated, listDifferent } from '../dom0/change-files.ts';
import { listGuestFiles } from '../dom0/network-firewall.ts';
import { NETWORK_DEADLINE } from '../dom0/network-links.ts';
import type { Action, Step } from '../types.ts';
import type { PlanContext } from './request.ts';

/** Where dom0's own network files are. */
const AT = { etc: '/etc' };

/**
 * The guest's forwards as its spec has them, on a dom0 whose networks relight set up. Each guest has files of its own,
 * so that two rebuilds at once do not meet.
 */
export function restoreForwards(context: PlanContext): Action[] {
  const { site, guest, facts, operationDirectory } = context;
  if (facts.network === undefined) return [];
  const wanted = listGuestFiles(guest, site, facts.network, AT);
  if (listDifferent(wanted, facts.network.files).length === 0) return [];
  const kept = `${operationDirectory}/kept`;
  const { steps, undo } = changeFiles(wanted, { files: facts.network.files, keep: kept });
  const load: Step = { do: 'run', argv: [hostNetworkPaths.load(AT)], deadline: NETWORK_DEADLINE };
  const count = listForwards(guest, site.networks).length;
  return [
    {
      id: 'forwards',
      phase: 'start',
      title:
        count === 0
          ? `forward nothing to ${guest.name} any more`
          : `forward ${count} public addresses or ports to ${guest.name}`,
      creates: listCreated(wanted),
      destroys: [],
      probe: { kind: 'journal' },
      steps: [...steps, load],
      undo: [...undo, load],
    },
  ];
}
