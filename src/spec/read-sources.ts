import type { Issue } from '../report/issue.ts';
import { type CheckedShape, type CutDepth, checkShape } from './check-shape.ts';
import { parseSpecDocument, type SpecDocument } from './document.ts';
import { guestSchema, imageSchema, roleSchema, type SiteAsWritten, siteSchema } from './schema.ts';
import type { GuestSource, ImageSource, RoleSource } from './sources.ts';

/** Every file of a site, parsed and compared with its schema. */
export interface SiteSources {
  readonly siteDocument: SpecDocument | undefined;
  readonly site: Partial<SiteAsWritten>;
  readonly guests: readonly GuestSource[];
  readonly roles: ReadonlyMap<string, RoleSource>;
  readonly images: ReadonlyMap<string, ImageSource>;
  readonly documents: ReadonlyMap<string, SpecDocument>;
  readonly issues: readonly Issue[];
}

const SITE_EXAMPLE = 'the smallest site is the line: relight: 1';
const GUEST_EXAMPLE =
  'a guest needs at least a memory and a root disk: { memory: 1GiB, disks: { root: { size: 8GiB } } }';
const FRAGMENT_EXAMPLE = 'write for example: packages: [nginx]';

/** The defaults are cut as a guest is: one entry of a list. */
const SITE_CUTS: CutDepth = (key) => (key === 'defaults' ? 3 : 2);

type Kind = 'site' | 'domus' | 'roles' | 'images';

/** Which part of a site a file is: site.yaml, or a .yaml file directly in one of its folders. */
export function classifyFile(directory: string, file: string): { kind: Kind; name: string } | undefined {
  if (!file.startsWith(`${directory}/`)) return undefined;
  const match = /^(?:(domus|roles|images)\/)?([^/]+)\.yaml$/.exec(file.slice(directory.length + 1));
  const [, kind, name = ''] = match ?? [];
  if (match === null || name.startsWith('.')) return undefined;
  if (kind === undefined) return name === 'site' ? { kind: 'site', name } : undefined;
  return { kind: kind as Kind, name };
}

/** Parses the files of a site. Files that are no part of one are left alone. */
export function readSources(directory: string, files: ReadonlyMap<string, string>): SiteSources {
  const issues: Issue[] = [];
  const documents = new Map<string, SpecDocument>();
  const byKind: Record<Kind, { name: string; document: SpecDocument }[]> = {
    site: [],
    domus: [],
    roles: [],
    images: [],
  };
  for (const [file, text] of [...files].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const found = classifyFile(directory, file);
    if (found === undefined) continue;
    const parsed = parseSpecDocument(file, text, exampleOf(found.kind));
    documents.set(file, parsed.document);
    issues.push(...parsed.issues);
    byKind[found.kind].push({ name: found.name, document: parsed.document });
  }
  const take = <Written>(checked: CheckedShape<Written>): Partial<Written> => {
    issues.push(...checked.issues);
    return checked.written;
  };
  const siteDocument = byKind.site[0]?.document;
  const site = siteDocument === undefined ? {} : take(checkShape(siteSchema, siteDocument, SITE_CUTS));
  const guests = byKind.domus.map(({ name, document }) => {
    const own = take(checkShape(guestSchema, document));
    return {
      name,
      file: document.file,
      document,
      defaults: siteDocument,
      written: fillDefaults(own, document, site),
    };
  });
  const roles = new Map<string, RoleSource>();
  for (const { name, document } of byKind.roles) {
    roles.set(name, { name, file: document.file, document, written: take(checkShape(roleSchema, document)) });
  }
  const images = new Map<string, ImageSource>();
  for (const { name, document } of byKind.images) {
    images.set(name, {
      name,
      file: document.file,
      document,
      written: take(checkShape(imageSchema, document)),
    });
  }
  return { siteDocument, site, guests, roles, images, documents, issues };
}

/** A default stands in for a key that the guest does not have; it does not for one that the guest has wrong. */
function fillDefaults(own: GuestSource['written'], document: SpecDocument, site: Partial<SiteAsWritten>) {
  const wanted = Object.entries(site.defaults ?? {}).filter(
    ([key]) => !Object.hasOwn(document.data ?? {}, key),
  );
  return { ...Object.fromEntries(wanted), ...own } as GuestSource['written'];
}

function exampleOf(kind: Kind): string {
  if (kind === 'site') return SITE_EXAMPLE;
  return kind === 'domus' ? GUEST_EXAMPLE : FRAGMENT_EXAMPLE;
}
