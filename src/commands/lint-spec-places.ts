import { findSpecFile } from '../lint/spec-paths.ts';
import { Failure } from '../report/failure.ts';
import type { Issue } from '../report/issue.ts';
import { findSiteOfFile } from '../run/find-site.ts';
import type { CommandContext } from './context.ts';
import { loadSiteAt } from './load-site.ts';

/** Adds the spec's own line to findings in a preseed that relight wrote, when the spec is still there. */
export function addSpecPlaces(
  context: CommandContext,
  lines: readonly string[],
  issues: readonly Issue[],
): readonly Issue[] {
  const file = findSpecFile(lines);
  if (file === undefined) return issues;
  try {
    const { directory } = findSiteOfFile(file, context.workingDirectory);
    const { parsed } = loadSiteAt(directory);
    const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.yaml$/, '');
    if (!parsed.guestFiles.has(name)) return issues;
    return issues.map((issue) => {
      const position =
        issue.path === undefined ? undefined : parsed.placeOf(name, parsePath(issue.path)).position;
      const related = [
        ...(issue.related ?? []),
        ...(position === undefined ? [] : [{ position, message: 'the spec' }]),
      ];
      return related.length === 0 ? issue : { ...issue, related };
    });
  } catch (error) {
    // The spec may be gone: the findings stand without it.
    if (error instanceof Failure) return issues;
    throw error;
  }
}

/** `nics[0].address` -> ['nics', 0, 'address']. */
function parsePath(path: string): (string | number)[] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}
