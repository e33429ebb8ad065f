import { isForwardWritten } from '../plan/map/guest.ts';
import { describeForward, listForwards } from '../render/host-network/forwards.ts';
import type { GuestSpec, Site } from '../spec/types.ts';

/** What the spec forwards to a guest, and whether dom0's files have it. Whether they are loaded is for `dom0 check`. */
export function listForwarded(
  guest: GuestSpec,
  site: Site | undefined,
  files: ReadonlyMap<string, string>,
): { readonly text: string; readonly inPlace: boolean }[] {
  return listForwards(guest, site?.networks ?? new Map()).map((forward) => ({
    text: describeForward(forward),
    inPlace: isForwardWritten(forward, files),
  }));
}
