import type { NetbootFacts } from '../host/netboot.ts';
import { findMirrors, findProxy, listSources, type SourceRequest } from '../plan/rebuild/sources.ts';
import { findInstallerParts } from '../release/installer-parts.ts';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { makeDirectory } from '../run/files.ts';
import { findMissingComponents, type MissingComponents } from '../run/netboot/check-udebs.ts';
import { completeInitrd, requireCompletable } from '../run/netboot/complete-initrd.ts';
import { fetchPackages } from '../run/netboot/fetch-packages.ts';
import { readNetboot } from '../run/netboot/read-netboot.ts';
import type { Runner } from '../run/runner.ts';
import { formatSourceLine } from '../tools/mmdebstrap.ts';

export interface NetbootOptions {
  /** A directory with `linux` and `initrd.gz` instead of Debian's package. */
  readonly netboot?: string;
  /** Put what the mirror lacks into the initrd. */
  readonly completeInitrd?: boolean;
}

/** Names of missing components that a message shows. */
const SHOWN = 4;

/**
 * The Debian installer for a guest: fetched by apt into the cache or taken from a directory, and compared with what the
 * mirror has for it, before anything else is done.
 * @throws Failure of status 4 when there is no installer, or when the mirror lacks what it needs
 */
export async function prepareNetboot(
  request: SourceRequest,
  options: NetbootOptions,
  runner: Runner,
  say: (text: string) => void,
): Promise<NetbootFacts> {
  const { guest, facts } = request;
  const parts = findInstallerParts(guest.suite);
  if (parts === undefined) {
    const problem = `relight knows no installer of suite ${guest.suite}`;
    throw makeFailure(EXIT.notReady, 'RL1204', { directory: 'the archive', problem });
  }
  const cache = `${facts.paths.state}/cache/${guest.suite}`;
  makeDirectory(cache, 0o700);
  const proxy = findProxy(request);
  const fetch = (names: readonly string[]) => {
    const sources = listSources(request).map((source) => formatSourceLine(source, facts.keyring));
    return fetchPackages(runner, cache, { names, sources, proxy });
  };
  const given = options.netboot ?? request.site.host.netboot[guest.suite];
  const directory = given ?? `${await fetch([parts.netboot])}/${parts.directory}`;
  const read = readNetboot(directory);
  const missing = await findMissingComponents(read, findMirrors(request).archive, guest.suite, proxy);
  const netboot = missing.suite === guest.suite ? read : { ...read, componentSuite: missing.suite };
  const names = listNames(missing);
  if (names.length === 0) return netboot;
  const kernel = netboot.kernelVersion;
  if (options.completeInitrd !== true && !request.site.host.completeInitrd) {
    const shown = names.slice(0, SHOWN).join(', ');
    throw makeFailure(EXIT.notReady, 'RL1207', { count: names.length, kernel, names: shown });
  }
  requireCompletable(missing);
  say(`the mirror lacks ${names.length} components for kernel ${kernel}: they are put into the initrd\n`);
  const packages = await fetch([`linux-image-${kernel}`, ...parts.filesystemPackages]);
  const completion = `${cache}/completion-${kernel}.cpio`;
  await completeInitrd(runner, netboot, missing, packages, completion);
  return { ...netboot, completion };
}

/** Dependencies that are no kernel modules are ignored by the installer itself (libdebian-installer, resolver). */
function listNames({ lost, unmet, foreignKernel }: MissingComponents): string[] {
  const modules = unmet.filter((name) => name.endsWith('-modules'));
  const all = [...lost.map(({ name }) => name), ...modules];
  return all.length === 0 && foreignKernel ? ['kernel modules'] : all;
}
