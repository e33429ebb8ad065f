import { createHash } from 'node:crypto';
import { DOM0, statePaths } from '../../host/paths.ts';
import { readAssignments } from '../../render/assignments.ts';
import { makeIssue } from '../../report/codes.ts';
import type { Action, Step } from '../types.ts';
import { formatDiff } from './diff.ts';
import type { Dom0Item, Dom0Request } from './types.ts';

/** A file that is relight's as a whole. Its text begins with the line of `signText`. */
export interface DesiredFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/** Files that belong together, and the commands that put them in force; the same commands run after the way back. */
export interface DesiredFiles {
  readonly id: string;
  readonly area: Dom0Item['area'];
  readonly title: string;
  readonly files: readonly DesiredFile[];
  readonly apply: readonly Step[];
  /** Do it even though the files are right already: what `apply` makes is missing. */
  readonly again?: boolean;
  /** Says of a file that relight did not write whether no person did, either. */
  readonly replaceable?: (path: string, text: string) => boolean;
  /** Says of a file that differs whether it means the same to the program that reads it. */
  readonly equivalent?: (path: string, text: string) => boolean;
}

const SHEBANG = '#!/bin/sh\n';
const SIGNATURE =
  /^(?:#!\/bin\/sh\n)?# Written by relight dom0 setup; what is changed here is lost\. Content ([0-9a-f]{16})\.\n/;

/** Puts relight's line above a text: with its checksum, so that a change by hand is seen. For formats with # comments. */
export function signText(text: string): string {
  return `# Written by relight dom0 setup; what is changed here is lost. Content ${sum(text)}.\n${text}`;
}

/** As {@link signText}, for a shell script. */
export const signScript = (text: string) => `${SHEBANG}${signText(text)}`;

/** Whether relight wrote the file once, whatever became of it. */
export const isSigned = (text: string) => SIGNATURE.test(text);

/** Whether relight wrote this text and nobody has changed it since. */
export function isOwnText(text: string): boolean {
  const found = SIGNATURE.exec(text);
  return found !== null && found[1] === sum(text.slice(found[0].length));
}

/**
 * Compares files with what is there. Equal: nothing to do. Absent, or relight's own: written. A person's: refused
 * without `--force`, and with it replaced after a copy is kept; the difference is shown either way.
 */
export function planFiles(request: Dom0Request, wish: DesiredFiles): Dom0Item {
  const { facts, force } = request;
  const { id, area, title } = wish;
  const changed = wish.files.filter(({ path, text, mode }) => {
    const found = facts.files[path];
    const isRight =
      found !== undefined && (found.text === text || wish.equivalent?.(path, found.text) === true);
    return !isRight || found.mode !== mode;
  });
  const paths = wish.files.map((file) => file.path).join(', ');
  if (changed.length === 0 && wish.again !== true) return { id, area, title, state: 'ok', detail: paths };
  const diff = changed.map((file) => formatDiff(file.path, facts.files[file.path]?.text, file.text)).join('');
  const foreign = changed.find(({ path }) => {
    const found = facts.files[path];
    return found !== undefined && !isOwnText(found.text) && wish.replaceable?.(path, found.text) !== true;
  });
  const shared = { id, area, title, diff };
  if (foreign !== undefined && !force) {
    const issue = makeIssue('RL1404', { path: foreign.path });
    return { ...shared, state: 'refused', detail: `${foreign.path} is not relight's`, issue };
  }
  const names = changed.map((file) => file.path).join(', ');
  const writes = changed.map((file): Step => {
    const found = facts.files[file.path];
    const before = found === undefined ? undefined : hash(found.text);
    return {
      do: 'replace-host-file',
      path: file.path,
      content: file.text,
      mode: file.mode,
      before,
      kept: keepPath(request, file.path),
    };
  });
  const back = changed.map(
    ({ path }): Step => ({ do: 'return-host-file', path, kept: keepPath(request, path) }),
  );
  const action: Action = {
    ...makeAction(id, title),
    creates: changed.map(({ path }) => ({ kind: 'file', name: path })),
    steps: [...writes, ...wish.apply],
    undo: [...back.reverse(), ...wish.apply],
  };
  return {
    ...shared,
    state: 'todo',
    detail: names === '' ? `put ${paths} in force` : `write ${names}`,
    action,
  };
}

/** Variables in a file of shell assignments that a package or a person wrote: only these change, a copy is kept. */
export function planAssignments(
  request: Dom0Request,
  wish: Omit<DesiredFiles, 'files' | 'replaceable'> & {
    readonly path: string;
    readonly values: Readonly<Record<string, string>>;
  },
): Dom0Item {
  const { id, area, title, path, values, apply } = wish;
  const found = readAssignments(request.facts.files[path]?.text ?? '');
  const changed = Object.entries(values).filter(([name, value]) => found[name] !== value);
  const shared = { id, area, title };
  if (changed.length === 0 && wish.again !== true) return { ...shared, state: 'ok', detail: path };
  const kept = keepPath(request, path);
  const diff = [
    `--- ${path}\n`,
    ...changed.flatMap(([name, value]) => [
      ...(found[name] === undefined ? [] : [`-${name}="${found[name]}"\n`]),
      `+${name}="${value}"\n`,
    ]),
  ].join('');
  const action: Action = {
    ...makeAction(id, title),
    steps: [{ do: 'set-assignments', path, values, kept }, ...apply],
    undo: [{ do: 'return-host-file', path, kept }, ...apply],
  };
  const detail = `set ${changed.map(([name]) => name).join(', ')} in ${path}`;
  return { ...shared, state: 'todo', detail, diff, action };
}

/** An action of a dom0's plan without steps yet. */
export function makeAction(id: string, title: string): Action {
  return {
    id,
    title,
    phase: 'prepare',
    creates: [],
    destroys: [],
    probe: { kind: 'journal' },
    steps: [],
    undo: [],
  };
}

/** The copy of a file that an operation replaced. */
function keepPath({ facts, operation }: Dom0Request, path: string): string {
  return `${statePaths.operation(facts.paths, DOM0, operation)}/kept/${encodeURIComponent(path)}.json`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const sum = (text: string) => hash(text).slice(0, 16);
