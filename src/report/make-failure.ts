import { type Code, type CodeParameters, makeIssue } from './codes.ts';
import { type ExitStatus, Failure } from './failure.ts';

/** A failure with the wording of the table. Values are cut and cleaned of control characters. */
export function makeFailure<Key extends Code>(
  status: ExitStatus,
  code: Key,
  parameters: CodeParameters<Key>,
): Failure {
  const issue = makeIssue(code, parameters);
  return new Failure(status, issue.code, issue.message, issue.hint);
}
