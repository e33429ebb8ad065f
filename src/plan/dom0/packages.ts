import type { Site } from '../../spec/types.ts';
import { DPKG_CONFIGURE_ARGV } from '../../tools/dpkg.ts';
import type { Action, Step } from '../types.ts';
import { makeAction } from './files.ts';
import type { Dom0Item, Dom0Part, Dom0Request } from './types.ts';

/** Seconds: a slow mirror and a slow disk together. */
const INSTALL_SECONDS = 2 * 3600;

/** Xen, GRUB for guests, and what rebuilds call. Recommended packages stay out: each is named where it is needed. */
export const planPackages: Dom0Part = (request) => {
  const { site } = request;
  return [
    planInstall(request, 'system', 'rebuild-packages', 'what rebuilds call', listRebuildPackages(site)),
    planInstall(request, 'xen', 'xen-packages', 'Xen and its tools', listXenPackages(site)),
  ];
};

function listXenPackages(site: Site): string[] {
  const hasHvm = [...site.guests.values()].some((guest) => guest.guest === 'hvm');
  return ['xen-system-amd64', 'grub-xen-host', ...(hasHvm ? ['qemu-system-xen'] : [])];
}

function listRebuildPackages(site: Site): string[] {
  const isLvm = site.host.storage?.kind === 'lvm' || site.host.storage?.kind === 'thin';
  const hasXfs = [...site.guests.values()].some(({ disks }) =>
    disks.some((disk) => disk.filesystem === 'xfs'),
  );
  return [
    ...['mmdebstrap', 'debian-archive-keyring', 'openssh-client', 'fdisk', 'e2fsprogs', 'util-linux'],
    ...(isLvm ? ['lvm2'] : []),
    ...(site.host.storage?.kind === 'thin' ? ['thin-provisioning-tools'] : []),
    ...(hasXfs ? ['xfsprogs'] : []),
  ];
}

/** An item that installs what is missing of the packages. The way back removes those, and no others. */
export function planInstall(
  { facts }: Dom0Request,
  area: Dom0Item['area'],
  id: string,
  title: string,
  packages: readonly string[],
): Dom0Item {
  const missing = packages.filter((name) => !facts.installed.includes(name));
  const shared = { id, area, title };
  if (missing.length === 0) return { ...shared, state: 'ok', detail: packages.join(', ') };
  const action: Action = {
    ...makeAction(id, `install ${missing.join(', ')}`),
    phase: 'install',
    steps: [
      // After a kill in the middle of an installation dpkg has to finish first; else this does nothing.
      { do: 'run', argv: DPKG_CONFIGURE_ARGV, deadline: INSTALL_SECONDS },
      runApt(['update']),
      runApt(['install', '--fix-broken', '--yes', '--no-install-recommends', ...missing]),
    ],
    undo: [runApt(['remove', '--yes', ...missing])],
  };
  return { ...shared, state: 'todo', detail: `install ${missing.join(', ')}`, action };
}

/** Configuration files that a person changed stay as they are. */
function runApt(words: readonly string[]): Step {
  const options = ['-o', 'Dpkg::Options::=--force-confold', '-o', 'APT::Get::Assume-Yes=true'];
  return { do: 'run', argv: ['apt-get', '--quiet', ...options, ...words], deadline: INSTALL_SECONDS };
}
