/** What a command may use of the process that runs it. Tests hand in their own. */
export interface CommandContext {
  /** Data for the user or the next program. */
  readonly print: (text: string) => void;
  /** Progress and messages for a person. */
  readonly say: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly color: boolean;
  /** Whether standard error is a terminal: live progress lines instead of dated plain ones. */
  readonly terminal: boolean;
  readonly verbose: boolean;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}
