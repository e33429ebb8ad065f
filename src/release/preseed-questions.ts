import data from './preseed-questions-data.json' with { type: 'json' };
import { RUNTIME_QUESTIONS } from './preseed-questions-runtime.ts';

/** A question of the installer or of a package that it installs, as the templates of one release describe it. */
export interface Question {
  readonly name: string;
  /** The installer component or the package that ships the template. */
  readonly package: string;
  /** Asked by a package of the installed system: its lines carry the package as owner, not `d-i`. */
  readonly target: boolean;
  readonly type: string;
  /** The values of a select; undefined where the installer fills them in itself. */
  readonly choices: readonly string[] | undefined;
  readonly default: string | undefined;
}

interface Variant {
  readonly type: string;
  readonly choices?: readonly string[];
  readonly open?: boolean;
  readonly default?: string;
}

interface Row extends Variant {
  readonly package: string;
  readonly target?: boolean;
  /** The first release that has it, and the last. */
  readonly since?: string;
  readonly until?: string;
  readonly bookworm?: Variant;
}

const ROWS: Readonly<Record<string, Row>> = { ...data.questions, ...RUNTIME_QUESTIONS };

/** The releases that the table describes, oldest first. */
export const QUESTION_RELEASES: readonly string[] = data.releases;

/** Components whose templates were read in a newer release only, by release. */
export const BORROWED_COMPONENTS: Readonly<Record<string, readonly string[]>> = data.borrowed;

/** Questions that the scripts number as they go: `apt-setup/local0/repository`, ... */
const NUMBERED: readonly (readonly [RegExp, string])[] = [
  [/^apt-setup\/local\d+\/(repository|comment|key|options)$/, 'string'],
  [/^apt-setup\/local\d+\/source$/, 'boolean'],
  [/^base-installer\/kernel\/linux\/initrd-[\d.]+$/, 'boolean'],
  [/^base-installer\/kernel\/linux\/extra-packages-[\d.]+$/, 'string'],
];

/**
 * What a release knows of a question; undefined when it does not have it. Without a suite, or with one that the table
 * does not describe, the newest release that has the question answers.
 */
export function findQuestion(name: string, suite?: string): Question | undefined {
  const row = Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
  const numbered = row === undefined ? NUMBERED.find(([pattern]) => pattern.test(name)) : undefined;
  if (numbered !== undefined) return describeNumbered(name, numbered[1]);
  if (row === undefined || !isInRelease(row, suite)) return undefined;
  const variant = suite === 'bookworm' ? (row.bookworm ?? row) : row;
  return {
    name,
    package: row.package,
    target: row.target === true,
    type: variant.type,
    choices: variant.open === true ? undefined : variant.choices,
    default: variant.default,
  };
}

/** In words which releases have a question that another lacks, such as `trixie has it`. */
export function describeReleases(name: string): string {
  const row = Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
  if (row?.since !== undefined) return `it came with ${row.since}`;
  return row?.until === undefined ? '' : `it was dropped after ${row.until}`;
}

/** Names of all questions, for suggestions. */
export function listQuestionNames(): readonly string[] {
  return NAMES;
}

const NAMES: readonly string[] = Object.keys(ROWS);
const TARGET_PACKAGES: ReadonlySet<string> = new Set(
  Object.values(ROWS).flatMap((row) => (row.target === true ? [row.package] : [])),
);

/** Whether the templates of a package of the installed system are in the table. */
export function isDescribedPackage(name: string): boolean {
  return TARGET_PACKAGES.has(name);
}

function describeNumbered(name: string, type: string): Question {
  const component = name.startsWith('apt-setup/') ? 'apt-setup-udeb' : 'base-installer';
  return { name, package: component, target: false, type, choices: undefined, default: undefined };
}

function isInRelease(row: Row, suite: string | undefined): boolean {
  const index = suite === undefined ? -1 : QUESTION_RELEASES.indexOf(suite);
  if (index === -1) return true;
  const first = row.since === undefined ? 0 : QUESTION_RELEASES.indexOf(row.since);
  const last = row.until === undefined ? QUESTION_RELEASES.length : QUESTION_RELEASES.indexOf(row.until);
  return index >= first && index <= last;
}
