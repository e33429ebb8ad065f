import { gunzipSync } from 'node:zlib';
import type { NetbootFacts } from '../../host/netboot.ts';
import { parseUdebs } from '../../host/udebs.ts';
import { readCpio } from '../../render/cpio.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { pathExists, readBytesFile } from '../files.ts';

/** The installer's initrd is 41 MB packed and 140 MB unpacked in trixie. */
const LARGEST_INITRD = 1024 ** 3;
const LINK = 0o120000;

/**
 * Reads what the installer in a directory is: `linux` and `initrd.gz`, as Debian's netboot packages have them.
 * @throws Failure RL1204 when the directory holds no installer
 */
export function readNetboot(directory: string): NetbootFacts {
  return readInstaller(`${directory}/linux`, `${directory}/initrd.gz`, directory);
}

/** As `readNetboot`, for a kernel and an initrd that may have other names. `directory` names their place in messages. */
export function readInstaller(kernel: string, initrd: string, directory: string): NetbootFacts {
  if (!pathExists(kernel) || !pathExists(initrd)) refuse(directory, 'there is no linux or no initrd.gz');
  const archive = readInitrd(initrd, directory);
  const versions = archive.flatMap(({ path }) => /^(?:usr\/)?lib\/modules\/([^/]+)$/.exec(path)?.[1] ?? []);
  const [kernelVersion] = versions;
  const status = archive.find(({ path }) => path === 'var/lib/dpkg/status');
  if (kernelVersion === undefined || versions.length > 1 || status === undefined) {
    refuse(directory, "its initrd has not one kernel's modules and a list of components");
  }
  const statusText = new TextDecoder().decode(status.content);
  const library = archive.find(({ path }) => path === 'lib');
  return {
    kernel,
    initrd,
    kernelVersion,
    prefix: library !== undefined && (library.mode & 0o170000) === LINK ? 'usr/' : '',
    installed: parseUdebs(statusText),
    statusText,
    completion: undefined,
  };
}

function readInitrd(path: string, directory: string) {
  let archive: ReturnType<typeof readCpio>;
  try {
    archive = readCpio(gunzipSync(readBytesFile(path, LARGEST_INITRD), { maxOutputLength: LARGEST_INITRD }));
  } catch {
    archive = undefined;
  }
  return archive?.entries ?? refuse(directory, 'its initrd.gz is not a gzipped cpio archive');
}

function refuse(directory: string, problem: string): never {
  throw makeFailure(EXIT.notReady, 'RL1204', { directory, problem });
}
