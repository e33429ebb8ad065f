import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { layOutRootDisk, renderSfdiskScript } from '../../render/sfdisk.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { deriveUuid } from '../../spec/identity.ts';
import { buildCatArgv } from '../../tools/debugfs.ts';
import { embedGrub } from '../../tools/grub.ts';
import { createSparseFile, removeFile } from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import { writeFilesystem } from './filesystem.ts';
import type { ExportRequest } from './formats.ts';

const MEBIBYTE = 1024 * 1024;
/** What is on a disk beside its root filesystem: the table, GRUB's partition, the second copy of the table. */
const AROUND = 3 * MEBIBYTE;
const WRITE_SECONDS = 3600;

/** A whole disk, sparse: GPT, GRUB for BIOS, the root filesystem. It starts by itself, as a guest without identity. */
export async function writeRawDisk(request: ExportRequest, target: string): Promise<void> {
  const { store, runner, manifest, hash, work } = request;
  const filesystem = `${work}/filesystem.img`;
  await writeFilesystem(store, runner, manifest, filesystem);
  const sizeBytes = manifest.filesystem.size + AROUND;
  const layout = layOutRootDisk(sizeBytes, false);
  createSparseFile(target, sizeBytes, 0o600);
  const uuid = (part: string) => deriveUuid('image', hash, part);
  const script = renderSfdiskScript({
    sizeBytes,
    diskUuid: uuid('disk'),
    biosUuid: uuid('bios'),
    rootUuid: uuid('root'),
  });
  const run = async (argv: readonly string[], stdin?: string) =>
    requireSuccess(
      await runner.run({ argv, deadlineSeconds: WRITE_SECONDS, ...(stdin === undefined ? {} : { stdin }) }),
    );
  await run(['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', target], script);
  await run([
    ...['dd', `if=${filesystem}`, `of=${target}`, 'bs=1M', `seek=${layout.rootOffset / MEBIBYTE}`],
    ...['conv=notrunc,sparse,fsync', 'status=none'],
  ]);
  const boot = await readFile(runner, filesystem, '/usr/lib/grub/i386-pc/boot.img');
  const core = await readFile(runner, filesystem, '/boot/grub/core.img');
  const images = embedGrub(boot, core, layout.biosOffset / 512);
  const disk = openSync(target, 'r+');
  try {
    writeSync(disk, images.core, 0, images.core.length, layout.biosOffset);
    writeSync(disk, images.mbr, 0, images.mbr.length, 0);
    fsyncSync(disk);
  } finally {
    closeSync(disk);
  }
  removeFile(filesystem);
}

/** The same as qcow2, compressed by QEMU. */
export async function writeQcow2(request: ExportRequest, target: string): Promise<void> {
  const raw = `${request.work}/disk.raw`;
  await writeRawDisk(request, raw);
  const argv = ['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', '-c', raw, target];
  requireSuccess(await request.runner.run({ argv, deadlineSeconds: WRITE_SECONDS }));
}

/** A file of an ext4 image, read without mounting it. */
async function readFile(runner: Runner, image: string, path: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const argv = buildCatArgv(image, path);
  requireSuccess(await runner.run({ argv, deadlineSeconds: 60, onBytes: (bytes) => pieces.push(bytes) }));
  if (pieces.length > 0) return Buffer.concat(pieces);
  throw new Failure(EXIT.failed, 'RL0722', `GRUB's ${path} is missing in the root filesystem`);
}
