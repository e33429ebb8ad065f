import type { IssuePlace } from '../report/codes.ts';
import type { SourceTexts } from '../report/format-pretty.ts';
import type { Issue } from '../report/issue.ts';
import { findIssues, orderFindings } from './find-issues.ts';
import { freezeDeep } from './freeze.ts';
import type { ImageSpec } from './image-types.ts';
import type { SpecPath } from './locate.ts';
import { maskSecrets } from './mask-secrets.ts';
import { BUILT_IN, normaliseGuest, normaliseImage, normaliseRoute } from './normalise/guest.ts';
import { normaliseHost, normaliseNetworks } from './normalise/site.ts';
import { classifyFile, readSources, type SiteSources } from './read-sources.ts';
import type { Finding } from './rules/context.ts';
import type { PreseedJudge } from './rules/preseed.ts';
import { type GuestSource, type ImageSource, placeValue } from './sources.ts';
import type { GuestSpec, Site } from './types.ts';

/** What is at a path below the site's directory: `outside` is a link that leads out of it. */
export type KnownFileKind = 'file' | 'directory' | 'outside';

export interface SiteInput {
  /** Absolute, without a "/" at the end. */
  readonly directory: string;
  /** The text of site.yaml and of the .yaml files in domus/, roles/ and images/, by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  /** What is below the site's directory, by absolute path; without it, the sources of files are not checked. */
  readonly knownFiles?: ReadonlyMap<string, KnownFileKind>;
  /** Judges what guests give the installer, answers and a recipe; without it only their form is checked. */
  readonly judgePreseed?: PreseedJudge;
  /** What went wrong before the texts were there. */
  readonly issues?: readonly Issue[];
}

export interface ParsedSite {
  /** Undefined when site.yaml is missing or has errors. A guest or image with errors is left out of it. */
  readonly site: Site | undefined;
  /** Sorted by file, line and column. */
  readonly issues: readonly Issue[];
  /** The text of every file with its secrets masked, for excerpts. */
  readonly sources: SourceTexts;
  /** The names of all guests and images, broken ones too, each with the files that it is made of. */
  readonly guestFiles: ReadonlyMap<string, ReadonlySet<string>>;
  readonly imageFiles: ReadonlyMap<string, ReadonlySet<string>>;
  /** The issues that concern one guest or image: those in its files, and those between it and another. */
  readonly issuesOf: (name: string) => readonly Issue[];
  /** Where a value of a guest or image was written, be it in the defaults; for messages of later steps. */
  readonly placeOf: (name: string, path: SpecPath) => IssuePlace;
}

/** Parses, validates and normalises a site. It never throws, whatever the files hold, and finds all errors at once. */
export function parseSite(input: SiteInput): ParsedSite {
  const sources = readSources(input.directory, input.files);
  const siteName = sources.site.name ?? 'site';
  const context = {
    sources,
    siteName,
    directory: input.directory,
    knownFiles: input.knownFiles,
    judgePreseed: input.judgePreseed,
  };
  const wholeFile = [...(input.issues ?? []), ...sources.issues].map((issue) => ({ issue, subjects: [] }));
  const findings = orderFindings([...wholeFile, ...findIssues(context)]);

  const guestFiles = new Map(sources.guests.map((guest) => [guest.name, listFiles(guest, sources)]));
  for (const { name, file } of listUnread(input)) {
    if (!guestFiles.has(name)) guestFiles.set(name, new Set([file]));
  }
  const byName = new Map(sources.guests.map((guest) => [guest.name, guest]));
  const imageFiles = new Map([...sources.images].map(([name, image]) => [name, listFiles(image, sources)]));
  const issuesOf = (name: string) => {
    const files = guestFiles.get(name) ?? imageFiles.get(name) ?? new Set();
    return findings.filter((finding) => isAbout(finding, name, files)).map((finding) => finding.issue);
  };
  return {
    site: normaliseSite(input, sources, findBroken(findings), siteName),
    issues: findings.map((finding) => finding.issue),
    sources: makeSourceTexts(sources),
    guestFiles,
    imageFiles,
    issuesOf,
    placeOf: (name, path) => {
      const source = byName.get(name) ?? sources.images.get(name);
      return source === undefined ? {} : placeValue(source, path);
    },
  };
}

