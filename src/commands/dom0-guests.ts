import { statePaths } from '../host/paths.ts';
import type { Dom0Item } from '../plan/dom0/types.ts';
import { Failure } from '../report/failure.ts';
import { findOfflineIssues } from '../run/vault/examine.ts';
import type { GuestSpec } from '../spec/types.ts';
import { checkGuestsOnHost } from './check-host.ts';
import type { CommandContext } from './context.ts';
import { type LoadedSite, loadSite } from './load-site.ts';
import { openVaultHost } from './vault-guests.ts';

/**
 * Can each guest be rebuilt right now? Its plan is made, with every check that stands before a rebuild (programs, keys, space,
 * memory, mirror), and thrown away; the vault is asked whether it would work with the internet down. Reads only.
 */
export async function askGuests(
  context: CommandContext,
  options: { readonly site?: string },
): Promise<Dom0Item[]> {
  const loaded = loadSite(context, options.site);
  const items: Dom0Item[] = [];
  for (const guest of loaded.parsed.site?.guests.values() ?? []) {
    items.push(await askGuest(context, loaded, guest, options));
  }
  return items;
}

async function askGuest(
  context: CommandContext,
  loaded: LoadedSite,
  guest: GuestSpec,
  options: { readonly site?: string },
): Promise<Dom0Item> {
  const shared = { id: `guest-${guest.name}`, area: 'guests' as const };
  const [issue] = await checkGuestsOnHost(context, loaded, [guest]);
  const lack = await findOfflineLack(context, guest.name, options);
  const detail =
    lack === undefined ? 'with the internet down, too' : `with the internet down it could not: ${lack}`;
  return issue === undefined
    ? { ...shared, title: `${guest.name} can be rebuilt now`, state: 'ok', detail }
    : { ...shared, title: `${guest.name} cannot be rebuilt now`, state: 'broken', detail, issue };
}

/** What the vault lacks for a guest. */
async function findOfflineLack(
  context: CommandContext,
  name: string,
  options: { readonly site?: string },
): Promise<string | undefined> {
  try {
    const { vault, runner, paths, needs } = await openVaultHost(context, [name], options.site);
    for (const need of needs) {
      const [issue] = await findOfflineIssues({ vault, need, runner, images: statePaths.images(paths) });
      if (issue !== undefined) return issue.message;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.message;
  }
}
