import { statePaths } from '../host/paths.ts';
import { formatIssueLines, formatSize } from '../iso/show.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import type { Issue } from '../report/issue.ts';
import { requireRoot } from '../run/identity.ts';
import { examineOffline, findOfflineIssues, type OfflineAnswer } from '../run/vault/examine.ts';
import { fillVault } from '../run/vault/fill.ts';
import { withVaultLock } from '../run/vault/lock.ts';
import { pruneVault } from '../run/vault/prune.ts';
import type { VaultNeed } from '../vault/need.ts';
import type { CommandContext } from './context.ts';
import { refuseWhileAtWork } from './refuse-busy.ts';
import { openVaultHost, type VaultHost } from './vault-guests.ts';
import { fillForInstaller } from './vault-installer.ts';

export interface VaultOptions {
  readonly site?: string;
  readonly json?: boolean;
}

interface CheckedGuest extends OfflineAnswer {
  readonly name: string;
  readonly route: string;
  readonly ready: boolean;
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
    for (const [index, need] of host.needs.entries()) {
      complete = (await fillGuest(context, { ...host, runner }, need, host.requests[index])) && complete;
    }
    return complete ? EXIT.done : EXIT.notReady;
  });
}

/** @returns whether the guest can be rebuilt from what is stored now */
async function fillGuest(
  context: CommandContext,
  host: VaultHost,
  need: VaultNeed,
  request: PlanRequest | undefined,
): Promise<boolean> {
  if (need.image !== undefined) {
    const issues = await findIssues(host, need);
    context.say(formatIssueLines(issues));
    if (issues.length === 0) context.print(`${need.guest}: its image ${need.image} is stored and whole\n`);
    return issues.length === 0;
  }
  context.say(`${need.guest}: looking up the packages of ${need.suite}\n`);
  const result = await fillVault(host.vault, host.runner, need, () => new Date());
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
  if (need.medium !== undefined && need.refused === undefined && request !== undefined) {
    await fillForInstaller(context, host, need, request);
  }
  if (need.route === 'bootstrap') return true;
  const issues = await findIssues(host, need);
  context.say(formatIssueLines(issues));
  return issues.length === 0;
}

/** `relight vault check [NAME]...`: would a rebuild work with the internet down? 0 when all would, 4 when not. */
export async function runVaultCheck(
  context: CommandContext,
  names: readonly string[],
  options: VaultOptions,
): Promise<ExitStatus> {
  const host = await openVaultHost(context, names, options.site);
  const guests: CheckedGuest[] = [];
  for (const need of host.needs) {
    const answer = await examineOffline({ ...describeHost(host), need });
    const { guest: name, route } = need;
    guests.push({ name, route, ready: answer.issues.length === 0, ...answer });
  }
  if (options.json === true) {
    const value = { version: JSON_VERSION, vault: host.vault.directory, guests };
    context.print(`${JSON.stringify(value, undefined, 2)}\n`);
  } else {
    for (const guest of guests) context.print(formatChecked(guest));
  }
  return guests.every(({ ready }) => ready) ? EXIT.done : EXIT.notReady;
}

/** `relight vault prune`: remove what no guest of the site needs any more. */
export async function runVaultPrune(context: CommandContext, options: VaultOptions): Promise<ExitStatus> {
  requireRoot('relight vault prune');
  const host = await openVaultHost(context, [], options.site);
  return withVaultLock(host.vault, { ...context, command: 'relight vault prune' }, async (runner) => {
    const guests = new Set(host.loaded.parsed.guestFiles.keys());
    for (const guest of guests) refuseWhileAtWork(host.paths, guest, 'the vault');
    const { objects, bytes } = await pruneVault(host.vault, runner, guests);
    context.print(`${objects} objects removed, ${formatSize(bytes)}\n`);
    return EXIT.done;
  });
}

/** Whether another route would do is no reason to call the guest ready: `rebuild` takes its own. */
function formatChecked({ name, route, ready, issues, byBootstrap }: CheckedGuest): string {
  const words = ready ? 'can be rebuilt with the internet down' : 'cannot be rebuilt with the internet down';
  const own = `${name} (${route}) ${words}\n${formatIssueLines(issues)}`;
  if (byBootstrap === undefined) return own;
  return byBootstrap.length === 0
    ? `${own}${name} can be by another route: relight rebuild ${name} --route bootstrap --offline\n`
    : `${own}${name} cannot be by route bootstrap either\n${formatIssueLines(byBootstrap)}`;
}

function findIssues(host: VaultHost, need: VaultNeed): Promise<readonly Issue[]> {
  return findOfflineIssues({ ...describeHost(host), need });
}

function describeHost({ vault, runner, paths }: VaultHost) {
  return { vault, runner, images: statePaths.images(paths) };
}
