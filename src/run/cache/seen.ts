import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { makeDirectory, pathExists, readTextFile, writeFileAtomically } from '../files.ts';

const VERSION = 1;
/** A hundred bytes a file, and a big cache has some ten thousand. */
const CAP = 256 * 1024 * 1024;

/** What tells one state of a file from another. Nobody sets the ctime back, whoever writes. */
export interface FileMark {
  readonly path: string;
  readonly size: number;
  readonly ctimeMs: number;
  readonly inode: number;
}

/**
 * Which files of a cache were found in order before, so that a look at it reads only what was written since. `against`
 * names the indices that said nothing of a file: with others it is to be judged anew.
 */
export interface SeenFiles {
  /** Whether the file was in order and is the same still. */
  readonly recall: (file: FileMark, against?: string) => boolean;
  readonly add: (file: FileMark, against?: string) => void;
  /** Writes down what was recalled and added; all else is forgotten. */
  readonly save: () => void;
}

/** Opens the record at `path`. `deep`: believes nothing that it says. What cannot be read counts as empty. */
export function openSeenFiles(path: string, deep: boolean): SeenFiles {
  const before = deep ? new Map<string, string>() : readRecord(path);
  const after = new Map<string, string>();
  return {
    recall: (file, against = '') => {
      const found = before.get(file.path);
      if (found !== describe(file, '') && found !== describe(file, against)) return false;
      after.set(file.path, found);
      return true;
    },
    add: (file, against = '') => {
      after.set(file.path, describe(file, against));
    },
    save: () => {
      const record = { version: VERSION, files: Object.fromEntries(after) };
      makeDirectory(dirname(path), 0o700);
      writeFileAtomically(path, `${JSON.stringify(record)}\n`, 0o600);
    },
  };
}

/** One short name for the state of several files. */
export function hashMarks(files: readonly FileMark[]): string {
  const lines = files.map((file) => `${file.path} ${describe(file, '')}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 16);
}

function readRecord(path: string): Map<string, string> {
  if (!pathExists(path)) return new Map();
  try {
    const { version, files } = JSON.parse(readTextFile(path, CAP)) as { version?: unknown; files?: unknown };
    if (version !== VERSION || typeof files !== 'object' || files === null) return new Map();
    return new Map(Object.entries(files as Record<string, string>));
  } catch {
    return new Map();
  }
}

const describe = ({ size, ctimeMs, inode }: FileMark, against: string) =>
  `${size} ${ctimeMs} ${inode}${against === '' ? '' : ` ${against}`}`;
