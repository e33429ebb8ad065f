import { EXIT, type ExitStatus } from '../report/failure.ts';
import type { CommandContext } from './context.ts';
import { withGuest } from './guest-host.ts';

/** `relight stop NAME`: shuts a running guest down, and switches it off when it takes longer than its spec allows. */
export async function runStop(
  context: CommandContext,
  name: string,
  options: { readonly site?: string },
): Promise<ExitStatus> {
  return withGuest(context, name, { ...options, command: 'stop' }, async ({ session, guest }) => {
    const seconds = guest.timeouts.shutdown;
    context.say(`${name}: shutting down (up to ${seconds} s)\n`);
    const how = await session.hypervisor.shutdown(name, seconds);
    const text = {
      clean: 'has shut down',
      destroyed: 'did not answer and was switched off',
      absent: 'was not running',
    }[how];
    context.print(`${name} ${text}.\n`);
    return EXIT.done;
  });
}
