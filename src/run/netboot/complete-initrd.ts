import { lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { NetbootFacts } from '../../host/netboot.ts';
import { renderInstalled, type Udeb } from '../../host/udebs.ts';
import { DISPENSABLE_UDEBS, FILESYSTEM_PROGRAMS, INSTALLER_MODULES } from '../../release/installer-parts.ts';
import { type CpioEntry, withParents, writeCpio } from '../../render/cpio.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { chooseModules } from '../../tools/depmod.ts';
import { listDirectory } from '../directory.ts';
import { pathExists, readBytesFile, readTextFile, writeFileAtomically } from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import type { MissingComponents } from './check-udebs.ts';

const LARGEST_FILE = 64 * 1024 ** 2;
const LIBRARY = 'usr/lib/x86_64-linux-gnu';
const FILESYSTEM_UDEB = 'e2fsprogs-udeb';

/**
 * Makes the archive that gives the installer what its mirror lacks: kernel modules of its own version out of the
 * linux-image package, the programs of e2fsprogs, and entries that make it take the missing udebs for installed.
 * `packages` is the directory with the unpacked files of these packages; `requireCompletable` comes before they are fetched.
 * @throws Failure RL1206 when the packages have no modules of this kernel
 */
export async function completeInitrd(
  runner: Runner,
  netboot: NetbootFacts,
  missing: MissingComponents,
  packages: string,
  target: string,
): Promise<void> {
  const { prefix, kernelVersion } = netboot;
  const modules = await listModules(runner, packages, kernelVersion, prefix);
  const entries = [...modules, ...listFilesystemPrograms(packages, prefix)];
  const status = `${netboot.statusText.trimEnd()}\n\n${renderInstalled(listStandIns(missing, kernelVersion))}`;
  entries.push(file('var/lib/dpkg/status', 0o644, Buffer.from(status)));
  writeFileAtomically(target, writeCpio(withParents(entries)), 0o600);
}

/** @throws Failure RL1206 when something is missing that no other package has */
export function requireCompletable({ lost }: MissingComponents): void {
  const needed = lost.filter(({ name }) => name !== FILESYSTEM_UDEB && !DISPENSABLE_UDEBS.test(name));
  if (needed.length === 0) return;
  const names = needed.map(({ name }) => name).join(', ');
  throw makeFailure(EXIT.notReady, 'RL1206', { names });
}

/** The lost udebs under their own names, and one that provides what is unmet. */
function listStandIns(
  { lost, unmet }: MissingComponents,
  kernelVersion: string,
): Pick<Udeb, 'name' | 'version' | 'provides'>[] {
  const modules = { name: `relight-modules-${kernelVersion}-di`, version: '1', provides: unmet };
  return [...lost, ...(unmet.length === 0 ? [] : [modules])];
}

async function listModules(
  runner: Runner,
  packages: string,
  kernelVersion: string,
  prefix: string,
): Promise<CpioEntry[]> {
  const base = ['usr/lib', 'lib'].find((lib) => pathExists(`${packages}/${lib}/modules/${kernelVersion}`));
  if (base === undefined) {
    throw makeFailure(EXIT.notReady, 'RL1206', { names: `modules of kernel ${kernelVersion}` });
  }
  // depmod looks below lib/modules.
  const top = base === 'lib' ? packages : `${packages}/usr`;
  requireSuccess(
    await runner.run({ argv: ['depmod', '--basedir', top, kernelVersion], deadlineSeconds: 300 }),
  );
  const directory = `${packages}/${base}/modules/${kernelVersion}`;
  const read = (name: string) => readBytesFile(`${directory}/${name}`, LARGEST_FILE);
  const chosen = chooseModules(readTextFile(`${directory}/modules.dep`, LARGEST_FILE), INSTALLER_MODULES);
  const indexes = listDirectory(directory).filter((name) => name.startsWith('modules.'));
  return [...indexes, ...chosen].map((name) =>
    file(`${prefix}lib/modules/${kernelVersion}/${name}`, 0o644, read(name)),
  );
}

function listFilesystemPrograms(packages: string, prefix: string): CpioEntry[] {
  const find = (name: string) =>
    [`${packages}/usr/sbin/${name}`, `${packages}/sbin/${name}`].find((path) => pathExists(path));
  const programs = FILESYSTEM_PROGRAMS.flatMap((name) => {
    const path = find(name);
    return path === undefined ? [] : [copy(path, `${prefix}sbin/${name}`)];
  });
  const libraries = [LIBRARY, 'lib/x86_64-linux-gnu']
    .map((directory) => `${packages}/${directory}`)
    .filter((directory) => pathExists(directory))
    .flatMap((directory) =>
      listDirectory(directory)
        .filter((name) => /^lib(?:ext2fs|e2p|com_err|ss)\.so\./.test(name))
        .map((name) => copy(`${directory}/${name}`, `${prefix}lib/x86_64-linux-gnu/${name}`)),
    );
  return [...programs, ...libraries, copy(`${packages}/etc/mke2fs.conf`, 'etc/mke2fs.conf')];
}

/** A file with its mode, or a link that leads to a file beside it. */
function copy(from: string, path: string): CpioEntry {
  const stats = lstatSync(from);
  if (!stats.isSymbolicLink()) return file(path, stats.mode & 0o755, readBytesFile(from, LARGEST_FILE));
  const target = readlinkSync(from);
  if (dirname(target) !== '.') throw new TypeError(`${basename(from)} leads away: ${target}`);
  return { path, mode: 0o120777, content: Buffer.from(target) };
}

function file(path: string, mode: number, content: Uint8Array): CpioEntry {
  return { path, mode: 0o100000 | mode, content };
}
