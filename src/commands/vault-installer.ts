import { formatSize } from '../iso/show.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import { fillInstaller, type PreparedMedium } from '../run/vault/fill-installer.ts';
import type { VaultNeed } from '../vault/need.ts';
import type { CommandContext } from './context.ts';
import { prepareStoredIso } from './prepare-iso.ts';
import { prepareNetboot } from './prepare-netboot.ts';
import type { VaultHost } from './vault-guests.ts';

/** Stores what the Debian installer of a guest starts from and fetches. @throws Failure RL1607, RL1617, RL12xx, RL60xx */
export async function fillForInstaller(
  context: CommandContext,
  { vault, runner }: Pick<VaultHost, 'vault' | 'runner'>,
  need: VaultNeed,
  request: PlanRequest,
): Promise<void> {
  const { guest } = need;
  const { keyring } = request.facts;
  context.say(`${guest}: looking up the installer of ${need.suite}, and what it fetches\n`);
  const medium = await prepareMedium(context, runner, need, request);
  const { signal } = context;
  const now = () => new Date();
  const { stored, fetched, fetchedBytes } = await fillInstaller({
    ...{ vault, runner, need, medium, keyring, signal, now },
  });
  const count = (ending: string) => stored.files.filter(({ path }) => path.endsWith(ending)).length;
  const bytes = stored.files.reduce((sum, { size }) => sum + size, 0);
  const parts = medium.kind === 'netboot' ? `${count('.udeb')} components and ` : '';
  const news = fetched === 0 ? 'all there already' : `${fetched} fetched, ${formatSize(fetchedBytes)}`;
  context.print(
    `${guest}: the installer’s ${medium.kind === 'netboot' ? 'kernel and initrd' : 'image'}, ${parts}${count('.deb')} packages, ${formatSize(bytes)} (${news}); indices signed by Debian\n`,
  );
}

async function prepareMedium(
  context: CommandContext,
  runner: VaultHost['runner'],
  { medium, suite }: VaultNeed,
  request: PlanRequest,
): Promise<PreparedMedium> {
  if (medium?.kind === 'iso') return prepareStoredIso(runner, medium.image, suite);
  return { kind: 'netboot', netboot: await prepareNetboot(request, {}, runner, context.say) };
}
