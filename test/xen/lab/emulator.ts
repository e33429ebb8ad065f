import { join } from 'node:path';
import { readAptOptions, readArchives } from './apt.ts';
import { buildOnce } from './cache.ts';
import { mendEmulator } from './emulator-mend.ts';
import { runProgram } from './process.ts';

/** How to start the emulator: the first words of its command line. */
export type Emulator = readonly string[];

/** Before it, QEMU's emulation of SVM now and then crashes a PVH guest (triple fault, overflow of the entry stack). */
const OLDEST = 9;
/** The Debian suite whose QEMU is taken where this machine's own is too old. */
const SUITE = 'trixie';

/**
 * Finds a QEMU that nests Xen's guests well: this machine's own, or Debian's unpacked into the cache and run with its
 * own libraries; nothing is installed. `RELIGHT_LAB_QEMU` names another. With `RELIGHT_LAB_MEND` it is a copy without the
 * assertion that HVM guests booting by UEFI run into.
 */
export async function prepareEmulator(): Promise<Emulator> {
  const named = process.env.RELIGHT_LAB_QEMU;
  if (named !== undefined) return [named];
  const own = 'qemu-system-x86_64';
  const version = await runProgram([own, '--version']).catch(() => undefined);
  const major = Number(/version (\d+)/.exec(version?.stdout ?? '')?.[1] ?? 0);
  const isMended = process.env.RELIGHT_LAB_MEND !== undefined;
  if (major >= OLDEST && !isMended) return [own];

  const archives = await readArchives();
  const options = await readAptOptions();
  const source = `deb ${archives.debian} ${SUITE} main`;
  const directory = await buildOnce('emulator', { source, options }, async (draft) => {
    await runProgram(
      [
        ...['mmdebstrap', '--variant=extract', '--mode=root', '--architectures=amd64'],
        `--keyring=${archives.keyring}`,
        '--include=qemu-system-x86,seabios',
        ...options.map((option) => `--aptopt=${option}`),
        ...[SUITE, join(draft, 'root'), source],
      ],
      { log: join(draft, 'build.log') },
    );
  });
  const usr = join(directory, 'root', 'usr');
  const program = join(usr, 'bin', own);
  if (isMended) mendEmulator(program, `${program}.mended`);
  return [
    join(usr, 'lib64', 'ld-linux-x86-64.so.2'),
    ...['--library-path', join(usr, 'lib', 'x86_64-linux-gnu')],
    isMended ? `${program}.mended` : program,
    ...['-L', join(usr, 'share', 'qemu'), '-L', join(usr, 'share', 'seabios')],
  ];
}
