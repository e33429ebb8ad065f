import { createCipheriv } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { requirePrograms } from '../xen/lab/apt.ts';
import { buildOnce } from '../xen/lab/cache.ts';
import { runProgram } from '../xen/lab/process.ts';
import { fetchLookalikePackages, type LookalikeSuite, RELEASE_NUMBER } from './netinst-packages.ts';
import { diskInfo, freezeTimes, type NetinstTree, writeTree } from './netinst-tree.ts';

/** Raise it when the builder changes: the cache is addressed by it. */
const VERSION = 1;

/**
 * Which installer lies on the image. `netboot`: the one for network boot. `complete`: the same, with all that an
 * installation to the end needs, whatever the mirror lacks. `cd`: one that takes its components from the CD.
 */
export type LookalikeKind = 'netboot' | 'complete' | 'cd';

/** What of the cache's address tells the kinds from each other. */
const KIND_INPUTS = { netboot: {}, complete: { installs: 2 }, cd: { cd: 1 } } as const;

/**
 * Builds an image that is laid out, booted and checked like a netinst of debian-cd 3.2, and hands back its path. It is
 * kept in the cache. `fillerBytes` of incompressible data in its pool make it as large as a benchmark needs.
 */
export async function buildLookalike(
  suite: LookalikeSuite,
  fillerBytes = 0,
  kind: LookalikeKind = 'netboot',
): Promise<string> {
  await requirePrograms({
    xorriso: 'xorriso',
    mcopy: 'mtools',
    'mkfs.msdos': 'dosfstools',
    cpp: 'cpp',
    perl: 'perl',
  });
  const packages = await fetchLookalikePackages(suite);
  const inputs = { version: VERSION, suite, packages, fillerBytes, ...KIND_INPUTS[kind] };
  const directory = await buildOnce('netinst', inputs, async (draft) => {
    const tree: NetinstTree = { suite, packages, boot: join(draft, 'boot1'), disc: join(draft, 'CD1') };
    mkdirSync(tree.disc, { recursive: true });
    if (fillerBytes > 0) writeFiller(join(tree.disc, 'pool/main/f/filler'), fillerBytes);
    await writeTree(tree, kind);
    await makeImage(draft, tree);
    for (const part of ['boot1', 'CD1']) rmSync(join(draft, part), { recursive: true });
  });
  return join(directory, lookalikeName(suite));
}

export function lookalikeName(suite: LookalikeSuite): string {
  return `debian-${RELEASE_NUMBER[suite]}.1.0-amd64-netinst.iso`;
}

/** The command line of make_image, which debian-cd also writes into the image. */
async function makeImage(draft: string, tree: NetinstTree): Promise<void> {
  const mbr = join(tree.packages, 'root/usr/lib/ISOLINUX/isohdpfx.bin');
  const options =
    '-r -checksum_algorithm_iso sha256,sha512 ' +
    `-V 'Debian ${RELEASE_NUMBER[tree.suite]}.1.0 amd64 n' -o ${lookalikeName(tree.suite)} -J -joliet-long -cache-inodes ` +
    '-isohybrid-mbr isohdpfx.bin -b isolinux/isolinux.bin -c isolinux/boot.cat -boot-load-size 4 -boot-info-table ' +
    '-no-emul-boot -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus ' +
    'boot1 CD1';
  const command = `xorriso -as mkisofs ${options.replace('isohdpfx.bin', `'${mbr}'`)}`;
  writeFileSync(join(tree.disc, '.disk/mkisofs'), `xorriso -as mkisofs ${options}\n`);
  await freezeTimes(draft);
  const log = join(draft, 'build.log');
  await runProgram(['env', 'SOURCE_DATE_EPOCH=1757154180', 'sh', '-c', command], { directory: draft, log });
  writeFileSync(log, `${diskInfo(tree.suite)}\n`, { flag: 'a' });
}

/** The same pseudo-random bytes every time, in files of 64 MiB as a pool has many. */
function writeFiller(directory: string, bytes: number): void {
  mkdirSync(directory, { recursive: true });
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const zeros = Buffer.alloc(1024 * 1024);
  for (let done = 0, index = 0; done < bytes; index += 1) {
    const file = openSync(join(directory, `filler_${index}.deb`), 'w');
    for (let part = 0; part < 64 && done < bytes; part += 1) {
      const piece = cipher.update(zeros.subarray(0, Math.min(zeros.length, bytes - done)));
      writeSync(file, piece);
      done += piece.length;
    }
    closeSync(file);
  }
}
