import type { MirrorFacts } from './facts.ts';

/** The format given to `apt-get indextargets` (apt-get(8)); one line a target, fields separated by tabs. */
export const INDEX_TARGET_FORMAT = '$(ORIGIN)\t$(LABEL)\t$(SITE)\t$(REPO_URI)\t$(CREATED_BY)';

/**
 * Finds the archives that this machine's apt uses in the output of `apt-get indextargets --format`.
 * Only Debian's own archives count; the first one of each label wins. Undefined when there is none, which happens
 * before the first `apt-get update`.
 */
export function parseIndexTargets(output: string): MirrorFacts | undefined {
  let archive: string | undefined;
  let security: string | undefined;
  for (const line of output.split('\n')) {
    const [origin, label, , uri, createdBy] = line.split('\t');
    if (origin !== 'Debian' || createdBy !== 'Packages' || uri === undefined) continue;
    const url = uri.replace(/\/+$/, '');
    if (!/^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~/-]*)?$/.test(url)) continue;
    if (label === 'Debian-Security') security ??= url;
    else if (label === 'Debian') archive ??= url;
  }
  return archive === undefined ? undefined : { archive, security };
}
