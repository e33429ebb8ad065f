import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Pack, pack } from 'tar-stream';
import { nameXvaBlock, renderOvaXml, XVA_BLOCK } from '../../image/xva.ts';
import { removeFile } from '../files.ts';
import { writeRawDisk } from './disk.ts';
import type { ExportRequest } from './formats.ts';

/**
 * A tar of the metadata and the disk's blocks, each with its SHA-1. Blocks of zeros are left out but for the first and the
 * last, from which the reader learns how long the disk is.
 */
export async function writeXva(request: ExportRequest, target: string): Promise<void> {
  const { manifest, hash, work } = request;
  const raw = `${work}/disk.raw`;
  await writeRawDisk(request, raw);
  const disk = openSync(raw, 'r');
  try {
    const { size } = fstatSync(disk);
    const archive = pack();
    const written = drain(archive, target);
    await addEntry(archive, 'ova.xml', Buffer.from(renderOvaXml(manifest, hash, size)));
    await addBlocks(archive, disk, size);
    archive.finalize();
    await written;
  } finally {
    closeSync(disk);
  }
  removeFile(raw);
}

async function addBlocks(archive: Pack, disk: number, size: number): Promise<void> {
  const zeros = Buffer.alloc(XVA_BLOCK);
  for (let start = 0; start < size; start += XVA_BLOCK) {
    const length = Math.min(XVA_BLOCK, size - start);
    const block = Buffer.alloc(length);
    readSync(disk, block, 0, length, start);
    const isEnd = start === 0 || start + length === size;
    if (!isEnd && block.equals(zeros)) continue;
    const name = nameXvaBlock(start / XVA_BLOCK);
    await addEntry(archive, name, block);
    const sum = createHash('sha1').update(block).digest('hex');
    await addEntry(archive, `${name}.checksum`, Buffer.from(sum));
  }
}

/** Adds a file when there is room for it, so that memory does not grow with the disk. */
function addEntry(archive: Pack, name: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const header = { name, size: content.length, mode: 0o644, mtime: new Date(0) };
    const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    entry.end(content);
  });
}

async function drain(archive: Pack, target: string): Promise<void> {
  const file = await open(target, 'wx', 0o600);
  try {
    for await (const piece of archive) await file.writeFile(piece as Uint8Array);
    await file.sync();
  } finally {
    await file.close();
  }
}
