import { statePaths } from '../../host/paths.ts';
import { renderSshdConfig, renderSudoers } from '../../render/access.ts';
import { chooseDeviceSeconds, type FstabEntry, renderFstab } from '../../render/fstab.ts';
import { renderGrubDefaults } from '../../render/grub-defaults.ts';
import readyUnit from '../../render/guest/relight-ready.service';
import readyScript from '../../render/guest/relight-ready.sh';
import waitOnline from '../../render/guest/wait-online.conf.service';
import { renderGuestCache } from '../../render/guest-cache.ts';
import { renderHostname, renderHosts, renderResolvConf } from '../../render/hosts.ts';
import {
  findLocaltimeTarget,
  renderDefaultLocale,
  renderKeyboard,
  renderLocaleGen,
  renderTimezone,
} from '../../render/locale.ts';
import { renderNetworkUnits } from '../../render/network-units.ts';
import { renderSources } from '../../render/sources.ts';
import type { FileSpec } from '../../spec/types.ts';
import type { OverlayEntry, Step } from '../types.ts';
import { HOST_KEY_FILES } from './prepare.ts';
import type { PlanContext } from './request.ts';
import { findMirrors } from './sources.ts';

type EarlyFile = Extract<Step, { do: 'write-file' }>;

/** Modules that a guest of any kind needs before its root is there: Xen's front ends, and virtio's for QEMU. */
export const INITRD_MODULES = [
  'xen-blkfront',
  'xen-netfront',
  'virtio_blk',
  'virtio_net',
  'virtio_pci',
] as const;

/** What has to lie in the root before packages are configured: the kernel's and locales' scripts read it. */
export function listEarlyFiles(context: PlanContext): EarlyFile[] {
  const { guest } = context;
  return [
    ...listBootFiles(guest),
    // Neither the installing machine's name nor its name servers belong into the guest.
    writeEarly('/etc/hostname', renderHostname(guest.name)),
  ];
}

/** Those of them that know of no guest. */
export function listBootFiles(system: { readonly locale: string; readonly timezone: string }): EarlyFile[] {
  return [
    writeEarly(
      '/etc/initramfs-tools/conf.d/relight',
      '# Written by relight: the image must boot on Xen and on QEMU.\nMODULES=most\n',
    ),
    writeEarly('/etc/initramfs-tools/modules', `# Written by relight.\n${INITRD_MODULES.join('\n')}\n`),
    writeEarly('/etc/locale.gen', renderLocaleGen(system.locale)),
    writeEarly('/etc/timezone', renderTimezone(system.timezone)),
  ];
}

function writeEarly(path: string, content: string): EarlyFile {
  return { do: 'write-file', path, content, mode: 0o644 };
}

/** The system's own files: identity, network, mounts, access, and the unit that prints the ready line. */
export function listSystemFiles(context: PlanContext): OverlayEntry[] {
  const { guest, nonce } = context;
  const sudoers = renderSudoers(guest.users);
  const grub = { commandLine: context.commandLine, serial: context.serialConsole };
  return [
    text('/etc/hostname', renderHostname(guest.name)),
    text('/etc/hosts', renderHosts(guest.name, guest.nics)),
    text('/etc/fstab', renderFstab(listMounts(context), chooseDeviceSeconds(context.guest.timeouts.ready))),
    ...renderNetworkUnits(guest.nics).map((file) => text(file.path, file.content, file.mode)),
    describeResolver(context),
    text(
      '/etc/apt/sources.list.d/debian.sources',
      renderSources({ suite: guest.suite, mirror: findMirrors(context) }),
    ),
    ...renderGuestCache(context.site.host.cache).map((file) => text(file.path, file.content, file.mode)),
    ...listRegionFiles(guest),
    text('/etc/default/grub.d/relight.cfg', renderGrubDefaults(grub)),
    text('/etc/ssh/sshd_config.d/relight.conf', renderSshdConfig(guest.root)),
    ...(sudoers === undefined ? [] : [text('/etc/sudoers.d/relight', sudoers, 0o440)]),
    text('/etc/relight/nonce', `${nonce}\n`),
    text('/etc/relight/kept-disks', listKeptLetters(context)),
    text('/usr/lib/relight/relight-ready.sh', readyScript, 0o755),
    text('/etc/systemd/system/relight-ready.service', readyUnit),
    text('/etc/systemd/system/systemd-networkd-wait-online.service.d/relight.conf', waitOnline),
    ...listIdentityFiles(context),
  ];
}

