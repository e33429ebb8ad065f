import { findInstallerParts } from '../release/installer-parts.ts';
import { kindOfLayout } from '../release/routes.ts';
import type { GuestSpec, Site } from '../spec/types.ts';

/** What an installation by the Debian installer starts from. */
export type InstallerMedium =
  /** The netboot package, unless a directory of this machine is named. */
  | { readonly kind: 'netboot'; readonly directory: string | undefined }
  | { readonly kind: 'iso'; readonly image: string };

export interface InstallerNeed {
  /** Undefined for a route without the Debian installer, or when what it starts from is not known. */
  readonly medium: InstallerMedium | undefined;
  /** What the route takes from elsewhere, in words, and the vault has no place for. */
  readonly unkept: readonly string[];
  /** Why a rebuild by this route is refused whatever is stored (RL1210, RL1703). */
  readonly refused: string | undefined;
}

/** What the Debian installer, or another route that is not served by the vault, starts from. */
export function listInstallerNeed(
  guest: Pick<GuestSpec, 'suite' | 'install' | 'disks' | 'guest' | 'boot'>,
  { netboot, isos }: Pick<Site['host'], 'netboot' | 'isos'>,
): InstallerNeed {
  const { suite, install } = guest;
  const refused = findRefusal(guest);
  const lack = (what: string): InstallerNeed => ({ medium: undefined, unkept: [what], refused });
  if (install.kind === 'fai') return lack('what FAI fetches');
  if (install.kind === 'installer') {
    if (findInstallerParts(suite) === undefined)
      return lack(`an installer of ${suite}, which relight does not know`);
    return { medium: { kind: 'netboot', directory: netboot[suite] }, unkept: [], refused };
  }
  if (install.kind !== 'iso') return { medium: undefined, unkept: [], refused };
  const image = isos[suite];
  if (image === undefined) return lack(`an installation image of ${suite} (host.isos)`);
  return { medium: { kind: 'iso', image }, unkept: [], refused };
}

/** The rules of `refuseInstaller` and `prepareIso` that no filling of the vault changes. */
function findRefusal({
  install,
  disks,
  guest,
  boot,
}: Pick<GuestSpec, 'install' | 'disks' | 'guest' | 'boot'>): string | undefined {
  if (install.kind !== 'installer' && install.kind !== 'iso') return undefined;
  const layout = kindOfLayout(disks.find(({ role }) => role === 'root')?.layout ?? 'plain');
  if (layout !== 'plain') return `the layout of its root is ${layout}`;
  if (install.kind === 'installer') return boot === 'uefi' ? 'it boots by UEFI' : undefined;
  return guest === 'hvm' && boot === 'bios'
    ? undefined
    : `it is ${guest}, boot: ${boot}, and an image is booted by hvm, bios`;
}
