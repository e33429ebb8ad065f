/** What a suite's Release says (https://wiki.debian.org/DebianRepository/Format). */
export interface SuiteRelease {
  readonly codename: string;
  readonly components: readonly string[];
  /** ISO 8601; undefined: for ever, as with Debian's stable suites. */
  readonly validUntil: string | undefined;
  /** Indices by their path below the suite. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly size: number }>;
}

export function parseSuiteRelease(text: string): SuiteRelease {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]?.trim();
  const files = new Map<string, { readonly sha256: string; readonly size: number }>();
  const [, sums = ''] = /^SHA256:[ \t]*\n((?:[ \t].*\n?)*)/m.exec(text) ?? [];
  for (const line of sums.split('\n')) {
    const [, sha256, size, path] = /^\s+([0-9a-f]{64})\s+(\d+)\s+(\S+)$/.exec(line) ?? [];
    if (sha256 !== undefined && path !== undefined) files.set(path, { sha256, size: Number(size) });
  }
  const until = Date.parse(field('Valid-Until') ?? '');
  return {
    codename: field('Codename') ?? '',
    components: (field('Components') ?? '').split(/\s+/).filter((each) => each !== ''),
    validUntil: Number.isNaN(until) ? undefined : new Date(until).toISOString(),
    files,
  };
}

/** The text that a clear-signed InRelease bears (RFC 4880, 7); undefined when it is none. */
export function readClearSigned(text: string): string | undefined {
  const match =
    /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash: .*\n)*\n([\s\S]*?)\n-----BEGIN PGP SIGNATURE-----\n/.exec(
      text,
    );
  return match?.[1]?.replace(/^- /gm, '');
}

/** Components whose packages a guest may have, as its sources name them. */
export const PACKAGE_COMPONENTS = ['main', 'non-free-firmware'] as const;
const COMPONENT_INDEX = 'binary-amd64/Packages';
const UDEB_INDEX = 'debian-installer/binary-amd64/Packages';

/** An index of a suite, by its path below the suite. */
export interface WantedIndex {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  /** Whose entries are read. */
  readonly holds: 'packages' | 'udebs' | 'nothing';
}

/**
 * The indices that an installation asks for, of those that Release lists: the packages', their descriptions in
 * English (the installer's language), and the components' of the installer itself, which net-retriever takes of every
 * component. Whoever asks takes .xz or .gz; .gz is read here.
 */
export function listWantedIndices({ components, files }: SuiteRelease): WantedIndex[] {
  const packages = PACKAGE_COMPONENTS.filter((component) => components.includes(component));
  const wish = (path: string, holds: WantedIndex['holds']): WantedIndex[] => {
    const found = files.get(path);
    return found === undefined ? [] : [{ path, ...found, holds }];
  };
  const both = (path: string, holds: 'packages' | 'udebs') => [
    ...wish(`${path}.xz`, 'nothing'),
    ...wish(`${path}.gz`, holds),
  ];
  return [
    // choose-mirror looks for it, to see that the mirror has this architecture.
    ...packages.flatMap((component) => wish(`${component}/binary-amd64/Release`, 'nothing')),
    ...packages.flatMap((component) => both(`${component}/${COMPONENT_INDEX}`, 'packages')),
    ...packages.flatMap((component) => wish(`${component}/i18n/Translation-en.xz`, 'nothing')),
    ...packages.flatMap((component) => wish(`${component}/i18n/Translation-en.bz2`, 'nothing')),
    ...components.flatMap((component) => both(`${component}/${UDEB_INDEX}`, 'udebs')),
  ];
}
