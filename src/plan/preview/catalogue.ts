import { renderGrubConfig } from '../../render/grub-config.ts';
import { renderInterfaces } from '../../render/interfaces.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { defineGuest } from '../rebuild/domain.ts';
import { listEarlyFiles, listSystemFiles } from '../rebuild/overlay.ts';
import { renderDomain } from '../rebuild/render-domain.ts';
import type { PlanContext } from '../rebuild/request.ts';
import { writeVolumes } from '../rebuild/write.ts';
import type { What } from './names.ts';
import { previewPreseed } from './preseed.ts';
import { chooseHypervisor, type PreviewRequest, previewContext } from './request.ts';

/** A file as a rebuild would write it. */
export interface PreviewFile {
  readonly what: What;
  /** On this machine, or inside the guest. */
  readonly place: 'host' | 'guest';
  readonly path: string;
  /** Its name when all files lie in one directory; no two have the same. */
  readonly file: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: string;
}

type Draft = Omit<PreviewFile, 'what' | 'file'> & { readonly file?: string };

const CATALOGUE: Readonly<Record<What, (request: PreviewRequest) => readonly Draft[]>> = {
  xl: (request) => [describeXl(request)],
  qemu: (request) => [describeQemu(request)],
  partitions: (request) => [describePartitions(contextOf(request))],
  network: (request) => pick(request, /^\/etc\/systemd\/network\//),
  interfaces: (request) => [inGuest('/etc/network/interfaces', renderInterfaces(request.guest.nics))],
  fstab: (request) => pick(request, /^\/etc\/fstab$/),
  hosts: (request) => pick(request, /^\/etc\/hosts$/),
  hostname: (request) => pick(request, /^\/etc\/hostname$/),
  resolv: (request) => pick(request, /^\/etc\/resolv\.conf$/),
  sources: (request) => requireMirror(request) ?? pick(request, /^\/etc\/apt\/sources\.list\.d\//),
  locale: (request) => pick(request, /^\/etc\/(locale\.gen|default\/locale)$/),
  keyboard: (request) => pick(request, /^\/etc\/default\/keyboard$/),
  timezone: (request) => pick(request, /^\/etc\/timezone$/),
  sudoers: (request) => pick(request, /^\/etc\/sudoers\.d\//).map((file) => ({ ...file, file: 'sudoers' })),
  sshd: (request) =>
    pick(request, /^\/etc\/ssh\/sshd_config\.d\//).map((file) => ({ ...file, file: 'sshd.conf' })),
  grub: (request) => [
    ...pick(request, /^\/etc\/default\/grub\.d\//).map((file) => ({ ...file, file: 'grub-defaults.cfg' })),
    describeGrubMenu(contextOf(request)),
  ],
  preseed: (request) => [describePreseed(request)],
};

/**
 * The files of one kind; none when the guest has no such file.
 * @throws Failure when a value has no spelling in the format; RL0911 (status 4) when no mirror is known
 */
export function previewFiles(what: What, request: PreviewRequest): PreviewFile[] {
  return CATALOGUE[what](request).map((draft) => ({
    ...draft,
    what,
    file: draft.file ?? draft.path.slice(draft.path.lastIndexOf('/') + 1),
  }));
}

function contextOf(request: PreviewRequest): PlanContext {
  return previewContext(request, chooseHypervisor(request.site));
}

function inGuest(path: string, content: string, mode = 0o644): Draft {
  return { place: 'guest', path, mode, content };
}

/** Files of the overlay by path. A link has no text of its own: it is shown as one. */
function pick(request: PreviewRequest, pattern: RegExp): Draft[] {
  const context = contextOf(request);
  const files = new Map<string, Draft>();
  for (const { path, content, mode } of listEarlyFiles(context)) {
    if (typeof content === 'string') files.set(path, inGuest(path, content, mode));
  }
  for (const { path, body, mode } of listSystemFiles(context)) {
    if (body.kind === 'content' && typeof body.content === 'string')
      files.set(path, inGuest(path, body.content, mode));
    if (body.kind === 'link') files.set(path, inGuest(path, `# a symbolic link to ${body.target}\n`));
  }
  return [...files.values()].filter((file) => pattern.test(file.path));
}

function describeXl(request: PreviewRequest): Draft {
  const context = previewContext(request, 'xl');
  const content = renderDomain(context, defineGuest(context));
  return { place: 'host', path: `/etc/xen/${request.guest.name}.cfg`, file: 'xl.cfg', mode: 0o644, content };
}

function describeQemu(request: PreviewRequest): Draft {
  const context = previewContext(request, 'qemu');
  const content = renderDomain(context, defineGuest(context));
  const path = `${context.facts.paths.state}/configs/${request.guest.name}.cfg`;
  return { place: 'host', path, file: 'qemu.json', mode: 0o600, content };
}

/** The very script that a rebuild hands to sfdisk. */
function describePartitions(context: PlanContext): Draft {
  const step = writeVolumes(context).steps.find((each) => each.do === 'run' && each.argv[0] === 'sfdisk');
  const content = step?.do === 'run' && typeof step.stdin === 'string' ? step.stdin : '';
  return {
    place: 'host',
    path: context.rootDisk.volume.path,
    file: 'partitions.sfdisk',
    mode: 0o644,
    content,
  };
}

/** A file of the installer's initrd. */
function describePreseed(request: PreviewRequest): Draft {
  requireMirror(request);
  const content = previewPreseed(contextOf(request));
  return { place: 'guest', path: '/preseed.cfg', mode: 0o600, content };
}

/** Which kernels there are is known once packages are installed; VERSION stands for theirs. */
function describeGrubMenu(context: PlanContext): Draft {
  const version = 'VERSION';
  const content = renderGrubConfig({
    rootUuid: context.rootDisk.filesystemUuid,
    kernels: [{ version, kernel: `/boot/vmlinuz-${version}`, initrd: `/boot/initrd.img-${version}` }],
    commandLine: context.commandLine,
    serial: context.serialConsole,
  });
  return inGuest('/boot/grub/grub.cfg', content);
}

function requireMirror(request: PreviewRequest): undefined {
  if (request.guest.mirror.kind === 'url' || request.mirrors !== undefined) return undefined;
  throw new Failure(
    EXIT.notReady,
    'RL0911',
    'the guest uses the mirror of this machine, and its apt names none',
    'run apt-get update, or give the guest a mirror: URL',
  );
}
