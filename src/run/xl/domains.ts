import {
  buildXlDestroyArgv,
  type DomainDetails,
  type DomainRow,
  parseXlList,
  parseXlListLong,
  XL_LIST_ARGV,
  XL_LIST_LONG_ARGV,
} from '../../tools/xl.ts';
import { describeEnd, type Runner, requireSuccess } from '../runner.ts';
import { pause } from '../time.ts';

const DEADLINE_SECONDS = 60;
/** Xen gives a destroyed domain's devices back step by step. */
const GONE_MS = 30_000;
const POLL_MS = 200;

/** All domains but dom0, in whatever state. */
export async function listRows(runner: Runner): Promise<DomainRow[]> {
  const result = await runner.run({ argv: XL_LIST_ARGV, deadlineSeconds: DEADLINE_SECONDS });
  return parseXlList(requireSuccess(result).stdout).filter((row) => row.id !== 0);
}

export async function findRow(runner: Runner, name: string): Promise<DomainRow | undefined> {
  return (await listRows(runner)).find((row) => row.name === name);
}

/** What their configurations say of the domains; a domain that is half built or half gone may be missing. */
export async function readDetails(runner: Runner): Promise<Map<number, DomainDetails>> {
  const result = await runner.run({ argv: XL_LIST_LONG_ARGV, deadlineSeconds: DEADLINE_SECONDS });
  if (result.failed) return new Map();
  return new Map(parseXlListLong(result.stdout).map((details) => [details.id, details]));
}

/** In a word what a domain does (xl(1), STATES). Only `running` and `paused` domains can go on. */
export function describeState(row: DomainRow): 'running' | 'paused' | 'shutdown' | 'crashed' | 'dying' {
  if (row.state.includes('d')) return 'dying';
  if (row.state.includes('c')) return 'crashed';
  if (row.state.includes('s')) return 'shutdown';
  return row.state.includes('p') ? 'paused' : 'running';
}

/** Ends a domain at once and waits until Xen has let go of it. @throws Failure when it stays */
export async function destroyDomain(runner: Runner, name: string): Promise<void> {
  if ((await findRow(runner, name)) === undefined) return;
  const result = await runner.run({ argv: buildXlDestroyArgv(name), deadlineSeconds: DEADLINE_SECONDS });
  const end = Date.now() + (result.failed ? 0 : GONE_MS);
  while ((await findRow(runner, name)) !== undefined) {
    if (Date.now() >= end) {
      const complaint = result.stderr || `xl destroy ${describeEnd(result)}, yet ${name} is still there`;
      requireSuccess({ ...result, failed: true, stderr: complaint });
    }
    await pause(POLL_MS);
  }
}
