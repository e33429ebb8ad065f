import keepLogsScript from '../../../preseed/keep-logs.sh';
import type { InitrdFile } from '../../render/preseed-files.ts';
import { INITRD_FOLDER, type PreseedRequest } from '../../render/preseed-request.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { deriveUuid } from '../../spec/identity.ts';
import type { DomainDefinition } from '../types.ts';
import { makePreseedRequest } from './preseed.ts';
import type { PlanContext } from './request.ts';

/** Below it the installer leaves components out, and asks (lowmem). */
const LEAST_MEMORY = 1024 ** 3;

/** What the installer is told: relight makes the guest boot, and the late script prints this operation's nonce. */
export function requestInstallation(context: PlanContext): PreseedRequest {
  const { completion, componentSuite } = requireNetboot(context);
  return {
    ...makePreseedRequest(context),
    nonce: context.nonce,
    skipBootLoader: true,
    hasModules: completion !== undefined,
    ...(componentSuite === undefined ? {} : { componentSuite }),
  };
}

/**
 * What the installer runs before its menu. On a serial console that menu is in GNU screen (S70menu of rootskel), whose
 * clock and status line would hide from the watcher what the installer says, and that it says nothing.
 */
export function listInstallerHooks(prefix: string): InitrdFile[] {
  const script = `${INITRD_FOLDER}/keep-logs.sh`;
  const hook = `TERM_TYPE=relight\nsh ${script} < /dev/null > /dev/null 2>&1 &\n`;
  return [
    { path: `/${prefix}lib/debian-installer.d/S69relight`, content: hook, mode: 0o644 },
    { path: script, content: keepLogsScript, mode: 0o755 },
  ];
}

/** The text frontend prints what the watcher reads. Never auto=true beside a preseed in the initrd. */
export function listInstallerArguments({ serialConsole }: PlanContext): string[] {
  const console = serialConsole ? 'console=ttyS0,115200n8' : 'console=hvc0';
  return ['priority=critical', 'DEBIAN_FRONTEND=text', console];
}

/** The domain of route `installer`: kernel and initrd are handed over. */
export function defineInstaller(context: PlanContext): DomainDefinition {
  return {
    ...defineInstallerDomain(context),
    // An HVM guest is installed as PVH, whose disks have the same names.
    guest: context.guest.guest === 'pv' ? 'pv' : 'pvh',
    boot: 'direct',
    kernel: {
      kernel: requireNetboot(context).kernel,
      initrd: `${context.work}/installer-initrd.img`,
      commandLine: listInstallerArguments(context).join(' '),
    },
  };
}

/** Root and swap only, so that no answer can reach data; in QEMU the root is the first disk. */
export function defineInstallerDomain(
  context: PlanContext,
): Omit<DomainDefinition, 'guest' | 'boot' | 'kernel'> {
  const { guest, site, operation } = context;
  const rebuilt = context.disks.filter((planned) => !planned.disk.keep);
  const disks = [context.rootDisk, ...rebuilt.filter((planned) => planned !== context.rootDisk)];
  return {
    name: `${guest.name}~install`,
    uuid: deriveUuid(site.name, guest.name, 'install', operation),
    memoryBytes: Math.max(guest.memoryBytes, LEAST_MEMORY),
    vcpus: guest.vcpus,
    disks: disks.map((planned) => ({
      name: planned.volume.name,
      device: planned.volume.path,
      target: planned.target,
      readOnly: false,
    })),
    nics: guest.nics,
    once: true,
    ports: [],
  };
}

export function requireNetboot(context: PlanContext) {
  if (context.netboot === undefined)
    throw makeFailure(EXIT.notReady, 'RL1204', { directory: 'no directory', problem: 'none was looked for' });
  return context.netboot;
}
