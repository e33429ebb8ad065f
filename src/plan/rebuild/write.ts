import { statePaths } from '../../host/paths.ts';
import { layOutRootDisk, type RootDiskLayout, renderSfdiskScript } from '../../render/sfdisk.ts';
import { deriveUuid } from '../../spec/identity.ts';
import { buildChrootArgv } from '../../tools/chroot.ts';
import { buildMke2fsArgv, buildMkswapArgv } from '../../tools/filesystem.ts';
import { buildBiosImageArgv, buildUefiImageArgv } from '../../tools/grub.ts';
import type { Action, Step } from '../types.ts';
import { needsBiosBoot } from './packages.ts';
import type { PlanContext } from './request.ts';

export const CORE_IMAGE = '/boot/grub/core.img';
const UEFI_IMAGE = '/boot/grub/bootx64.efi';

/** Kernel, initrd and menu: whatever the guest's boot method reads. `partition` is the number of the root's. */
export function prepareBoot(context: PlanContext, partition = 1): Action {
  const { facts, guest, operation, rootfs, commandLine } = context;
  const steps: Step[] = [
    {
      do: 'write-grub-config',
      root: rootfs,
      rootUuid: context.rootDisk.filesystemUuid,
      commandLine,
      serial: context.serialConsole,
    },
  ];
  const inside = (command: string[]): Step => ({
    do: 'run',
    argv: buildChrootArgv(rootfs, command),
    deadline: 120,
  });
  if (needsBiosBoot(context)) steps.push(inside(buildBiosImageArgv(CORE_IMAGE, partition)));
  if (guest.boot === 'uefi') steps.push(inside(buildUefiImageArgv(UEFI_IMAGE)));
  const boot = statePaths.boot(facts.paths, guest.name, operation);
  if (guest.boot === 'direct') {
    steps.push({ do: 'make-directory', path: boot, mode: 0o700 });
    steps.push({ do: 'copy-kernel', root: rootfs, directory: boot });
  }
  return {
    id: 'prepare-boot',
    phase: 'personalise',
    title: `prepare boot by ${guest.boot}`,
    creates: guest.boot === 'direct' ? [{ kind: 'directory', name: boot }] : [],
    destroys: [],
    probe: { kind: 'journal' },
    steps,
    undo: [
      { do: 'remove', path: `${boot}/vmlinuz` },
      { do: 'remove', path: `${boot}/initrd.img` },
    ],
  };
}

/** Partition table, filesystem, swap area and boot loader onto the new volumes. Nothing is mounted on the way. */
export function writeVolumes(context: PlanContext): Action {
  const { rootDisk, rootfs } = context;
  const device = rootDisk.volume.path;
  const layout = layOutRoot(context);
  const filesystem: Step = {
    do: 'run',
    argv: buildMke2fsArgv({
      directory: rootfs,
      device,
      offset: layout.rootOffset,
      size: layout.rootSize,
      uuid: rootDisk.filesystemUuid,
      label: 'root',
    }),
    deadline: 3600,
  };
  return {
    id: 'write-volumes',
    phase: 'write',
    title: 'write the root filesystem onto its volume',
    creates: [],
    destroys: [],
    probe: { kind: 'journal' },
    steps: [partitionRoot(context), filesystem, ...writeBootLoader(context), ...finishVolumes(context)],
    undo: [],
    settles: true,
  };
}

/** Where the partitions of the guest's root disk lie. */
export function layOutRoot({ rootDisk, guest }: PlanContext): RootDiskLayout {
  return layOutRootDisk(rootDisk.volume.size, guest.boot === 'uefi');
}

/** The partition table of the new root volume. */
export function partitionRoot(context: PlanContext): Step {
  const { rootDisk, guest } = context;
  const uuid = (part: string) => deriveUuid(context.site.name, guest.name, context.operation, part);
  const script = renderSfdiskScript({
    sizeBytes: rootDisk.volume.size,
    diskUuid: uuid('disk'),
    biosUuid: uuid('bios'),
    rootUuid: uuid('root'),
    ...(guest.boot === 'uefi' ? { espUuid: uuid('esp') } : {}),
  });
  const device = rootDisk.volume.path;
  return {
    do: 'run',
    argv: ['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', '--wipe', 'always', device],
    stdin: script,
    deadline: 60,
  };
}

/** GRUB for BIOS or UEFI, from the root at `context.rootfs` onto the new root volume. */
export function writeBootLoader(context: PlanContext): Step[] {
  const layout = layOutRoot(context);
  const bios = needsBiosBoot(context) ? [embedBiosImage(context)] : [];
  if (layout.espOffset === undefined || layout.espSize === undefined) return bios;
  const place = { offset: layout.espOffset, size: layout.espSize };
  const { rootfs, work, rootDisk } = context;
  return [...bios, ...writeEsp(`${work}/esp.img`, rootDisk.volume.path, place, `${rootfs}${UEFI_IMAGE}`)];
}

/** Swap areas, and everything of the root volume to the disk. */
export function finishVolumes(context: PlanContext): Step[] {
  const swaps = context.disks.filter(({ disk }) => disk.role === 'swap' && !disk.keep);
  return [
    ...swaps.map(
      (planned): Step => ({
        do: 'run',
        argv: buildMkswapArgv(planned.volume.path, planned.filesystemUuid),
        deadline: 60,
      }),
    ),
    syncVolumes(context),
  ];
}

/** All new volumes to the disk: a device is synced as itself, files by their filesystem (sync(1)). */
export function syncVolumes({ disks, rootDisk, facts }: PlanContext): Step {
  const paths = disks.filter(({ disk }) => !disk.keep).map(({ volume }) => volume.path);
  const what =
    facts.storage.kind === 'files' ? ['--file-system', '--', rootDisk.volume.path] : ['--', ...paths];
  return { do: 'run', argv: ['sync', ...what], deadline: 600 };
}

/** Puts GRUB into the MBR and the BIOS boot partition, which lies at the same place whoever made the table. */
export function embedBiosImage(context: PlanContext): Step {
  const { rootDisk, rootfs } = context;
  const { biosOffset } = layOutRootDisk(rootDisk.volume.size, false);
  return {
    do: 'embed-grub',
    root: rootfs,
    device: rootDisk.volume.path,
    boot: '/usr/lib/grub/i386-pc/boot.img',
    core: CORE_IMAGE,
    sector: biosOffset / 512,
  };
}

/** A FAT filesystem made apart and copied to its place, since nothing may be mounted. */
function writeEsp(
  image: string,
  device: string,
  place: { offset: number; size: number },
  loader: string,
): Step[] {
  const run = (argv: readonly string[]): Step => ({ do: 'run', argv, deadline: 120 });
  const mebibyte = 1024 * 1024;
  return [
    { do: 'remove', path: image },
    { do: 'create-file', path: image, size: place.size, mode: 0o600 },
    run(['mkfs.vfat', '-F', '32', '-n', 'ESP', image]),
    run(['mmd', '-i', image, '::/EFI', '::/EFI/BOOT']),
    run(['mcopy', '-i', image, loader, '::/EFI/BOOT/BOOTX64.EFI']),
    run([
      'dd',
      `if=${image}`,
      `of=${device}`,
      'bs=1M',
      `seek=${place.offset / mebibyte}`,
      'conv=notrunc,fsync',
      'status=none',
    ]),
  ];
}
