import { statePaths } from '../host/paths.ts';
import { formatIssueLines, formatSize } from '../iso/show.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import type { Issue } from '../report/issue.ts';
import { requireRoot } from '../run/identity.ts';
import type { Runner } from '../run/runner.ts';
import { findOfflineIssues } from '../run/vault/examine.ts';
import { fillVault } from '../run/vault/fill.ts';
import { withVaultLock } from '../run/vault/lock.ts';
import { pruneVault } from '../run/vault/prune.ts';
import type { VaultNeed } from '../vault/need.ts';
import type { CommandContext } from './context.ts';
import { openVaultHost, type VaultHost } from './vault-guests.ts';

export interface VaultOptions {
  readonly site?: string;
  readonly json?: boolean;
}

/** The version of the JSON that `vault check` prints. */
const JSON_VERSION = 1;

/** `relight vault fill [NAME]...`: fetch and index what the guests' rebuilds need. */
export async function runVaultFill(
  context: CommandContext,
  names: readonly string[],
  options: VaultOptions,
): Promise<ExitStatus> {
  requireRoot('relight vault fill');
  const host = await openVaultHost(context, names, options.site);
  const request = { ...context, command: 'relight vault fill' };
  return withVaultLock(host.vault, request, async (runner) => {
    let complete = true;
    for (const need of host.needs) complete = (await fillGuest(context, host, runner, need)) && complete;
    return complete ? EXIT.done : EXIT.notReady;
  });
}

/** @returns whether the guest can be rebuilt from what is stored now */
async function fillGuest(
  context: CommandContext,
  host: VaultHost,
  runner: Runner,
  need: VaultNeed,
): Promise<boolean> {
  if (need.image !== undefined) {
    const issues = await findIssues(host, need);
    context.say(formatIssueLines(issues));
    if (issues.length === 0) context.print(`${need.guest}: its image ${need.image} is stored and whole\n`);
    return issues.length === 0;
  }
  context.say(`${need.guest}: looking up the packages of ${need.suite}\n`);
  const result = await fillVault(host.vault, runner, need, () => new Date());
  for (const path of result.aside) context.say(`a corrupt package was set aside: ${path}\n`);
  const { packages } = result.manifest;
  const bytes = packages.reduce((sum, each) => sum + each.size, 0);
  const fetched =
    result.fetched === 0
      ? 'all there already'
      : `${result.fetched} fetched, ${formatSize(result.fetchedBytes)}`;
  context.print(
    `${need.guest}: ${packages.length} packages, ${formatSize(bytes)} (${fetched}); index signed by ${result.fingerprint}\n`,
  );
  if (need.route !== 'bootstrap') context.say(formatIssueLines(await findIssues(host, need)));
  return need.route === 'bootstrap';
}

/** `relight vault check [NAME]...`: would a rebuild work with the internet down? 0 when all would, 4 when not. */
export async function runVaultCheck(
  context: CommandContext,
  names: readonly string[],
  options: VaultOptions,
): Promise<ExitStatus> {
  const host = await openVaultHost(context, names, options.site);
  const guests: { name: string; route: string; ready: boolean; issues: Issue[] }[] = [];
  for (const need of host.needs) {
    const issues = await findIssues(host, need);
    guests.push({ name: need.guest, route: need.route, ready: issues.length === 0, issues });
  }
  if (options.json === true) {
    const value = { version: JSON_VERSION, vault: host.vault.directory, guests };
    context.print(`${JSON.stringify(value, undefined, 2)}\n`);
  } else {
    for (const { name, route, ready, issues } of guests) {
      const words = ready
        ? 'can be rebuilt with the internet down'
        : 'cannot be rebuilt with the internet down';
      context.print(`${name} (${route}) ${words}\n${formatIssueLines(issues)}`);
    }
  }
  return guests.every(({ ready }) => ready) ? EXIT.done : EXIT.notReady;
}

/** `relight vault prune`: remove what no guest of the site needs any more. */
export async function runVaultPrune(context: CommandContext, options: VaultOptions): Promise<ExitStatus> {
  requireRoot('relight vault prune');
  const host = await openVaultHost(context, [], options.site);
  return withVaultLock(host.vault, { ...context, command: 'relight vault prune' }, async (runner) => {
    const guests = new Set(host.loaded.parsed.guestFiles.keys());
    const { objects, bytes } = await pruneVault(host.vault, runner, guests);
    context.print(`${objects} objects removed, ${formatSize(bytes)}\n`);
    return EXIT.done;
  });
}

function findIssues({ vault, runner, paths }: VaultHost, need: VaultNeed): Promise<Issue[]> {
  return findOfflineIssues({ vault, need, runner, images: statePaths.images(paths) });
}
