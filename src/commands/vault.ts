import { makeIssue } from '../report/codes.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import type { Issue } from '../report/issue.ts';
import { acquireLock } from '../run/lock.ts';
import { requireRoot } from '../run/identity.ts';
import { statePaths } from '../host/paths.ts';
import { findOfflineIssues } from '../run/vault/examine.ts';
import { fillVault } from '../run/vault/fill.ts';
import { pruneVault } from '../run/vault/prune.ts';
import { formatSize } from '../spec/size.ts';
import { vaultLayout } from '../vault/manifest.ts';
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
  return withVaultLock(context, host, 'fill', async () => {
    let status: ExitStatus = EXIT.done;
    for (const need of host.needs) {
      if (need.route !== 'bootstrap') {
        const issues = await findIssues(host, need);
        context.say(issues.length === 0 ? `${need.guest}: nothing to fetch for image ${need.image}\n` : '');
        sayIssues(context, issues);
        if (issues.length > 0) status = EXIT.notReady;
        continue;
      }
      context.say(`${need.guest}: looking up the packages of ${need.suite}\n`);
      const result = await fillVault(host.vault, host.runner, need, () => new Date());
      for (const path of result.aside) context.say(`a corrupt package was set aside: ${path}\n`);
      const { packages } = result.manifest;
      const bytes = packages.reduce((sum, each) => sum + each.size, 0);
      context.print(
        `${need.guest}: ${packages.length} packages, ${formatBytes(bytes)}; fetched now: ${result.fetched}, ` +
          `${formatBytes(result.fetchedBytes)}; index signed by ${result.fingerprint}\n`,
      );
    }
    return status;
  });
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
      const words = ready ? 'can be rebuilt with the internet down' : 'CANNOT be rebuilt with the internet down';
      context.print(`${name} (${route}): ${words}\n`);
      for (const issue of issues) context.print(formatIssue(issue));
    }
  }
  return guests.every(({ ready }) => ready) ? EXIT.done : EXIT.notReady;
}

/** `relight vault prune`: remove what no guest of the site needs any more. */
export async function runVaultPrune(context: CommandContext, options: VaultOptions): Promise<ExitStatus> {
  requireRoot('relight vault prune');
  const host = await openVaultHost(context, [], options.site);
  return withVaultLock(context, host, 'prune', async () => {
    const guests = new Set(host.loaded.parsed.guestFiles.keys());
    const { objects, bytes } = await pruneVault(host.vault, host.runner, guests);
    context.print(`${objects} objects removed, ${formatBytes(bytes)}\n`);
    return EXIT.done;
  });
}

function findIssues(host: VaultHost, need: VaultHost['needs'][number]): Promise<Issue[]> {
  const { vault, runner, paths } = host;
  return findOfflineIssues({ vault, need, runner, images: statePaths.images(paths) });
}

async function withVaultLock(
  context: CommandContext,
  host: VaultHost,
  command: string,
  act: () => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const path = `${host.vault.directory}/${vaultLayout.lock}`;
  const holder = { pid: context.pid, command: `relight vault ${command}`, since: new Date().toISOString() };
  const lock = await acquireLock(path, holder, context.environment);
  try {
    return await act();
  } finally {
    lock.release();
  }
}

function sayIssues(context: CommandContext, issues: readonly Issue[]): void {
  for (const issue of issues) context.say(formatIssue(issue));
}

function formatIssue({ code, message, hint }: Issue): string {
  return `  ${code}: ${message}\n${hint === undefined ? '' : `    hint: ${hint}\n`}`;
}
