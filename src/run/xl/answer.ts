import { explainXlFailure } from '../../host/xl-checks.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { XL_LIST_ARGV } from '../../tools/xl.ts';
import { type Runner, requireSuccess } from '../runner.ts';

/** xl hangs for ever when xenstored is gone. */
export const ANSWER_SECONDS = 60;

/** @throws Failure EXIT.notReady when this is no dom0, or when what xl talks to does not answer */
export async function requireAnswer(runner: Runner): Promise<void> {
  const result = await runner.run({ argv: XL_LIST_ARGV, deadlineSeconds: ANSWER_SECONDS });
  if (!result.failed) return;
  if (result.aborted || result.missing) requireSuccess(result);
  const command = XL_LIST_ARGV.join(' ');
  const { code, message, hint } = explainXlFailure(command, result.stderr, result.timedOut);
  throw new Failure(EXIT.notReady, code, message, hint);
}
