import { resolve } from 'node:path';
import type { BootRecords } from '../iso/boot-records.ts';
import { openImage } from '../iso/image.ts';
import { readBoot } from '../iso/inspect.ts';
import { isoIssue } from '../iso/problems.ts';
import { formatIssueLines, formatSize } from '../iso/show.ts';
import type { Origin } from '../iso/signature.ts';
import { type ContentCheck, checkContent } from '../iso/verify.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import type { Issue } from '../report/issue.ts';
import { openFileSource } from '../run/byte-source.ts';
import { checkOrigin } from '../run/image-origin.ts';
import { createRunner } from '../run/runner-spawn.ts';
import type { CommandContext } from './context.ts';

export interface IsoVerifyOptions {
  readonly sums?: string;
  readonly keyring?: string;
  readonly fingerprint?: readonly string[];
  readonly insecure?: boolean;
  readonly json?: boolean;
}

/** The version of the JSON that `iso verify` prints. */
const JSON_VERSION = 1;

/** `relight iso verify ISO`: signature, files and boot records. 0 when all of it holds, 3 when not. */
export async function runIsoVerify(
  context: CommandContext,
  file: string,
  options: IsoVerifyOptions,
): Promise<ExitStatus> {
  const path = resolve(context.workingDirectory, file);
  const source = await openFileSource(path);
  try {
    const image = await openImage(source);
    const issues: Issue[] = [];
    const collect = <T>(work: Promise<T>) => work.catch((error: unknown) => keepIssue(issues, error));
    const runner = createRunner({ environment: context.environment, signal: context.signal });
    const origin = await collect(
      checkOrigin(source, runner, {
        image: path,
        insecure: options.insecure === true,
        ...(options.sums === undefined ? {} : { sums: resolve(context.workingDirectory, options.sums) }),
        ...(options.keyring === undefined
          ? {}
          : { keyring: resolve(context.workingDirectory, options.keyring) }),
        ...(options.fingerprint === undefined ? {} : { fingerprints: options.fingerprint }),
      }),
    );
    const boot = await collect(readBoot(image));
    issues.push(...judgeBoot(boot));
    const content = await collect(checkContent(image));
    issues.push(...(content?.issues ?? []));
    print(context, file, options.json === true, { origin, boot, content, issues });
    return issues.length === 0 ? EXIT.done : EXIT.invalid;
  } finally {
    await source.close();
  }
}

interface Findings {
  readonly origin: Origin | undefined;
  readonly boot: BootRecords | undefined;
  readonly content: ContentCheck | undefined;
  readonly issues: readonly Issue[];
}

/** A part that cannot be checked is a finding like others; the other parts are still looked at. */
function keepIssue(issues: Issue[], error: unknown): undefined {
  if (!(error instanceof Failure) || error.status !== EXIT.invalid) throw error;
  const { code, message, hint } = error;
  issues.push({ code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) });
  return undefined;
}

function judgeBoot(boot: BootRecords | undefined): Issue[] {
  if (boot === undefined) return [];
  const missing = boot.entries.some((entry) => entry.isBootable) ? [] : ['there is no El Torito boot record'];
  return [...missing, ...boot.problems].map((what) => isoIssue('boot-record', { what }));
}

function print(context: CommandContext, file: string, json: boolean, findings: Findings): void {
  const { origin, boot, content, issues } = findings;
  if (json) {
    const value = { version: JSON_VERSION, file, ok: issues.length === 0, ...findings };
    context.print(`${JSON.stringify(value, undefined, 2)}\n`);
    return;
  }
  const lines = [
    `signature     ${describeOrigin(origin)}`,
    `boot records  ${boot === undefined ? 'not readable' : `${boot.entries.length} entries, ${boot.problems.length} problems`}`,
    `files         ${content === undefined ? 'not readable' : describeContent(content)}`,
  ];
  context.print(`${lines.join('\n')}\n`);
  context.say(formatIssueLines(issues));
}

function describeOrigin(origin: Origin | undefined): string {
  if (origin === undefined) return 'refused';
  if (origin.kind === 'insecure') return `not checked, accepted by --insecure: ${origin.reason}`;
  return `good, ${origin.name} by ${origin.fingerprints.join(', ')}`;
}

function describeContent({ checked, bytes, unlisted }: ContentCheck): string {
  const rest = unlisted.length === 0 ? '' : `, ${unlisted.length} not listed there`;
  return `${checked} compared with md5sum.txt (${formatSize(bytes)})${rest}`;
}