/** Masks a text when it is first asked for: most files have no issues. */
function makeSourceTexts(sources: SiteSources): SourceTexts {
  const masked = new Map<string, string>();
  return {
    get: (file) => {
      const document = sources.documents.get(file);
      if (document === undefined) return undefined;
      const text = masked.get(file) ?? maskSecrets(document);
      masked.set(file, text);
      return text;
    },
  };
}

/** Guests whose files could not be read: they are known, and broken. */
function listUnread(input: SiteInput): readonly { name: string; file: string }[] {
  return (input.issues ?? []).flatMap(({ position }) => {
    const found = position === undefined ? undefined : classifyFile(input.directory, position.file);
    return position === undefined || found?.kind !== 'domus'
      ? []
      : [{ name: found.name, file: position.file }];
  });
}

/** The files that a guest or image is made of: its own, the site's, its roles', its image's. */
function listFiles(source: GuestSource | ImageSource, sources: SiteSources): ReadonlySet<string> {
  const files = new Set([source.file]);
  if (sources.siteDocument !== undefined) files.add(sources.siteDocument.file);
  const roles = [...(source.written.roles ?? [])];
  if ('defaults' in source) {
    const route = normaliseRoute((source as GuestSource).written.install ?? BUILT_IN.install);
    const image = route.kind === 'image' ? sources.images.get(route.image) : undefined;
    if (image !== undefined) files.add(image.file);
    roles.push(...(image?.written.roles ?? []));
  }
  for (const role of roles) {
    const file = sources.roles.get(role)?.file;
    if (file !== undefined) files.add(file);
  }
  return files;
}

function isAbout(finding: Finding, name: string, files: ReadonlySet<string>): boolean {
  if (finding.subjects.length > 0) return finding.subjects.includes(name);
  return finding.issue.position === undefined || files.has(finding.issue.position.file);
}

interface Broken {
  readonly files: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

/** The files and the names that have errors. An error between two guests breaks both: nobody knows which one is right. */
function findBroken(findings: readonly Finding[]): Broken {
  const errors = findings.filter((finding) => finding.issue.severity === 'error');
  const files = errors.filter((finding) => finding.subjects.length === 0);
  return {
    files: new Set(files.map((finding) => finding.issue.position?.file ?? '')),
    names: new Set(errors.flatMap((finding) => finding.subjects)),
  };
}

function normaliseSite(
  input: SiteInput,
  sources: SiteSources,
  broken: Broken,
  siteName: string,
): Site | undefined {
  const { siteDocument, site, roles } = sources;
  if (siteDocument?.data === undefined || broken.files.has(siteDocument.file)) return undefined;
  const context = { siteName, directory: input.directory, roles };
  const isUsable = (source: GuestSource | ImageSource) =>
    !broken.names.has(source.name) &&
    [...listFiles(source, sources)].every((file) => !broken.files.has(file));
  const guests = new Map<string, GuestSpec>();
  for (const source of sources.guests.filter(isUsable)) {
    guests.set(source.name, freezeDeep(normaliseGuest(source, context)));
  }
  const images = new Map<string, ImageSpec>();
  for (const source of [...sources.images.values()].filter(isUsable)) {
    images.set(source.name, freezeDeep(normaliseImage(source, context)));
  }
  return Object.freeze({
    name: siteName,
    directory: input.directory,
    host: freezeDeep(normaliseHost(site.host ?? {})),
    networks: freezeDeep(normaliseNetworks(site.networks ?? {})),
    guests,
    images,
  });
}
