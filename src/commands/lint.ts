import { resolve } from 'node:path';
import type { LintOptions, Priority } from '../lint/context.ts';
import { fixPreseed } from '../lint/fix.ts';
import { finishIssues, type LintResult, lintPreseed } from '../lint/lint-preseed.ts';
import { maskPreseed } from '../lint/mask-secrets.ts';
import { reportBadCommand } from '../lint/rules/commands.ts';
import { SUITE_NAMES } from '../release/suites.ts';
import { makeIssue } from '../report/codes.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { formatGithub } from '../report/format-github.ts';
import { formatJson } from '../report/format-json.ts';
import { formatPretty, type IssueReport } from '../report/format-pretty.ts';
import type { Issue } from '../report/issue.ts';
import { makeFailure } from '../report/make-failure.ts';
import { readBytesFile, statPath, writeFileAtomically } from '../run/files.ts';
import type { Runner } from '../run/runner.ts';
import { createRunner } from '../run/runner-spawn.ts';
import { suggestNearest } from '../spec/nearest.ts';
import { parseSize } from '../spec/size.ts';
import type { CommandContext } from './context.ts';
import { nameFileFrom } from './name-file.ts';

export interface LintCommandOptions {
  readonly suite?: string;
  readonly diskSize?: string;
  readonly priority?: string;
  readonly format: string;
  readonly fix?: boolean;
}

/** A preseed of a thousand hosts' worth of comments is a tenth of this. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Each costs a process. */
const MOST_COMMANDS = 50;
const FORMATS = ['pretty', 'json', 'github'];
const PRIORITIES: readonly Priority[] = ['critical', 'high', 'medium', 'low'];

/** `relight lint FILE...`: 0 without errors, 3 with errors, 2 for options that make no sense. */
export async function runLint(
  context: CommandContext,
  files: readonly string[],
  options: LintCommandOptions,
): Promise<ExitStatus> {
  const settings = readOptions(options);
  const runner = createRunner({ environment: context.environment, signal: context.signal });
  const issues: Issue[] = [];
  const sources = new Map<string, string>();
  for (const file of new Set(files.map((name) => resolve(context.workingDirectory, name)))) {
    const read = readPreseed(file);
    if (typeof read !== 'string') {
      issues.push(read);
      continue;
    }
    const text = options.fix === true ? fixFile(context, file, read) : read;
    const { result, found } = await lintFile(runner, file, text, settings);
    sources.set(file, maskPreseed(result.context));
    issues.push(...(await addPlaces(context, result.context.lines, found)));
  }
  const report = { issues, sources, nameFile: nameFileFrom(context.workingDirectory) };
  context.print(formatReport(context, options.format, report, files.length));
  return issues.some((issue) => issue.severity === 'error') ? EXIT.invalid : EXIT.done;
}

/** The spec's reader is loaded for those findings only that have a place in one. */
async function addPlaces(
  context: CommandContext,
  lines: readonly string[],
  issues: readonly Issue[],
): Promise<readonly Issue[]> {
  if (!issues.some((issue) => issue.path !== undefined)) return issues;
  const { addSpecPlaces } = await import('./lint-spec-places.ts');
  return addSpecPlaces(context, lines, issues);
}

/** The linter's findings, and those of a shell that only checks the commands. */
async function lintFile(
  runner: Runner,
  file: string,
  text: string,
  settings: LintOptions,
): Promise<{ readonly result: LintResult; readonly found: readonly Issue[] }> {
  const result = lintPreseed(file, text, settings);
  const found: Issue[] = [];
  for (const command of result.commands.slice(0, MOST_COMMANDS)) {
    const checked = await runner.run({ argv: ['sh', '-n'], stdin: `${command.text}\n`, deadlineSeconds: 10 });
    if (checked.failed && !checked.missing)
      found.push(reportBadCommand(result.context, command, checked.stderr));
  }
  if (found.length === 0) return { result, found: result.issues };
  return { result, found: finishIssues(result.context, [...result.issues, ...found]) };
}

/** The text of a file, or why it is none. The byte order mark stays: it is one of the findings. */
function readPreseed(file: string): string | Issue {
  const position = { file, line: 1, column: 1, length: 1 };
  let bytes: Buffer;
  try {
    bytes = readBytesFile(file, MOST_BYTES);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return makeIssue('RL5001', { detail: error.message }, { position });
  }
  return bytes.includes(0) ? makeIssue('RL5002', {}, { position }) : bytes.toString('utf8');
}

function fixFile(context: CommandContext, file: string, text: string): string {
  const fixed = fixPreseed(text);
  if (fixed.count === 0) return text;
  // A file that is not UTF-8 would lose bytes.
  if (text.includes('\ufffd')) {
    context.say(`${file}: not fixed, because it is not UTF-8\n`);
    return text;
  }
  writeFileAtomically(file, fixed.text, (statPath(file)?.mode ?? 0o600) & 0o7777);
  context.say(`${file}: ${fixed.count} ${fixed.count === 1 ? 'place' : 'places'} fixed\n`);
  return fixed.text;
}

function readOptions(options: LintCommandOptions): LintOptions {
  if (!FORMATS.includes(options.format)) throw refuseOption('--format', FORMATS, options.format);
  const { suite, priority, diskSize } = options;
  if (suite !== undefined && !SUITE_NAMES.includes(suite)) throw refuseOption('--suite', SUITE_NAMES, suite);
  const known = PRIORITIES.find((each) => each === priority);
  if (priority !== undefined && known === undefined) throw refuseOption('--priority', PRIORITIES, priority);
  const diskSizeBytes = diskSize === undefined ? undefined : parseSize(diskSize);
  if (diskSize !== undefined && diskSizeBytes === undefined) {
    throw refuseOption('--disk-size', ['a size such as 8GiB'], diskSize);
  }
  return { suite, diskSizeBytes, priority: known };
}

function refuseOption(option: string, choices: readonly string[], value: string): Failure {
  const parameters = {
    option,
    expected: choices.join(', '),
    value,
    suggestion: suggestNearest(value, choices),
  };
  return makeFailure(EXIT.usage, 'RL5801', parameters);
}

function formatReport(context: CommandContext, format: string, report: IssueReport, files: number): string {
  if (format === 'json') return formatJson(report, { files });
  return format === 'github' ? formatGithub(report) : formatPretty(report, { color: context.color });
}
