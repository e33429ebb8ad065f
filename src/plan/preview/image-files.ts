import { createHash } from 'node:crypto';
import { type InitrdFile, listInstallerFiles } from '../../render/preseed-files.ts';
import { INITRD_FOLDER } from '../../render/preseed-request.ts';
import { requireMatch } from '../../render/refuse.ts';
import { listSystemFiles, listUserFiles } from '../rebuild/overlay.ts';
import { makePreseedRequest } from '../rebuild/preseed.ts';
import type { PlanContext } from '../rebuild/request.ts';
import type { OverlayEntry } from '../types.ts';
import { chooseHypervisor, type PreviewRequest, previewContext } from './request.ts';

/** What an installation image carries for one guest. Secrets are in it by name. */
export interface ImageFiles {
  /** For the installer's initrd: the preseed, its scripts, and what these work on. */
  readonly initrd: readonly InitrdFile[];
  /** Files of the installed system, for `TREE_PATH` of the initrd as a tar archive; the late script unpacks it. */
  readonly tree: readonly OverlayEntry[];
  /** Disks that the late script writes to, beyond the one that the preseed names. */
  readonly alsoErases: readonly string[];
}

/** Where the late script finds the archive of `ImageFiles.tree`. */
export const TREE_PATH = `${INITRD_FOLDER}/tree.tar`;

/**
 * Files that only a rebuild can give (the kept identity, UUIDs of disks that it makes), and those that the installer
 * writes itself.
 */
const NOT_IN_IMAGE =
  /^\/etc\/(fstab|machine-id|hostname|hosts|timezone|localtime|apt\/|ssh\/ssh_host_|systemd\/network\/)/;
const READY_UNIT = 'relight-ready.service';

/**
 * Everything that makes an image install the guest by itself, without relight at hand. Pure: the same request gives the
 * same files, on any day. `device` replaces the root disk's name as the spec's hypervisor has it; the swap disk is left
 * out then, since its name on another machine is not known.
 * @throws Failure RL0901 for what the installer cannot make
 */
export function previewImageFiles(request: PreviewRequest, specHash: string, device?: string): ImageFiles {
  const context = {
    ...previewContext(request, chooseHypervisor(request.site)),
    // Not secret, and not random: it must not make two images of one spec differ.
    nonce: createHash('sha256').update(`iso build ${specHash}`).digest('hex').slice(0, 32),
  };
  const own = makePreseedRequest(context);
  const preseed =
    device === undefined
      ? own
      : { ...own, rootDevice: requireDevice(device), raidDevices: [], swap: undefined };
  return {
    initrd: [...listInstallerFiles(preseed), ...listCommands(context)],
    tree: listTree(context),
    alsoErases: [...preseed.raidDevices, ...(preseed.swap === undefined ? [] : [preseed.swap.device])],
  };
}

function requireDevice(device: string): string {
  return requireMatch('a disk', device, /^\/dev\/[a-z0-9][A-Za-z0-9/_-]{0,60}$/, 'such as /dev/sda');
}

function listTree(context: PlanContext): OverlayEntry[] {
  const enable: OverlayEntry = {
    path: `/etc/systemd/system/multi-user.target.wants/${READY_UNIT}`,
    mode: 0o777,
    owner: 'root',
    group: 'root',
    body: { kind: 'link', target: `/etc/systemd/system/${READY_UNIT}` },
  };
  const system = listSystemFiles(context).filter(({ path }) => !NOT_IN_IMAGE.test(path));
  // Keys are the late script's: it asks the system where a user's home is.
  const files = listUserFiles(context).filter(({ path }) => !/\/\.ssh(\/authorized_keys)?$/.test(path));
  return [...system, enable, ...files];
}

/** The spec's own commands, one file each; the late script runs them in the order of their names. */
function listCommands({ guest }: PlanContext): InitrdFile[] {
  return guest.run.map((command, index) => ({
    path: `${INITRD_FOLDER}/run/${String(index).padStart(4, '0')}`,
    content: `${command}\n`,
    mode: 0o600,
  }));
}
