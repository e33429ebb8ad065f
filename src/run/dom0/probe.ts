import { release } from 'node:os';
import type { Dom0Facts, FileFact } from '../../host/dom0-facts.ts';
import type { HostPaths } from '../../host/facts.ts';
import { statePaths } from '../../host/paths.ts';
import { parseInstalled } from '../../host/xl-checks.ts';
import { listDom0Paths } from '../../plan/dom0/paths.ts';
import type { Site } from '../../spec/types.ts';
import {
  DIVERSIONS_ARGV,
  DPKG_ARCHITECTURE_ARGV,
  DPKG_AUDIT_ARGV,
  DPKG_LIST_ARGV,
} from '../../tools/dpkg.ts';
import { parseOsRelease } from '../../tools/os-release.ts';
import { openSeenFiles } from '../cache/seen.ts';
import { probeSiteCache } from '../cache/site-cache.ts';
import { pathExists, readBytesFile, readTextFile } from '../files.ts';
import { probeMirrors } from '../probe-host.ts';
import { probeSiteNetwork } from '../probe-network.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import { readHostFile } from '../steps/host-files.ts';
import { readAddresses } from './addresses.ts';
import { probeDisk, probeVolumeGroups } from './storage.ts';
import { probeXen } from './xen.ts';

/** uefi.org: the variable SecureBoot of the global namespace; four bytes of attributes, then its value. */
const SECURE_BOOT = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
const ANSWER_SECONDS = 120;

export interface Dom0ProbeRequest {
  readonly site: Site;
  readonly paths: HostPaths;
  readonly runner: Runner;
  readonly storageDisk: string | undefined;
  /** Read every file of the package cache, those found whole before included. */
  readonly deep: boolean;
}

/** Looks at everything that a dom0's plan rests on. Reads only. @throws Failure */
export async function probeDom0(request: Dom0ProbeRequest): Promise<Dom0Facts> {
  const { site, paths, runner, storageDisk, deep } = request;
  const read = async (argv: readonly string[]) =>
    requireSuccess(await runner.run({ argv, deadlineSeconds: ANSWER_SECONDS })).stdout;
  const osRelease = pathExists('/etc/os-release') ? parseOsRelease(readTextFile('/etc/os-release')) : {};
  const mirrors = await probeMirrors(runner);
  const seen = openSeenFiles(statePaths.cacheSeen(paths), deep);
  return {
    paths,
    system: { id: osRelease.ID ?? '', codename: osRelease.VERSION_CODENAME ?? '' },
    architecture: (await read(DPKG_ARCHITECTURE_ARGV)).trim(),
    kernel: release(),
    kernelCommandLine: readTextFile('/proc/cmdline').trim(),
    firmware: pathExists('/sys/firmware/efi') ? 'efi' : 'bios',
    secureBoot: pathExists(SECURE_BOOT) && readBytesFile(SECURE_BOOT)[4] === 1,
    installed: parseInstalled(await read(DPKG_LIST_ARGV)),
    dpkgAudit: (await read(DPKG_AUDIT_ARGV)).trim(),
    diversions: (await read(DIVERSIONS_ARGV)).split('\n').filter((line) => line !== ''),
    files: readFiles(listDom0Paths(site)),
    xen: await probeXen(runner),
    mirrors,
    ...(await probeSiteCache(runner, site, mirrors, osRelease.VERSION_CODENAME ?? '', seen)),
    addresses: readAddresses(),
    network: site.networks.size === 0 ? undefined : await probeSiteNetwork(site, paths, runner),
    volumeGroups: await probeVolumeGroups(runner),
    disk: storageDisk === undefined ? undefined : await probeDisk(runner, storageDisk),
  };
}

function readFiles(paths: readonly string[]): Record<string, FileFact> {
  const files: Record<string, FileFact> = {};
  for (const path of paths) {
    const found = readHostFile(path);
    if (found !== undefined) files[path] = found;
  }
  return files;
}
