import { makeIssue } from '../report/codes.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { formatGithub } from '../report/format-github.ts';
import { formatJson } from '../report/format-json.ts';
import { formatPretty, type IssueReport, type SourceTexts } from '../report/format-pretty.ts';
import type { Issue } from '../report/issue.ts';
import { findSite, findSiteOfFile, looksLikeFile, type SpecFile } from '../run/find-site.ts';
import type { GuestSpec } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import { type LoadedSite, loadSiteAt, makeUnknownGuest } from './load-site.ts';
import { nameFileFrom } from './name-file.ts';

export interface CheckOptions {
  readonly site?: string;
  readonly format: string;
  readonly host?: boolean;
}

/** The checks against this machine of `--host`: given the guests without errors, what does not fit here. */
export type CheckHost = (loaded: LoadedSite, guests: readonly GuestSpec[]) => Promise<readonly Issue[]>;

const FORMATS = ['pretty', 'json', 'github'];

/** `relight check`: 0 without errors, 3 with errors. */
export async function runCheck(
  context: CommandContext,
  names: readonly string[],
  options: CheckOptions,
  checkHost?: CheckHost,
): Promise<ExitStatus> {
  if (!FORMATS.includes(options.format)) throw makeUsage(makeIssue('RL1111', { value: options.format }));
  if (options.host === true && checkHost === undefined) throw makeUsage(makeIssue('RL1116', {}));
  const results: Selection[] = [];
  for (const target of listTargets(context, names, options.site)) {
    const result = selectIssues(target);
    if (options.host === true && checkHost !== undefined) {
      const guests = result.guests.flatMap((name) => target.loaded.parsed.site?.guests.get(name) ?? []);
      result.issues.push(...(await checkHost(target.loaded, guests)));
    }
    results.push(result);
  }
  const report: IssueReport = {
    issues: results.flatMap((result) => result.issues),
    sources: {
      get: (file) => results.map((result) => result.sources.get(file)).find((text) => text !== undefined),
    },
    nameFile: nameFileFrom(context.workingDirectory),
  };
  const checked = {
    guests: results.reduce((sum, result) => sum + result.guests.length, 0),
    images: results.reduce((sum, result) => sum + result.images.length, 0),
  };
  context.print(formatReport(options.format, report, checked, context.color));
  return report.issues.some((issue) => issue.severity === 'error') ? EXIT.invalid : EXIT.done;
}

/** One site with what was asked of it; nothing asked means all of it. */
interface Target {
  readonly loaded: LoadedSite;
  readonly names: string[];
  readonly files: string[];
}

function listTargets(
  context: CommandContext,
  names: readonly string[],
  siteOption: string | undefined,
): Target[] {
  const targets = new Map<string, Target>();
  const targetOf = (directory: string): Target => {
    const target = targets.get(directory) ?? { loaded: loadSiteAt(directory), names: [], files: [] };
    targets.set(directory, target);
    return target;
  };
  const site = () => findSite(siteOption, context.environment, context.workingDirectory);
  if (names.length === 0) targetOf(site());
  for (const name of names) {
    if (!looksLikeFile(name)) {
      targetOf(site()).names.push(name);
      continue;
    }
    const found: SpecFile = findSiteOfFile(name, context.workingDirectory);
    targetOf(found.directory).files.push(found.file);
  }
  return [...targets.values()];
}

interface Selection {
  readonly issues: Issue[];
  readonly sources: SourceTexts;
  readonly guests: readonly string[];
  readonly images: readonly string[];
}

function selectIssues({ loaded, names, files }: Target): Selection {
  const { parsed } = loaded;
  for (const name of names) {
    if (!parsed.guestFiles.has(name) && !parsed.imageFiles.has(name)) throw makeUnknownGuest(loaded, name);
  }
  if (names.length === 0 && files.length === 0) {
    const guests = [...parsed.guestFiles.keys()];
    return {
      issues: [...parsed.issues],
      sources: parsed.sources,
      guests,
      images: [...parsed.imageFiles.keys()],
    };
  }
  // A file of a guest stands for the guest; another file stands for itself.
  const namesOfFiles = [...parsed.guestFiles, ...parsed.imageFiles]
    .filter(([name, parts]) => files.some((file) => parts.has(file) && file.endsWith(`/${name}.yaml`)))
    .map(([name]) => name);
  const wanted = [...new Set([...names, ...namesOfFiles])];
  const selected = new Set(wanted.flatMap((name) => parsed.issuesOf(name)));
  const isWanted = (issue: Issue) => selected.has(issue) || files.includes(issue.position?.file ?? '');
  return {
    issues: parsed.issues.filter(isWanted),
    sources: parsed.sources,
    guests: wanted.filter((name) => parsed.guestFiles.has(name)),
    images: wanted.filter((name) => parsed.imageFiles.has(name)),
  };
}

type CheckedCounts = { readonly guests: number; readonly images: number };

function formatReport(format: string, report: IssueReport, checked: CheckedCounts, color: boolean): string {
  if (format === 'json') return formatJson(report, checked);
  if (format === 'github') return formatGithub(report);
  const gap = report.issues.length > 0 ? '\n' : '';
  return `${formatPretty(report, { color })}${gap}${summarise(report.issues, checked)}\n`;
}

function summarise(issues: readonly Issue[], checked: CheckedCounts): string {
  const count = (severity: Issue['severity']) => issues.filter((issue) => issue.severity === severity).length;
  const what = [
    countOf(checked.guests, 'guest'),
    ...(checked.images > 0 ? [countOf(checked.images, 'image')] : []),
  ];
  const found = [
    ...(count('error') > 0 ? [countOf(count('error'), 'error')] : []),
    ...(count('warning') > 0 ? [countOf(count('warning'), 'warning')] : []),
  ];
  return `${what.join(' and ')} checked: ${found.length > 0 ? found.join(' and ') : 'nothing to report'}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function makeUsage(issue: Issue): Failure {
  return new Failure(EXIT.usage, issue.code, issue.message, issue.hint);
}
