import type { Command } from 'commander';
import { WHATS } from '../plan/preview/names.ts';
import type { ExitStatus } from '../report/failure.ts';
import type { CheckHost } from './check.ts';
import type { CommandContext } from './context.ts';
import { registerDom0Commands } from './register-dom0.ts';
import { registerFirstCommands } from './register-first.ts';
import { registerImageCommands } from './register-image.ts';
import { registerImageTransport } from './register-image-transport.ts';
import { registerIsoCommands } from './register-iso.ts';
import { registerLintCommand } from './register-lint.ts';
import { registerRebuild } from './register-rebuild.ts';
import { registerVaultCommands } from './register-vault.ts';
import type { RenderOptions } from './render.ts';

export type MakeContext = (options: { color?: boolean; verbose?: boolean }) => CommandContext;
export type SetStatus = (status: ExitStatus) => void;

/** The table of commands. Each loads its own code only when it is called, so that start-up stays short. */
export function registerCommands(program: Command, makeContext: MakeContext, setStatus: SetStatus): void {
  program
    .description(
      'Rebuild a Debian guest (domU) on a Xen dom0, or on QEMU where there is no Xen, from one YAML spec.',
    )
    .version(RELIGHT_VERSION, '-V, --version')
    .option('--no-color', 'plain text; NO_COLOR does the same')
    .option('-v, --verbose', 'show each external command')
    .showHelpAfterError('relight --help lists the commands, relight COMMAND --help its options')
    .exitOverride();

  const context = () => makeContext(program.opts());

  program
    .command('check')
    .description('validate the site, some guests, or single files')
    .argument('[names...]', 'guests or files; without any, the whole site')
    .option('--site <dir>', 'the site directory')
    .option('--format <format>', 'pretty, json or github', 'pretty')
    .option('--host', 'also check against this machine')
    .action(async (names: string[], options: { site?: string; format: string; host?: boolean }) => {
      const { runCheck } = await import('./check.ts');
      const hosted = options.host === true ? await import('./check-host.ts') : undefined;
      const own = context();
      const checkHost: CheckHost | undefined =
        hosted && ((...found) => hosted.checkGuestsOnHost(own, ...found));
      setStatus(await runCheck(own, names, options, checkHost));
    });

  program
    .command('render')
    .description('print the files that a rebuild of a guest would write')
    .argument('<name>', 'the guest')
    .option('--what <what>', `one of ${WHATS.join(', ')}; may be given again; without it, all`, append)
    .option('-o, --output <dir>', 'write the files into a directory, each under its own name')
    .option('--site <dir>', 'the site directory')
    .option('--json', 'print paths, modes and contents as JSON')
    .action(async (name: string, options: RenderOptions) => {
      const { runRender } = await import('./render.ts');
      setStatus(await runRender(context(), name, options));
    });

  registerFirstCommands(program, context, setStatus);
  registerRebuild(program, makeContext, setStatus);
  registerImageCommands(program, context, setStatus);
  registerIsoCommands(program, context, setStatus);
  registerDom0Commands(program, context, setStatus);
  registerLintCommand(program, context, setStatus);
  registerVaultCommands(program, context, setStatus);
  registerImageTransport(program, context, setStatus);
}

/** Collects an option that may be given again. */
function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
