import type { RunningXen } from '../../host/dom0-facts.ts';
import { explainXlFailure } from '../../host/xl-checks.ts';
import { parseXlInfo, parseXlList, XL_INFO_ARGV, XL_LIST_ARGV } from '../../tools/xl.ts';
import { pathExists, readTextFile } from '../files.ts';
import type { Runner } from '../runner.ts';

const ANSWER_SECONDS = 60;
const CAPABILITIES = '/proc/xen/capabilities';

/** What Xen says of itself; undefined where this machine is no dom0 now. */
export async function probeXen(runner: Runner): Promise<RunningXen | undefined> {
  if (!pathExists(CAPABILITIES) || !readTextFile(CAPABILITIES).includes('control_d')) return undefined;
  const info = await runner.run({ argv: XL_INFO_ARGV, deadlineSeconds: ANSWER_SECONDS });
  const list = await runner.run({ argv: XL_LIST_ARGV, deadlineSeconds: ANSWER_SECONDS });
  const failed = [info, list].find((result) => result.failed);
  if (failed !== undefined) {
    const command = failed.argv.join(' ');
    const problem = explainXlFailure(command, failed.stderr || failed.stdout, failed.timedOut).message;
    return { version: '', capabilities: [], commandLine: '', dom0: undefined, problem };
  }
  const { version, capabilities, commandLine } = parseXlInfo(info.stdout);
  const row = parseXlList(list.stdout).find((each) => each.id === 0);
  const dom0 = row === undefined ? undefined : { memoryMiB: row.memoryMiB, vcpus: row.vcpus };
  return {
    version,
    capabilities,
    commandLine,
    dom0,
    problem: dom0 === undefined ? 'no Domain-0' : undefined,
  };
}
