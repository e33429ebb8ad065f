import { listInstallerFiles } from '../../render/preseed-files.ts';
import { layOutRootDisk } from '../../render/sfdisk.ts';
import { buildChrootArgv } from '../../tools/chroot.ts';
import type { Action, DomainDefinition, RootPlace, Step } from '../types.ts';
import {
  defineInstaller,
  listInstallerHooks,
  requestInstallation,
  requireNetboot,
} from './installer-domain.ts';
import { withMountedRoot } from './mounted-root.ts';
import { listEarlyFiles } from './overlay.ts';
import { needsBiosBoot } from './packages.ts';
import { checkRoot, personaliseRoot } from './personalise.ts';
import { renderDomain } from './render-domain.ts';
import type { PlanContext } from './request.ts';
import { embedBiosImage, prepareBoot, syncVolumes } from './write.ts';

/** Seconds. Software emulation takes about an hour on a busy machine; a real one takes minutes. */
const INSTALL_DEADLINE = 4 * 3600;
const SILENCE_DEADLINE = 1800;
/** The recipe's partitions: the first is for the BIOS, the second holds the root filesystem. */
const ROOT: RootPlace & { partition: number } = { partition: 2 };

/**
 * Route `installer`: Debian's own installer in a domain of its own, with the new root and swap volumes and nothing else.
 * What it leaves is then made the same as what route `bootstrap` makes, mounted on this machine.
 */
export function installRoot(context: PlanContext): Action[] {
  return [
    prepareInstaller(context),
    runInstaller(context, defineInstaller(context)),
    ...finishInstalled(context),
  ];
}

/** Makes what the installer left the same as what every other route makes. */
export function finishInstalled(context: PlanContext): Action[] {
  return [
    adoptRoot(context),
    withMountedRoot(context, ROOT, personaliseInstalled(context)),
    withMountedRoot(context, ROOT, withBoot(context)),
    checkInstalled(context),
  ];
}

function prepareInstaller(context: PlanContext): Action {
  const netboot = requireNetboot(context);
  const target = `${context.work}/installer-initrd.img`;
  return {
    id: 'prepare-installer',
    phase: 'install',
    title: `make the installer's initrd for kernel ${netboot.kernelVersion}`,
    creates: [{ kind: 'file', name: target }],
    destroys: [],
    probe: { kind: 'path', path: target },
    steps: [
      {
        do: 'build-initrd',
        initrd: netboot.initrd,
        ...(netboot.completion === undefined ? {} : { completion: netboot.completion }),
        files: [...listInstallerFiles(requestInstallation(context)), ...listInstallerHooks(netboot.prefix)],
        target,
      },
    ],
    undo: [{ do: 'remove', path: target }],
  };
}

/** Starts the installer's domain on empty volumes and follows it until it has powered itself off. */
export function runInstaller(context: PlanContext, domain: DomainDefinition): Action {
  const config = `${context.operationDirectory}/install.cfg`;
  const console = `${context.operationDirectory}/console-install.log`;
  return {
    id: 'run-installer',
    phase: 'install',
    title: `install ${context.guest.suite} by the Debian installer in ${domain.name}${context.served === undefined ? '' : ' from the vault'}`,
    creates: [{ kind: 'domain', name: domain.name }],
    destroys: [],
    probe: { kind: 'journal' },
    steps: [
      { do: 'destroy-domain', domain: domain.name },
      { do: 'remove', path: console },
      {
        do: 'write-file',
        path: config,
        content: renderDomain(context, domain, { onReboot: 'destroy', onCrash: 'preserve' }),
        mode: 0o600,
      },
      // What an interrupted installation left would make the partitioner ask.
      ...domain.disks.map(
        (disk): Step => ({
          do: 'run',
          argv: ['wipefs', '--all', '--quiet', '--', disk.device],
          deadline: 120,
        }),
      ),
      { do: 'start-domain', domain, config, console },
      {
        do: 'watch-install',
        domain: domain.name,
        console,
        nonce: context.nonce,
        deadline: INSTALL_DEADLINE,
        silence: SILENCE_DEADLINE,
        guest: context.guest.name,
        ...(context.served === undefined ? {} : { served: context.served }),
      },
      { do: 'destroy-domain', domain: domain.name },
    ],
    undo: [{ do: 'destroy-domain', domain: domain.name }, keepLogs(context)],
  };
}

