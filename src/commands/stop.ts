import { EXIT, type ExitStatus } from '../report/failure.ts';
import type { CommandContext } from './context.ts';
import { withGuest } from './guest-host.ts';

const DEADLINE_SECONDS = 180;

/** `relight stop NAME`: shuts a running guest down. */
export async function runStop(
  context: CommandContext,
  name: string,
  options: { readonly site?: string },
): Promise<ExitStatus> {
  return withGuest(context, name, { ...options, command: 'stop' }, async ({ session }) => {
    context.say(`${name}: shutting down (up to ${DEADLINE_SECONDS} s)\n`);
    const how = await session.hypervisor.shutdown(name, DEADLINE_SECONDS);
    const text = {
      clean: 'has shut down',
      destroyed: 'did not answer and was switched off',
      absent: 'was not running',
    }[how];
    context.print(`${name} ${text}.\n`);
    return EXIT.done;
  });
}
