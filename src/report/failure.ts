import type { Code } from './codes.ts';

/** The exit statuses of the contract (docs/exit-status.md). Only `cli.ts` hands one to the process. */
export const EXIT = {
  done: 0,
  /** Failed, and what was there before is intact. */
  failed: 1,
  usage: 2,
  /** Invalid spec or input. */
  invalid: 3,
  /** This host is not ready: the message says what is missing and the command that mends it. */
  notReady: 4,
  /** Could not roll back completely: the message has the journal's path and the next command. */
  needsPerson: 5,
  /** Another rebuild holds the guest. */
  locked: 10,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** An error that ends a command with a known status, a stable code of the table in codes.ts, and the next thing to do. */
export class Failure extends Error {
  readonly status: ExitStatus;
  readonly code: Code;
  readonly hint: string | undefined;

  constructor(status: ExitStatus, code: Code, message: string, hint?: string) {
    super(message);
    this.name = 'Failure';
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}
