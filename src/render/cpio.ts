/** One member of an archive. Directories come before what they hold. */
export interface CpioEntry {
  /** Relative, without `./` and without a leading slash. */
  readonly path: string;
  /** st_mode with the file type, such as 0o100644. */
  readonly mode: number;
  readonly content: Uint8Array;
}

const MAGIC = '070701';
const HEADER = 110;
const TRAILER = 'TRAILER!!!';
/** The kernel asks for 4 (buffer-format.rst); 512 is what cpio(1) writes. */
const ARCHIVE_ALIGNMENT = 512;

/**
 * Writes a newc archive as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format.rst). The same
 * entries give the same bytes: owner root, date 0, inode numbers in the order given.
 * @throws RangeError for a path that is absolute, empty, or leads upwards.
 */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  entries.forEach((entry, index) => {
    if (!isPlainPath(entry.path)) throw new RangeError(`the archive cannot hold the path ${entry.path}`);
    parts.push(...writeMember(entry, index + 1));
  });
  parts.push(...writeMember({ path: TRAILER, mode: 0, content: new Uint8Array(0) }, 0));
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const archive = new Uint8Array(Math.ceil(size / ARCHIVE_ALIGNMENT) * ARCHIVE_ALIGNMENT);
  let offset = 0;
  for (const part of parts) {
    archive.set(part, offset);
    offset += part.length;
  }
  return archive;
}

/** The entries with a directory of mode 0755 before whatever lies in one that is not among them. */
export function withParents(entries: readonly CpioEntry[]): CpioEntry[] {
  const known = new Set(entries.map(({ path }) => path));
  return entries.flatMap((entry) => {
    const parts = entry.path.split('/').slice(0, -1);
    const parents = parts
      .map((_, index) => parts.slice(0, index + 1).join('/'))
      .filter((path) => !known.has(path));
    for (const path of parents) known.add(path);
    return [...parents.map((path) => ({ path, mode: 0o040755, content: new Uint8Array(0) })), entry];
  });
}

function isPlainPath(path: string): boolean {
  if (path === TRAILER || path.length > 1024 || path.includes('\0')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function writeMember(entry: CpioEntry, inode: number): Uint8Array[] {
  const name = new TextEncoder().encode(`${entry.path}\0`);
  const isDirectory = (entry.mode & 0o170000) === 0o040000;
  const fields = [
    inode,
    entry.mode,
    0,
    0,
    isDirectory ? 2 : 1,
    0,
    entry.content.length,
    0,
    0,
    0,
    0,
    name.length,
    0,
  ];
  const header = MAGIC + fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('');
  return [pad([new TextEncoder().encode(header), name]), pad([entry.content])];
}

/** Joins and pads with NULs to a multiple of four bytes. */
function pad(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const padded = new Uint8Array(Math.ceil(size / 4) * 4);
  let offset = 0;
  for (const part of parts) {
    padded.set(part, offset);
    offset += part.length;
  }
  return padded;
}

/**
 * Reads the entries of the newc archive at the start of `bytes`. Undefined: there is none, or it is cut off or damaged.
 * `length` is how much of `bytes` the archive takes.
 */
export function readCpio(bytes: Uint8Array): { entries: CpioEntry[]; length: number } | undefined {
  const entries: CpioEntry[] = [];
  let offset = 0;
  for (;;) {
    const text = new TextDecoder('latin1').decode(bytes.subarray(offset, offset + HEADER));
    if (text.length < HEADER || !/^07070[12][0-9a-fA-F]{104}$/.test(text)) return undefined;
    const field = (index: number) => Number.parseInt(text.slice(6 + index * 8, 14 + index * 8), 16);
    const nameStart = offset + HEADER;
    const dataStart = offset + Math.ceil((HEADER + field(11)) / 4) * 4;
    const dataEnd = dataStart + field(6);
    if (field(11) === 0 || dataEnd > bytes.length) return undefined;
    const path = new TextDecoder().decode(bytes.subarray(nameStart, nameStart + field(11) - 1));
    offset = Math.ceil(dataEnd / 4) * 4;
    if (path === TRAILER) return { entries, length: offset };
    entries.push({ path, mode: field(1), content: bytes.subarray(dataStart, dataEnd) });
  }
}
