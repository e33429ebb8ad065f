import { PRESEED_JUDGE } from '../lint/lint-extras.ts';
import { EXIT, type Failure } from '../report/failure.ts';
import { formatPretty } from '../report/format-pretty.ts';
import type { Issue } from '../report/issue.ts';
import { makeFailure } from '../report/make-failure.ts';
import { findSite } from '../run/find-site.ts';
import { readSite } from '../run/read-site.ts';
import type { ImageSpec } from '../spec/image-types.ts';
import { findNearest, suggestNearest } from '../spec/nearest.ts';
import { type ParsedSite, parseSite } from '../spec/parse-site.ts';
import type { GuestSpec, Site } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import { nameFileFrom } from './name-file.ts';

export interface LoadedSite {
  readonly directory: string;
  readonly parsed: ParsedSite;
}

/**
 * Finds, reads and parses the site of a command.
 *
 * @throws Failure with status 2 when there is no site
 */
export function loadSite(context: CommandContext, siteOption: string | undefined): LoadedSite {
  return loadSiteAt(findSite(siteOption, context.environment, context.workingDirectory));
}

export function loadSiteAt(directory: string): LoadedSite {
  return { directory, parsed: parseSite({ ...readSite(directory), judgePreseed: PRESEED_JUDGE }) };
}

/**
 * The guest that a command is about. Its issues are printed as `check NAME` does; errors in other guests do not matter.
 *
 * @throws Failure with status 2 for an unknown name, with status 3 when the guest has errors
 */
export function requireGuest(
  context: CommandContext,
  loaded: LoadedSite,
  name: string,
): { readonly site: Site; readonly guest: GuestSpec } {
  const { parsed } = loaded;
  if (!parsed.guestFiles.has(name)) throw makeUnknownGuest(loaded, name);
  const issues = parsed.issuesOf(name);
  if (issues.length > 0) context.say(formatIssues(context, loaded, issues));
  const guest = parsed.site?.guests.get(name);
  if (parsed.site !== undefined && guest !== undefined) return { site: parsed.site, guest };
  throw makeFailure(EXIT.invalid, 'RL1113', { name });
}

/** As `requireGuest`, for an image of the site. */
export function requireImage(
  context: CommandContext,
  loaded: LoadedSite,
  name: string,
): { readonly site: Site; readonly image: ImageSpec } {
  const { parsed } = loaded;
  if (!parsed.imageFiles.has(name)) {
    throw makeFailure(EXIT.usage, 'RL1526', { name, site: loaded.directory });
  }
  const issues = parsed.issuesOf(name);
  if (issues.length > 0) context.say(formatIssues(context, loaded, issues));
  const image = parsed.site?.images.get(name);
  if (parsed.site !== undefined && image !== undefined) return { site: parsed.site, image };
  throw makeFailure(EXIT.invalid, 'RL1113', { name });
}

/** The failure for a name that no guest has, with the nearest one. */
export function makeUnknownGuest(loaded: LoadedSite, name: string): Failure {
  const known = [...loaded.parsed.guestFiles.keys(), ...loaded.parsed.imageFiles.keys()];
  const list = known.length === 0 ? 'the site has no guests yet' : `guests: ${known.slice(0, 20).join(', ')}`;
  const suggestion = findNearest(name, known) === undefined ? list : suggestNearest(name, known);
  return makeFailure(EXIT.usage, 'RL1110', { name, site: loaded.directory, suggestion });
}

function formatIssues(context: CommandContext, loaded: LoadedSite, issues: readonly Issue[]): string {
  const report = { issues, sources: loaded.parsed.sources, nameFile: nameFileFrom(context.workingDirectory) };
  return formatPretty(report, { color: context.color });
}
