import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { LintCommandOptions } from './lint.ts';
import type { SetStatus } from './register.ts';

/** `relight lint`, for any preseed, ours or not. */
export function registerLintCommand(
  program: Command,
  context: () => CommandContext,
  setStatus: SetStatus,
): void {
  program
    .command('lint')
    .description('find what is wrong with preseed files, as the installer itself reads them')
    .argument('<files...>', 'preseed files')
    .option('--suite <suite>', 'the release that will read them; without it, any')
    .option('--disk-size <size>', 'the size of the disk that is partitioned, such as 8GiB')
    .option(
      '--priority <priority>',
      'demand an answer to every question asked at this priority, such as critical',
    )
    .option('--format <format>', 'pretty, json or github', 'pretty')
    .option('--fix', 'mend what has one meaning only, in place')
    .action(async (files: string[], options: LintCommandOptions) => {
      const { runLint } = await import('./lint.ts');
      setStatus(await runLint(context(), files, options));
    });
}
