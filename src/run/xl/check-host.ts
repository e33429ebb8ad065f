import {
  buildInstalledArgv,
  checkBridges,
  checkGuestType,
  checkMemory,
  explainXlFailure,
  LINKS_ARGV,
  listXenFiles,
  parseInstalled,
} from '../../host/xl-checks.ts';
import type { DomainDefinition } from '../../plan/types.ts';
import { listBootSettings } from '../../render/xl-boot.ts';
import { makeIssue } from '../../report/codes.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import type { Issue } from '../../report/issue.ts';
import { parseXlList, XL_INFO_ARGV, XL_LIST_ARGV } from '../../tools/xl.ts';
import { pathExists } from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import { ANSWER_SECONDS } from './answer.ts';
import { checkXlLock, XL_LOCK_PLACES, type XlLockPlaces } from './create-lock.ts';

/** What is about to be started on this host. */
export interface XlNeeds {
  readonly domain: DomainDefinition;
  /** Interfaces of this machine that the domain's nics are attached to. */
  readonly bridges: readonly string[];
  /** Names of domains that are stopped before the domain starts. */
  readonly stopped: readonly string[];
  /** Default: those of Debian. */
  readonly lock?: XlLockPlaces;
}

/** What this host lacks for starting a domain. Reads only; looks at everything, so that all findings come at once. */
export async function checkXlHost(runner: Runner, needs: XlNeeds): Promise<Issue[]> {
  const { domain, bridges, stopped } = needs;
  const answers: string[] = [];
  for (const argv of [XL_INFO_ARGV, XL_LIST_ARGV]) {
    const result = await runner.run({ argv, deadlineSeconds: ANSWER_SECONDS });
    if (result.failed) return [explainXlFailure(argv.join(' '), result.stderr, result.timedOut)];
    answers.push(result.stdout);
  }
  const [info = '', list = ''] = answers;
  return [
    ...checkGuestType(domain, info),
    ...checkMemory(domain, info, parseXlList(list), stopped),
    ...(await findMissingBridges(runner, bridges)),
    ...(await findMissingFiles(runner, domain)),
    ...(await checkXlLock(needs.lock ?? XL_LOCK_PLACES)),
  ];
}

/** @throws Failure EXIT.notReady with all that this host lacks */
export async function requireXlHost(runner: Runner, needs: XlNeeds): Promise<void> {
  const [first, ...others] = await checkXlHost(runner, needs);
  if (first === undefined) return;
  const message = [first, ...others].map((issue) => issue.message).join('\n  ');
  const hints = [first, ...others].map((issue) => issue.hint).filter((hint) => hint !== undefined);
  throw new Failure(EXIT.notReady, first.code, message, [...new Set(hints)].join('\n'));
}

async function findMissingBridges(runner: Runner, bridges: readonly string[]): Promise<Issue[]> {
  if (bridges.length === 0) return [];
  const result = await runner.run({ argv: LINKS_ARGV, deadlineSeconds: ANSWER_SECONDS });
  return checkBridges(bridges, requireSuccess(result).stdout);
}

/** A file counts when it is there, or when its package is: a package may have moved it. */
async function findMissingFiles(runner: Runner, domain: DomainDefinition): Promise<Issue[]> {
  const absent = listXenFiles(domain, findGrubImage(domain)).filter((file) => !pathExists(file.path));
  if (absent.length === 0) return [];
  const argv = buildInstalledArgv(absent.map((file) => file.package));
  const result = await runner.run({ argv, deadlineSeconds: ANSWER_SECONDS, accept: [1] });
  const installed = parseInstalled(result.stdout);
  return absent
    .filter((file) => !installed.includes(file.package))
    .map(({ what, path, package: name }) => makeIssue('RL0775', { what, path, package: name }));
}

function findGrubImage(domain: DomainDefinition): string | undefined {
  if (domain.boot !== 'grub') return undefined;
  const [, image] = listBootSettings(domain).find(([key]) => key === 'kernel') ?? [];
  return typeof image === 'string' ? image : undefined;
}
