import { join, resolve } from 'node:path';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { formatPretty } from '../report/format-pretty.ts';
import { makeFailure } from '../report/make-failure.ts';
import { makeDirectory, pathExists, readTextFile, writeFileAtomically } from '../run/files.ts';
import { readSite } from '../run/read-site.ts';
import { ask, isTerminal } from '../run/terminal.ts';
import { type FirstAnswers, writeFirstGuest, writeFirstSite } from '../spec/first-site.ts';
import { parseSite } from '../spec/parse-site.ts';
import { guestName } from '../spec/scalars.ts';
import type { CommandContext } from './context.ts';
import { nameFileFrom } from './name-file.ts';

export interface InitOptions {
  readonly site?: string;
  readonly lvm?: string;
  readonly bridge?: string;
  readonly suite?: string;
  readonly memory?: string;
  readonly disk?: string;
  readonly address?: string;
  readonly gateway?: string;
  readonly user?: string;
  readonly sshKey?: string;
}

const LARGEST_KEY = 64 * 1024;

/**
 * `relight init [NAME]`: a first site and a first guest, as files that `check` has nothing against. Nothing is written
 * over. A terminal is asked for what no flag says; elsewhere the defaults hold.
 * @throws Failure with status 3 when the answers make no valid site; then nothing is written
 */
export async function runInit(
  context: CommandContext,
  name: string | undefined,
  options: InitOptions,
): Promise<ExitStatus> {
  const named = options.site ?? (context.environment.RELIGHT_SITE || '/etc/relight');
  const directory = resolve(context.workingDirectory, named);
  const siteFile = join(directory, 'site.yaml');
  const hasSite = pathExists(siteFile);
  const answers = await gatherAnswers(name, options, hasSite ? findNetwork(directory) : undefined);
  // It becomes a file name: no guest's file may lie elsewhere.
  if (answers.name !== undefined && !guestName.safeParse(answers.name).success) {
    throw makeFailure(EXIT.invalid, 'RL2101', { value: answers.name });
  }
  const guestFile = answers.name === undefined ? undefined : join(directory, 'domus', `${answers.name}.yaml`);
  const files = new Map<string, string>();
  if (!hasSite) files.set(siteFile, writeFirstSite(answers));
  if (guestFile !== undefined && answers.name !== undefined) {
    if (pathExists(guestFile)) throw makeFailure(EXIT.usage, 'RL0780', { path: guestFile });
    files.set(guestFile, writeFirstGuest(answers.name, answers));
  }
  if (files.size === 0) throw makeFailure(EXIT.usage, 'RL0780', { path: siteFile });
  refuseInvalid(context, directory, hasSite, files);
  for (const [file, text] of files) {
    makeDirectory(resolve(file, '..'), 0o755);
    writeFileAtomically(file, text, 0o644);
    context.print(`wrote ${file}\n`);
  }
  const site = directory === '/etc/relight' ? '' : ` --site ${directory}`;
  context.print(
    `next: relight check${site}${answers.name === undefined ? '' : `   and: relight plan ${answers.name}${site}`}\n`,
  );
  return EXIT.done;
}

async function gatherAnswers(
  name: string | undefined,
  options: InitOptions,
  network: string | undefined,
): Promise<FirstAnswers> {
  const answer = async (given: string | undefined, question: string, fallback: string) =>
    given ?? (isTerminal() ? await ask(question, fallback) : fallback);
  const orNone = (text: string) => (text === '' ? undefined : text);
  const guest = orNone(await answer(name, 'name of the guest (empty: only the site)', ''));
  const isNew = network === undefined;
  const address =
    guest === undefined
      ? 'dhcp'
      : await answer(options.address, 'its address: dhcp, or as in 192.0.2.10/24', 'dhcp');
  const keyFile =
    guest === undefined
      ? ''
      : await answer(options.sshKey, 'file of the public key that may log in (empty: none)', '');
  return {
    name: guest,
    volumeGroup: isNew
      ? orNone(await answer(options.lvm, 'LVM volume group for disks (empty: disks as files)', ''))
      : undefined,
    network: network ?? 'lan',
    bridge: isNew ? await answer(options.bridge, 'bridge of the dom0', 'xenbr0') : '',
    suite: await answer(options.suite, 'Debian suite', 'trixie'),
    memory: guest === undefined ? '' : await answer(options.memory, 'memory', '2GiB'),
    disk: guest === undefined ? '' : await answer(options.disk, 'size of the root disk', '8GiB'),
    address,
    gateway:
      address === 'dhcp' ? undefined : orNone(await answer(options.gateway, 'gateway (empty: none)', '')),
    user: guest === undefined ? '' : await answer(options.user, 'user who may use sudo', 'admin'),
    sshKey: keyFile === '' ? undefined : readTextFile(keyFile, LARGEST_KEY).trim(),
  };
}

/** The first network of a site that is there already. */
function findNetwork(directory: string): string {
  const { site } = parseSite(readSite(directory));
  return [...(site?.networks.keys() ?? [])][0] ?? 'lan';
}

/** The files are judged as `check` would, before any is written; warnings are said and hinder nothing. */
function refuseInvalid(
  context: CommandContext,
  directory: string,
  hasSite: boolean,
  files: ReadonlyMap<string, string>,
): void {
  const there = hasSite ? readSite(directory) : undefined;
  const parsed = parseSite({ directory, files: new Map([...(there?.files ?? []), ...files]) });
  const issues = parsed.issues.filter(({ position }) => files.has(position?.file ?? ''));
  if (issues.length === 0) return;
  const errors = issues.filter(({ severity }) => severity === 'error');
  const report = {
    issues: errors.length === 0 ? issues : errors,
    sources: parsed.sources,
    nameFile: nameFileFrom(context.workingDirectory),
  };
  context.say(formatPretty(report, { color: context.color }));
  if (errors.length === 0) return;
  throw new Failure(EXIT.invalid, 'RL0781', 'these answers make no valid site; nothing was written');
}
