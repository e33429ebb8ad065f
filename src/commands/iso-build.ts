import { basename, resolve } from 'node:path';
import { statePaths } from '../host/paths.ts';
import { isoFailure } from '../iso/problems.ts';
import { INSTALLER_ARGUMENTS, TARGET_ARGUMENTS } from '../iso/remaster/request.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { pathExists, readTextFile } from '../run/files.ts';
import { findSite } from '../run/find-site.ts';
import { type BuildRequest, type BuildResult, buildImage } from '../run/image-build.ts';
import { choosePaths } from '../run/probe-host.ts';
import { createRunner } from '../run/runner-spawn.ts';
import type { CommandContext } from './context.ts';
import { makeInstallerFiles } from './image-files.ts';
import { loadSite, requireGuest } from './load-site.ts';

export interface IsoBuildOptions {
  readonly from: string;
  readonly output: string;
  readonly preseed?: string;
  readonly disk?: string;
  readonly site?: string;
  readonly overlay?: readonly string[];
  readonly timeout: string;
  readonly sums?: string;
  readonly keyring?: string;
  readonly fingerprint?: readonly string[];
  readonly insecure?: boolean;
  readonly hashCache: boolean;
  readonly sync?: boolean;
  readonly grow?: boolean;
  readonly eraseDisks?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The version of the JSON that `iso build` prints. */
const JSON_VERSION = 1;

/** `relight iso build NAME`: an image that installs the guest by itself, and a manifest beside it. */
export async function runIsoBuild(
  context: CommandContext,
  name: string,
  options: IsoBuildOptions,
): Promise<ExitStatus> {
  const from = (path: string) => resolve(context.workingDirectory, path);
  const files = await collectFiles(context, name, options);
  const runner = createRunner({ environment: context.environment, signal: context.signal });
  const request = {
    ...files,
    guest: name,
    input: from(options.from),
    output: from(options.output),
    overlays: [...findSiteOverlays(context, name, options.site), ...(options.overlay ?? []).map(from)],
    installerArguments: INSTALLER_ARGUMENTS,
    targetArguments: TARGET_ARGUMENTS,
    menuSeconds: Number(options.timeout),
    relightVersion: RELIGHT_VERSION,
    origin: {
      insecure: options.insecure === true,
      ...(options.sums === undefined ? {} : { sums: from(options.sums) }),
      ...(options.keyring === undefined ? {} : { keyring: from(options.keyring) }),
      ...(options.fingerprint === undefined ? {} : { fingerprints: options.fingerprint }),
    },
    knownHashes: options.hashCache
      ? statePaths.isoHashes(choosePaths('qemu', context.environment))
      : undefined,
    sync: options.sync === true,
    grow: options.grow === true,
    force: options.force === true,
    eraseDisks: options.eraseDisks === true,
    signal: context.signal,
  };
  const result = await buildImage(runner, request, (percent) => {
    if (context.terminal) context.say(`\rwriting ${basename(request.output)}: ${percent.toFixed(0)} %`);
  });
  if (context.terminal) context.say('\r\u001b[K');
  printResult(context, options.json === true, result);
  return EXIT.done;
}

/** A preseed file stands for itself; otherwise the guest's spec makes the preseed. */
async function collectFiles(
  context: CommandContext,
  name: string,
  options: IsoBuildOptions,
): Promise<Pick<BuildRequest, 'preseed' | 'initrdFiles' | 'alsoErases' | 'specSha256'>> {
  if (options.preseed !== undefined) {
    if (options.disk !== undefined) throw isoFailure('disk-of-preseed', {});
    const path = resolve(context.workingDirectory, options.preseed);
    return { preseed: readTextFile(path, 1024 * 1024), initrdFiles: [] };
  }
  const { site, guest } = requireGuest(context, loadSite(context, options.site), name);
  return makeInstallerFiles(context, site, guest, options.disk);
}

/** `iso-overlays/common` and `iso-overlays/NAME` of the site, where there are any. */
function findSiteOverlays(context: CommandContext, name: string, site: string | undefined): string[] {
  let directory: string;
  try {
    directory = findSite(site, context.environment, context.workingDirectory);
  } catch (error) {
    // A preseed file needs no site.
    if (error instanceof Failure && site === undefined) return [];
    throw error;
  }
  return ['common', name]
    .map((part) => `${directory}/iso-overlays/${part}`)
    .filter((path) => pathExists(path));
}

function printResult(context: CommandContext, json: boolean, result: BuildResult): void {
  if (json) {
    context.print(`${JSON.stringify({ version: JSON_VERSION, ...result }, undefined, 2)}\n`);
    return;
  }
  const { output, manifest, origin } = result;
  if (origin.kind === 'insecure')
    context.say(`warning: the origin of the image was not checked: ${origin.reason}\n`);
  context.print(`${output}\n${manifest}\n`);
}