/** Language, keyboard and time zone. */
export function listRegionFiles(system: {
  readonly locale: string;
  readonly keyboard: string;
  readonly timezone: string;
}): OverlayEntry[] {
  return [
    text('/etc/default/locale', renderDefaultLocale(system.locale)),
    text('/etc/default/keyboard', renderKeyboard(system.keyboard)),
    text('/etc/timezone', renderTimezone(system.timezone)),
    link('/etc/localtime', findLocaltimeTarget(system.timezone)),
  ];
}

/** The identity that stays the same over rebuilds (sshd(8), machine-id(5)). */
function listIdentityFiles(context: PlanContext): OverlayEntry[] {
  const directory = statePaths.identity(context.facts.paths, context.guest.name);
  const copy = (name: string, path: string, mode: number): OverlayEntry => ({
    path,
    mode,
    owner: 'root',
    group: 'root',
    body: { kind: 'host-file', path: `${directory}/${name}` },
  });
  return [
    copy('machine-id', '/etc/machine-id', 0o444),
    // An installer leaves a file there with an identity of its own, which D-Bus would go by.
    link('/var/lib/dbus/machine-id', '/etc/machine-id'),
    ...HOST_KEY_FILES.map((name) => copy(name, `/etc/ssh/${name}`, name.endsWith('.pub') ? 0o644 : 0o600)),
  ];
}

/** Name servers as given, or those that systemd-resolved learns from DHCP. */
function describeResolver(context: PlanContext): OverlayEntry {
  const content = renderResolvConf(context.guest.nics);
  if (content !== undefined) return text('/etc/resolv.conf', content);
  const learns = context.guest.nics.some((nic) => nic.ipv4?.kind === 'dhcp');
  return learns
    ? link('/etc/resolv.conf', '../run/systemd/resolve/stub-resolv.conf')
    : text('/etc/resolv.conf', '# Written by relight: the spec names no name servers.\n');
}

/** Files and keys that belong to users: unpacked when the users exist. */
export function listUserFiles(context: PlanContext): OverlayEntry[] {
  const { guest } = context;
  const keys = [
    ...guest.users.map((user) => ({ name: user.name, home: `/home/${user.name}`, keys: user.sshKeys })),
    { name: 'root', home: '/root', keys: guest.root.sshKeys },
  ].filter((account) => account.keys.length > 0);
  return [
    ...keys.flatMap((account): OverlayEntry[] => [
      {
        path: `${account.home}/.ssh`,
        mode: 0o700,
        owner: account.name,
        group: account.name,
        body: { kind: 'directory' },
      },
      {
        path: `${account.home}/.ssh/authorized_keys`,
        mode: 0o600,
        owner: account.name,
        group: account.name,
        body: { kind: 'content', content: `${account.keys.join('\n')}\n` },
      },
    ]),
    ...listFiles(guest.files),
  ];
}

/** The spec's own files. */
export function listFiles(files: readonly FileSpec[]): OverlayEntry[] {
  return files.map((file) => ({
    path: file.to,
    mode: file.mode,
    owner: file.owner,
    group: file.group,
    body:
      file.source.kind === 'file'
        ? { kind: 'host-file', path: file.source.path }
        : { kind: 'content', content: file.source.text },
  }));
}

/** The last letters of the kept disks' devices, by which a trial boot sees that they are not attached. */
function listKeptLetters(context: PlanContext): string {
  const letters = context.disks.filter(({ disk }) => disk.keep).map(({ target }) => target.slice(-1));
  return letters.map((letter) => `${letter}\n`).join('');
}

function listMounts(context: PlanContext): FstabEntry[] {
  // The other disks of a RAID are mounted with the root.
  const mounted = context.disks.filter(({ disk }) => disk.role !== 'root' || disk.mount !== undefined);
  return mounted.map(({ disk, filesystemUuid }) => ({
    role: disk.role,
    uuid: filesystemUuid,
    filesystem: disk.filesystem,
    mount: disk.mount,
  }));
}

export function text(path: string, content: string, mode = 0o644): OverlayEntry {
  return { path, mode, owner: 'root', group: 'root', body: { kind: 'content', content } };
}

function link(path: string, target: string): OverlayEntry {
  return { path, mode: 0o777, owner: 'root', group: 'root', body: { kind: 'link', target } };
}
