import type { RootContents, RootEntry } from './root-list.ts';

/** A path that two roots do not have alike. */
export interface RootDifference {
  readonly only: 'installer' | 'bootstrap' | 'both';
  readonly path: string;
  /** What is not the same: nothing where only one root has the path. */
  readonly changed: readonly ('kind' | 'mode' | 'owner' | 'content')[];
  /** Whose it is, by either root. */
  readonly packages: readonly string[];
}

/** Compares two roots path by path: kind, mode, owner and content. Nothing is left out. */
export function compareRoots(installer: RootContents, bootstrap: RootContents): RootDifference[] {
  const [left, right] = [installer, bootstrap].map(
    ({ entries }) => new Map(entries.map((entry) => [entry.path, entry])),
  ) as [Map<string, RootEntry>, Map<string, RootEntry>];
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
  return paths.flatMap((path): RootDifference[] => {
    const [one, two] = [left.get(path), right.get(path)];
    const packages = [...new Set([...(one?.packages ?? []), ...(two?.packages ?? [])])].sort();
    if (one === undefined) return [{ only: 'bootstrap', path, changed: [], packages }];
    if (two === undefined) return [{ only: 'installer', path, changed: [], packages }];
    const changed = (['kind', 'mode', 'owner', 'content'] as const).filter(
      (field) => one[field] !== two[field],
    );
    return changed.length === 0 ? [] : [{ only: 'both', path, changed, packages }];
  });
}

/** The differences that no difference of the packages brings about: whose packages both roots have, or that have none. */
export function dropPackages(
  differences: readonly RootDifference[],
  installer: readonly string[],
  bootstrap: readonly string[],
): RootDifference[] {
  const shared = new Set(bootstrap.filter((name) => installer.includes(name)));
  return differences.filter(({ only, changed, packages }) => {
    const alone = packages.filter((name) => !shared.has(name));
    if (packages.length === 0) return true;
    // An alternative leads elsewhere when one root has a better one.
    return only === 'both'
      ? alone.length === 0 || changed.join() !== 'content'
      : alone.length < packages.length;
  });
}
