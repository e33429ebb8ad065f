import { type CodeParameters, makeIssue } from '../report/codes.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import type { Issue } from '../report/issue.ts';

/** Names for the codes of images; the wording is in report/codes/iso.ts and iso-build.ts. */
const CODES = {
  'not-iso': 'RL6001',
  truncated: 'RL6002',
  broken: 'RL6003',
  limit: 'RL6004',
  loop: 'RL6005',
  'no-file': 'RL6006',
  unsupported: 'RL6007',
  architecture: 'RL6008',
  'no-installer': 'RL6009',
  'boot-record': 'RL6010',
  checksum: 'RL6011',
  'no-checksums': 'RL6012',
  'no-signature': 'RL6013',
  'wrong-key': 'RL6014',
  'bad-signature': 'RL6015',
  'wrong-hash': 'RL6016',
  'no-verifier': 'RL6017',
  'missing-file': 'RL6018',
  'output-exists': 'RL6020',
  'output-is-input': 'RL6021',
  'erase-disks': 'RL6022',
  'read-back': 'RL6023',
  'menu-missing': 'RL6024',
  'unsafe-value': 'RL6025',
  'no-space': 'RL6026',
  'disk-of-preseed': 'RL1701',
  'no-secret': 'RL1702',
  'not-made': 'RL1707',
} as const;

export type IsoProblem = keyof typeof CODES;
export type IsoProblemValues<Name extends IsoProblem> = CodeParameters<(typeof CODES)[Name]>;

/** Every problem is one of the input, but for these. */
const STATUS: Partial<Record<IsoProblem, ExitStatus>> = {
  'no-verifier': EXIT.notReady,
  'output-is-input': EXIT.usage,
  'erase-disks': EXIT.usage,
  'read-back': EXIT.failed,
  'no-space': EXIT.failed,
  'disk-of-preseed': EXIT.usage,
  'not-made': EXIT.failed,
};

/** One finding about an image. */
export function isoIssue<Name extends IsoProblem>(problem: Name, values: IsoProblemValues<Name>): Issue {
  return makeIssue(CODES[problem], values);
}

/** The error that ends the work on an image. */
export function isoFailure<Name extends IsoProblem>(problem: Name, values: IsoProblemValues<Name>): Failure {
  const { code, message, hint } = isoIssue(problem, values);
  return new Failure(STATUS[problem] ?? EXIT.invalid, code, message, hint);
}
