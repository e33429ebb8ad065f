/** Where a remastered image keeps what relight put in. */
export const RELIGHT_DIRECTORY = '/relight';
export const MANIFEST_PATH = '/relight/manifest.json';
export const OVERLAY_PATH = '/relight/overlay.cpio';

/** What a remastered image says of itself. It holds hashes only, no secret and no date. */
export interface ImageManifest {
  /** Format version. */
  readonly version: 1;
  /** The version of relight that made it. */
  readonly relight: string;
  readonly guest: string;
  /** What the installation erases, in words. */
  readonly erases: string;
  /** SHA-256 of the normalised spec; undefined when the preseed was given as a file. */
  readonly specSha256?: string;
  readonly preseedSha256: string;
  /** Paths of the installer's initrd that the overlay adds. */
  readonly initrdFiles: readonly string[];
  /** Paths of the image that are new or changed, the manifest and md5sum.txt left out. */
  readonly imageFiles: readonly string[];
}

/** The same manifest always gives the same text. */
export function formatManifest(manifest: ImageManifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** Undefined: the text is no manifest of a version that we know. Only the fields that we know are kept. */
export function parseManifest(text: string): ImageManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const word = (name: string) => (typeof fields[name] === 'string' ? String(fields[name]).slice(0, 200) : '');
  const list = (name: string) =>
    Array.isArray(fields[name]) ? fields[name].filter((item) => typeof item === 'string').slice(0, 1000) : [];
  if (fields.version !== 1 || word('guest') === '') return undefined;
  return {
    version: 1,
    relight: word('relight'),
    guest: word('guest'),
    erases: word('erases'),
    ...(word('specSha256') === '' ? {} : { specSha256: word('specSha256') }),
    preseedSha256: word('preseedSha256'),
    initrdFiles: list('initrdFiles'),
    imageFiles: list('imageFiles'),
  };
}
