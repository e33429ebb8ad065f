import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildReachArgv, readFetchError } from '../../tools/apt.ts';
import { type Runner, requireSuccess } from '../runner.ts';

const DEADLINE_SECONDS = 90;
/** mmdebstrap reads nothing of this machine's apt configuration, its proxies least of all: neither does the question. */
const ALONE = 'Dir::Etc::Parts "/dev/null";\nDir::Etc::Main "/dev/null";\n';

/** Whether a file of a mirror can be had now, through the site's cache or the proxies of the environment. @throws Failure RL0604 */
export async function canReach(runner: Runner, url: string, proxy: string | undefined): Promise<boolean> {
  return (await findObstacle(runner, url, proxy)) === undefined;
}

/** Why a file of a mirror cannot be had now, in apt's words; undefined when it can. @throws Failure RL0604 */
export async function findObstacle(
  runner: Runner,
  url: string,
  proxy: string | undefined,
): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'relight-reach-'));
  try {
    const argv = buildReachArgv(url, join(directory, 'file'), proxy);
    const configuration = join(directory, 'apt.conf');
    writeFileSync(configuration, ALONE);
    const environment = { APT_CONFIG: configuration };
    const result = await runner.run({ argv, environment, deadlineSeconds: DEADLINE_SECONDS });
    if (result.aborted || result.missing) requireSuccess(result);
    if (!result.failed) return undefined;
    return result.timedOut ? `no answer within ${DEADLINE_SECONDS} s` : readFetchError(result.stderr);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
