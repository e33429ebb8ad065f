import type { CommandRequest, CommandResult, Runner } from './runner.ts';
import { makeSuccess } from './runner-wrappers.ts';

/** What a scripted command answers. Only what differs from a silent success has to be given. */
export type ScriptedAnswer = Partial<Omit<CommandResult, 'argv'>>;

export interface RecordingRunner extends Runner {
  /** Every request, in order. */
  readonly requests: readonly CommandRequest[];
  /** Every argument list, in order. */
  readonly commands: readonly (readonly string[])[];
}

/** Runs nothing, remembers everything: for tests of what drives commands. Without an answer a command succeeds. */
export function createRecordingRunner(
  answer: (request: CommandRequest, index: number) => ScriptedAnswer | undefined = () => undefined,
): RecordingRunner {
  const requests: CommandRequest[] = [];
  return {
    requests,
    get commands() {
      return requests.map((request) => request.argv);
    },
    run: async (request) => {
      requests.push(request);
      const scripted = answer(request, requests.length - 1) ?? {};
      emitLines(request, scripted);
      const status = scripted.status === undefined ? 0 : scripted.status;
      const accepted = status === 0 || (status !== null && (request.accept ?? []).includes(status));
      const stopped = scripted.timedOut === true || scripted.aborted === true || scripted.missing === true;
      return { ...makeSuccess(request), failed: stopped || !accepted, ...scripted, status };
    },
  };
}

function emitLines(request: CommandRequest, answer: ScriptedAnswer): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = (answer[stream] ?? '').split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) request.onLine?.(stream, line);
  }
}
