import type { FileAsWritten, RoleAsWritten } from '../schema.ts';
import type { FileSpec } from '../types.ts';

/** What roles, images and guests have in common, merged: roles first, then the owner's own. */
export interface MergedFragments {
  readonly packages: readonly string[];
  readonly files: readonly FileSpec[];
  readonly run: readonly string[];
}

/** Merges fragments in order. A package counts once; of two files with one target the later one wins, in its own place. */
export function mergeFragments(
  fragments: readonly Partial<RoleAsWritten>[],
  siteDirectory: string,
): MergedFragments {
  const files = new Map<string, FileSpec>();
  for (const file of fragments.flatMap((fragment) => fragment.files ?? [])) {
    files.delete(file.to);
    files.set(file.to, normaliseFile(file, siteDirectory));
  }
  return {
    packages: [...new Set(fragments.flatMap((fragment) => fragment.packages ?? []))],
    files: [...files.values()],
    run: fragments.flatMap((fragment) => fragment.run ?? []),
  };
}

function normaliseFile(file: FileAsWritten, siteDirectory: string): FileSpec {
  return {
    source:
      file.from === undefined
        ? { kind: 'text', text: file.text ?? '' }
        : { kind: 'file', path: `${siteDirectory}/${file.from}` },
    to: file.to,
    mode: Number.parseInt(file.mode ?? '0644', 8),
    owner: file.owner ?? 'root',
    group: file.group ?? 'root',
  };
}
