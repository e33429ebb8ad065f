import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../iso/byte-source.ts';
import { isoFailure } from '../iso/problems.ts';

/** A file that is read by position. Close it when done. */
export interface FileSource extends ByteSource {
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
  const facts = await handle.stat();
  if (!facts.isFile()) {
    await handle.close();
    throw isoFailure('not-iso', { why: `${path} is not a regular file` });
  }
  return {
    size: facts.size,
    read: (offset, length) => readAt(handle, offset, length),
    close: () => handle.close(),
  };
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  // A plain array and no Buffer, whose slice() would share its memory.
  const buffer = new Uint8Array(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
