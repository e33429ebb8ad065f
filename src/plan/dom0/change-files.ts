import type { Action, Step } from '../types.ts';

/** A file that a setup wants on this machine; `content: undefined` wants it away. */
export interface WantedFile {
  readonly path: string;
  readonly content: string | undefined;
  readonly mode: number;
}

/** What a change of files needs to know. */
export interface ChangeContext {
  /** What lies at the wanted paths now. */
  readonly files: ReadonlyMap<string, string>;
  /** Where copies of what is replaced are kept: a directory of this operation. */
  readonly keep: string;
}

/** The files that differ from what is wanted. */
export function listDifferent(
  wanted: readonly WantedFile[],
  files: ReadonlyMap<string, string>,
): WantedFile[] {
  return wanted.filter((file) => files.get(file.path) !== file.content);
}

/** Steps that put files in place, with a copy of each that is replaced, and the steps that take it back. */
export function changeFiles(
  wanted: readonly WantedFile[],
  context: ChangeContext,
): { readonly steps: Step[]; readonly undo: Step[] } {
  const steps: Step[] = [];
  const undo: Step[] = [];
  for (const file of listDifferent(wanted, context.files)) {
    const kept = `${context.keep}${file.path}`;
    const exists = context.files.has(file.path);
    if (exists) {
      steps.push({ do: 'make-directory', path: kept.slice(0, kept.lastIndexOf('/')), mode: 0o700 });
      steps.push({ do: 'keep-file', from: file.path, to: kept });
      undo.push({ do: 'restore-file', from: kept, to: file.path });
    } else {
      undo.push({ do: 'remove', path: file.path });
    }
    if (file.content === undefined) steps.push({ do: 'remove', path: file.path });
    else steps.push({ do: 'write-file', path: file.path, content: file.content, mode: file.mode });
  }
  return { steps, undo };
}

/** What an action creates, from its files. */
export function listCreated(wanted: readonly WantedFile[]): Action['creates'] {
  return wanted
    .filter((file) => file.content !== undefined)
    .map((file) => ({ kind: 'file' as const, name: file.path }));
}
