import { join } from 'node:path';
import type { CacheFacts } from '../../host/cache-facts.ts';
import type { MirrorFacts } from '../../host/facts.ts';
import { parseAcngSettings, parseBackends } from '../../tools/apt-cacher-ng.ts';
import { listDirectory } from '../directory.ts';
import { pathExists, readTextFile, statPath } from '../files.ts';
import type { Runner } from '../runner.ts';
import { canReach } from '../vault/reach.ts';
import { readStuck, scanCache } from './scan.ts';
import type { SeenFiles } from './seen.ts';

export interface CacheProbeRequest {
  readonly runner: Runner;
  /** The directory of its settings. */
  readonly config: string;
  /** How it is reached, such as http://127.0.0.1:3142. */
  readonly proxy: string;
  readonly mirrors: MirrorFacts | undefined;
  /** A suite that the mirror has. */
  readonly suite: string;
  /** The record of what was found whole before, so that only new files are read. */
  readonly seen: SeenFiles;
}

/**
 * Looks at an apt-cacher-ng of this machine, what it stores included. Undefined where none is installed. Reads only, but for
 * its own record of what it has read.
 */
export async function probeCache(request: CacheProbeRequest): Promise<CacheFacts | undefined> {
  const { runner, config, proxy, mirrors, suite, seen } = request;
  const names = listDirectory(config).filter((name) => name.endsWith('.conf') && name !== 'security.conf');
  if (names.length === 0) return undefined;
  const settings = parseAcngSettings(names.map((name) => readTextFile(join(config, name))));
  const directory = settings.cachedir ?? '/var/cache/apt-cacher-ng';
  const root = statPath(directory);
  if (root === undefined) return undefined;
  const backends = join(config, 'backends_debian');
  const url = mirrors === undefined ? undefined : `${mirrors.archive}/dists/${suite}/InRelease`;
  return {
    ...(await scanCache(runner, directory, await findUser(runner, root.uid), seen)),
    config,
    directory,
    socket: settings.socketpath ?? '/run/apt-cacher-ng/socket',
    backends: pathExists(backends) ? parseBackends(readTextFile(backends)) : [],
    stuck: readStuck(settings.logdir ?? '/var/log/apt-cacher-ng'),
    answers: url !== undefined && (await canReach(runner, url, proxy)),
    mirrorAnswers: url !== undefined && (await canReach(runner, url, 'DIRECT')),
  };
}

/** The numeric name of the cache's user; where there is none, whoever owns its directory. */
async function findUser(runner: Runner, owner: number): Promise<number> {
  const result = await runner.run({ argv: ['id', '--user', 'apt-cacher-ng'], deadlineSeconds: 30 });
  return result.failed ? owner : Number(result.stdout.trim());
}
