import type { Command } from 'commander';
import type { RebuildOptions } from './make-plan.ts';
import type { MakeContext, SetStatus } from './register.ts';

/** The commands around a rebuild. Each loads its code when it is called. */
export function registerRebuild(program: Command, makeContext: MakeContext, setStatus: SetStatus): void {
  const context = () => makeContext(program.opts());
  const add = (name: string, description: string) =>
    program.command(name).description(description).option('--site <dir>', 'the site directory');
  const addPlanned = (name: string, description: string) =>
    add(name, description)
      .argument('<name>', 'the guest')
      .option('--route <route>', 'another route than the spec says')
      .option('--netboot <dir>', "the installer's linux and initrd.gz, instead of Debian's package")
      .option('--complete-initrd', 'put the components that the mirror lacks into the initrd')
      .option('--iso <file>', "the image of route iso, instead of the site's")
      .option('--insecure', 'install from an image without a signed list of hashes')
      .option('--bootstrapper <program>', 'mmdebstrap or debootstrap', 'mmdebstrap')
      .option('--offline', 'take packages from the vault, not from the mirrors')
      .option('--no-keep', 'stop the guest again when it has been checked')
      .option('--stop', 'shut the running guest down when the new one has proved to boot');

  addPlanned('plan', 'show what a rebuild would do; -v shows every command')
    .option('--json', 'the plan itself, as rebuild executes it')
    .option('-o, --output <file>', 'write the plan for rebuild --plan')
    .action(async (name: string, options: RebuildOptions & { json?: boolean; output?: string }) => {
      const { runPlan } = await import('./rebuild.ts');
      setStatus(await runPlan(context(), name, options));
    });
  addPlanned('rebuild', 'rebuild a guest beside the old one, prove it, switch')
    .option('--yes', 'do not ask')
    .option('--plan <file>', 'do this very plan; refused when the world has changed since')
    .option('--dry-run', 'show every step and change nothing')
    .action(async (name: string, options: RebuildOptions) => {
      const { runRebuild } = await import('./rebuild.ts');
      setStatus(await runRebuild(context(), name, options));
    });
  add('resume', 'go on where a run was cut off')
    .argument('<name>', 'the guest')
    .action(async (name: string, options: { site?: string }) => {
      const { runResume } = await import('./recover.ts');
      setStatus(await runResume(context(), name, options));
    });
  add('rollback', 'take an unfinished run back, or return to the generation before')
    .argument('<name>', 'the guest')
    .option('--yes', 'do not ask')
    .action(async (name: string, options: { site?: string; yes?: boolean }) => {
      const { runRollback } = await import('./recover.ts');
      setStatus(await runRollback(context(), name, options));
    });
  add('prune', 'remove old generations: all but the newest, and those older than 7 days')
    .argument('[name]', 'the guest; without it, all')
    .option('--all', 'the newest old one too')
    .option('--yes', 'do not ask')
    .action(async (name: string | undefined, options: { site?: string; yes?: boolean; all?: boolean }) => {
      const { runPrune } = await import('./recover.ts');
      const { runPruneAll } = await import('./prune-all.ts');
      setStatus(
        await (name === undefined ? runPruneAll(context(), options) : runPrune(context(), name, options)),
      );
    });
  add('status', 'guests as wanted and as they are: drift, unfinished work, last rebuild')
    .argument('[name]', 'the guest; without it, all')
    .option('--json', 'for programs')
    .action(async (name: string | undefined, options: { site?: string; json?: boolean }) => {
      const { runStatus } = await import('./status.ts');
      setStatus(await runStatus(context(), name, options));
    });
  add('watch', 'follow a rebuild from another terminal')
    .argument('<name>', 'the guest')
    .action(async (name: string, options: { site?: string }) => {
      const { runWatch } = await import('./watch.ts');
      setStatus(await runWatch(context(), name, options));
    });
  add('stop', 'shut a running guest down')
    .argument('<name>', 'the guest')
    .action(async (name: string, options: { site?: string }) => {
      const { runStop } = await import('./stop.ts');
      setStatus(await runStop(context(), name, options));
    });
}
