import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { classifyFile } from '../spec/read-sources.ts';

const DEFAULT_SITE = '/etc/relight';

/**
 * The site's directory: the option, else RELIGHT_SITE, else the working directory when it holds site.yaml, else /etc/relight.
 *
 * @throws Failure with status 2 when there is no such directory
 */
export function findSite(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
  defaultSite = DEFAULT_SITE,
): string {
  const named = option ?? (environment.RELIGHT_SITE || undefined);
  if (named !== undefined) {
    const directory = resolve(workingDirectory, named);
    if (kindOf(directory) === 'directory') return directory;
    throw makeFailure(EXIT.usage, 'RL1114', { name: directory });
  }
  const found = [workingDirectory, defaultSite].find(
    (directory) => kindOf(join(directory, 'site.yaml')) !== undefined,
  );
  if (found !== undefined) return resolve(found);
  throw makeFailure(EXIT.usage, 'RL1109', { name: workingDirectory });
}

/** A spec file and the site that it is part of. */
export interface SpecFile {
  readonly directory: string;
  readonly file: string;
}

/** Whether an argument means a file: it has a slash, or the ending of a spec. */
export function looksLikeFile(argument: string): boolean {
  return argument.includes('/') || /\.ya?ml$/.test(argument);
}

/**
 * The site of a file: the directory with site.yaml that has it in domus/, roles/ or images/, or as site.yaml itself.
 *
 * @throws Failure with status 2 when there is no such file, or it is not part of a site
 */
export function findSiteOfFile(argument: string, workingDirectory: string): SpecFile {
  const file = resolve(workingDirectory, argument);
  if (kindOf(file) === undefined) throw makeFailure(EXIT.usage, 'RL1115', { name: argument });
  const directory = basename(file) === 'site.yaml' ? dirname(file) : dirname(dirname(file));
  const isPart =
    classifyFile(directory, file) !== undefined && kindOf(join(directory, 'site.yaml')) !== undefined;
  if (!isPart) throw makeFailure(EXIT.usage, 'RL1112', { name: argument });
  return { directory, file };
}

function kindOf(path: string): 'directory' | 'other' | undefined {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'other';
  } catch {
    return undefined;
  }
}