/** What the installer says of itself, below its LOGS. */
const LOGS = '/var/log/installer';

/** Whatever has failed, the log of the installation stays with the operation. */
function keepLogs({ rootDisk, rootfs, operationDirectory }: PlanContext): Step {
  return {
    do: 'keep-logs',
    device: rootDisk.volume.path,
    place: ROOT,
    path: `${rootfs}.logs`,
    from: LOGS,
    names: ['syslog', 'partman'],
    directory: `${operationDirectory}/installer`,
  };
}

/** The filesystem gets the UUID of this operation; the installer's log is kept with the operation. */
function adoptRoot(context: PlanContext): Action {
  const { rootDisk, rootfs, operationDirectory } = context;
  const device = rootDisk.volume.path;
  const { biosOffset } = layOutRootDisk(rootDisk.volume.size, false);
  const adopt: Step = {
    do: 'adopt-root',
    device,
    partition: ROOT.partition,
    uuid: rootDisk.filesystemUuid,
    biosOffset,
  };
  const logs = ['syslog', 'partman', 'status'].map((name) => `${rootfs}${LOGS}/${name}`);
  const copy: Step = {
    do: 'run',
    argv: ['install', '--mode=0600', '--', ...logs, `${operationDirectory}/installer/`],
    deadline: 120,
  };
  const action = withMountedRoot(
    context,
    ROOT,
    {
      id: 'adopt-root',
      phase: 'personalise',
      title: 'check what the installer left, and keep its logs',
      creates: [{ kind: 'directory', name: `${operationDirectory}/installer` }],
      destroys: [],
      probe: { kind: 'journal' },
      steps: [{ do: 'make-directory', path: `${operationDirectory}/installer`, mode: 0o700 }, copy],
      undo: [],
    },
    true,
  );
  return { ...action, steps: [adopt, ...action.steps] };
}

/** Without commands of the spec all of it bears a second run; an installation takes long. */
function personaliseInstalled(context: PlanContext): Action {
  const { redoFrom: _, ...action } = personaliseRoot(context, 'exist');
  return context.guest.run.length === 0 ? action : { ...action, redoFrom: 'run-installer' };
}

/** QEMU does not wait for the disk while it installs: what was written must be there before the guest is believed. */
function checkInstalled(context: PlanContext): Action {
  const action = withMountedRoot(context, ROOT, checkRoot(context));
  return { ...action, steps: [...action.steps, syncVolumes(context)], settles: true };
}

/** The boot files, as for every route; the initrd is made anew with the modules that Xen and QEMU need. */
function withBoot(context: PlanContext): Action {
  const { rootfs, guest } = context;
  const inside = (command: string[]): Step => ({
    do: 'run',
    argv: buildChrootArgv(rootfs, command),
    deadline: 900,
  });
  const action = prepareBoot(context, ROOT.partition);
  const early: Step = {
    do: 'unpack-overlay',
    root: rootfs,
    entries: listEarlyFiles(context).map(({ path, content, mode }) => ({
      ...{ path, mode, owner: 'root', group: 'root' },
      body: { kind: 'content', content },
    })),
  };
  return {
    ...action,
    steps: [
      early,
      ...(guest.locale === 'C.UTF-8' ? [] : [inside(['locale-gen'])]),
      inside(['update-initramfs', '-u', '-k', 'all']),
      ...action.steps,
      ...(needsBiosBoot(context) ? [embedBiosImage(context)] : []),
    ],
  };
}
