/** A file of Debian's archive that the vault keeps: the path below the archive's root, and the object that holds it. */
export interface ArchiveFile {
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Where the archive lies on the server: the preseed's `mirror/http/directory`. */
export const SERVED_DIRECTORY = '/debian';

/** Of an archive's names: no way out, no hidden file, nothing that a URL or a list of sources would have to quote. */
export const ARCHIVE_PATH =
  /^(?!.*(?:^|\/)\.)[A-Za-z0-9][A-Za-z0-9._+~:-]*(?:\/[A-Za-z0-9][A-Za-z0-9._+~:-]*)*$/;

/**
 * The names under which files are served: their own, and an index by its hash as well (`Acquire-By-Hash`,
 * https://wiki.debian.org/DebianRepository/Format), which is how apt and debootstrap ask for it.
 */
export function listServedNames(files: readonly ArchiveFile[]): ReadonlyMap<string, ArchiveFile> {
  const names = new Map<string, ArchiveFile>();
  for (const file of files) {
    names.set(file.path, file);
    if (isIndex(file.path)) names.set(nameByHash(file), file);
  }
  return names;
}

/** `dists/S/main/binary-amd64/Packages.xz` -> `dists/S/main/binary-amd64/by-hash/SHA256/HASH` */
export function nameByHash({ path, sha256 }: Pick<ArchiveFile, 'path' | 'sha256'>): string {
  return `${path.slice(0, path.lastIndexOf('/'))}/by-hash/SHA256/${sha256}`;
}

/** Release and its signatures lie three deep; whatever is deeper below dists is an index. */
function isIndex(path: string): boolean {
  return /^dists\/[^/]+\/[^/]+\//.test(path);
}

/**
 * The archive's path that a request asks for; undefined for anything that is no plain path below the archive. What comes
 * out is looked up among served names and is never a path of this machine.
 */
export function readRequestPath(target: string): string | undefined {
  const [raw = ''] = target.split(/[?#]/, 1);
  if (!raw.startsWith(`${SERVED_DIRECTORY}/`)) return undefined;
  try {
    // Some clients write two slashes where a directory's name ended with one.
    const path = decodeURIComponent(raw.slice(SERVED_DIRECTORY.length)).replace(/^\/+/, '');
    return ARCHIVE_PATH.test(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** First and last byte, both of them included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads a `Range` header (RFC 9110, 14.2). Undefined: none that is understood, so that the whole file is sent; several
 * ranges are not. `'none'`: it lies outside the file.
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'none' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from === '') {
    const count = Number(to);
    return count === 0 || size === 0 ? 'none' : { first: Math.max(0, size - count), last: size - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return undefined;
  if (first >= size) return 'none';
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}
