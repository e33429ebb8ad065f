import type { Issue } from '../report/issue.ts';
import { freezeDeep } from './freeze.ts';
import { normaliseGuest, normaliseImage } from './normalise/guest.ts';
import { normaliseHost, normaliseNetworks } from './normalise/site.ts';
import { readSources, type SiteSources } from './read-sources.ts';
import type { GuestSpec, ImageSpec, Site } from './types.ts';

/** What is at a path below the site's directory: `outside` is a link that leads out of it. */
export type KnownFileKind = 'file' | 'directory' | 'outside';

export interface SiteInput {
  /** Absolute, without a "/" at the end. */
  readonly directory: string;
  /** The text of site.yaml and of the .yaml files in domus/, roles/ and images/, by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  /** What is below the site's directory, by absolute path; without it, the sources of files are not checked. */
  readonly knownFiles?: ReadonlyMap<string, KnownFileKind>;
}

export interface ParsedSite {
  /** Undefined when site.yaml is missing or has errors. A guest or image with errors is left out of it. */
  readonly site: Site | undefined;
  /** Sorted by file, line and column. */
  readonly issues: readonly Issue[];
  /** The text of every file with its secrets masked, for excerpts. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Parses, validates and normalises a site. It never throws, whatever the files hold, and finds all errors at once. */
export function parseSite(input: SiteInput): ParsedSite {
  const sources = readSources(input.directory, input.files);
  const issues = [...sources.issues];
  return { site: normaliseSite(input, sources), issues, sources: input.files };
}

function normaliseSite(input: SiteInput, sources: SiteSources): Site | undefined {
  if (sources.siteDocument?.data === undefined) return undefined;
  const { roles } = sources;
  const siteName = sources.site.name ?? 'site';
  const context = { siteName, directory: input.directory, roles };
  const guests = new Map<string, GuestSpec>();
  for (const source of sources.guests) guests.set(source.name, freezeDeep(normaliseGuest(source, context)));
  const images = new Map<string, ImageSpec>();
  for (const source of sources.images.values())
    images.set(source.name, freezeDeep(normaliseImage(source, context)));
  return Object.freeze({
    name: siteName,
    directory: input.directory,
    host: freezeDeep(normaliseHost(sources.site.host ?? {})),
    networks: freezeDeep(normaliseNetworks(sources.site.networks ?? {})),
    guests,
    images,
  });
}
