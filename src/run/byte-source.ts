import { type BigIntStats, constants, readSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../iso/byte-source.ts';
import { isoFailure } from '../iso/problems.ts';

/** A file that is read by position. Close it when done. */
export interface FileSource extends ByteSource {
  /** As it was opened. */
  readonly facts: BigIntStats;
  /** Whether its name still leads to the same file, with the same size and times. */
  isUnchanged(): boolean;
  close(): Promise<void>;
}

/**
 * Opens a file for positional reads.
 * @throws Failure RL6001 when it cannot be opened or is a directory.
 */
export async function openFileSource(path: string): Promise<FileSource> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK a FIFO in the place of an image would keep us waiting.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw isoFailure('not-iso', {
      why: `${path} cannot be opened (${(error as NodeJS.ErrnoException).code ?? error})`,
    });
  }
  const facts = await handle.stat({ bigint: true });
  if (!facts.isFile()) {
    await handle.close();
    throw isoFailure('not-iso', { why: `${path} is not a regular file` });
  }
  return {
    size: Number(facts.size),
    facts,
    isUnchanged: () => {
      const now = statSync(path, { bigint: true, throwIfNoEntry: false });
      return now !== undefined && describeState(now) === describeState(facts);
    },
    read: (offset, length, into) => readAt(handle, offset, length, into),
    close: () => handle.close(),
  };
}

/** What tells one state of a file from another; times in nanoseconds. Nobody sets a ctime back, whoever writes. */
export function describeState({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** Up to this many bytes a thread's way there and back takes longer than the read. */
const SMALL_READ = 64 * 1024;

async function readAt(
  handle: FileHandle,
  offset: number,
  length: number,
  into?: Uint8Array,
): Promise<Uint8Array> {
  // A plain array and no Buffer, whose slice() would share its memory.
  const buffer = into ?? new Uint8Array(length);
  if (length <= SMALL_READ) return buffer.subarray(0, readSync(handle.fd, buffer, 0, length, offset));
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
