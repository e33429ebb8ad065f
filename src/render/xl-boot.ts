import type { DomainDefinition } from '../plan/types.ts';
import { refuse, requireCommandLine, requirePath } from './refuse.ts';
import type { XlValue } from './xl-value.ts';

/** Where grub-xen-host keeps its loaders: both look for /boot/grub/grub.cfg on every disk. */
const GRUB_IMAGES = {
  pv: '/usr/lib/grub-xen/grub-x86_64-xen.bin',
  pvh: '/usr/lib/grub-xen/grub-i386-xen_pvh.bin',
} as const;

/** Whether a `kernel` setting names a loader, which finds the guest's own kernel, and not that kernel. */
export function isGrubImage(path: string): boolean {
  return Object.values<string>(GRUB_IMAGES).includes(path);
}

/** libxenguest copies a PV command line into 1024 bytes with strncpy and drops the rest (xg_dom_x86.c). */
const PV_COMMAND_LINE_LIMIT = 1023;

type Settings = readonly (readonly [string, XlValue])[];

/**
 * The settings that tell xl how to start a domain, for each guest type and boot method.
 * @throws Failure RL0901 for a pair that Xen does not have.
 */
export function listBootSettings(domain: DomainDefinition): Settings {
  if (domain.guest === 'hvm') return listHvmSettings(domain);
  if (domain.boot === 'direct') return listDirectSettings(domain);
  if (domain.boot === 'grub') return [['kernel', GRUB_IMAGES[domain.guest]]];
  // A path would miss on trixie, where /usr/bin/pygrub is gone: xl finds the bare name in its own directory.
  if (domain.boot === 'pygrub') return [['bootloader', 'pygrub']];
  return refuse('a boot method', domain.boot, `one that a ${domain.guest} guest has`);
}

function listDirectSettings(domain: DomainDefinition): Settings {
  const { kernel } = domain;
  if (kernel === undefined)
    return refuse('a boot method', domain.boot, 'given with a kernel on this machine');
  const commandLine = requireCommandLine(kernel.commandLine);
  if (domain.guest === 'pv' && commandLine.length > PV_COMMAND_LINE_LIMIT) {
    refuse('a kernel command line', commandLine, `at most ${PV_COMMAND_LINE_LIMIT} bytes for a PV guest`);
  }
  return [
    ['kernel', requirePath('a kernel', kernel.kernel)],
    ['ramdisk', requirePath('an initrd', kernel.initrd)],
    ['cmdline', commandLine],
  ];
}

/** VNC is on by default in xl; relight's guests speak through their serial console. */
function listHvmSettings(domain: DomainDefinition): Settings {
  return [...listFirmwareSettings(domain), ['serial', ['pty']], ['vnc', 0]];
}

/** With a kernel on this machine the firmware is a BIOS that hands over to it (xl.cfg(5), Direct Kernel Boot). */
function listFirmwareSettings(domain: DomainDefinition): Settings {
  if (domain.boot === 'direct') return listDirectSettings(domain);
  if (domain.boot === 'bios' || domain.boot === 'uefi') {
    return [
      ['firmware', domain.boot],
      ['boot', domain.cdrom === undefined ? 'c' : 'dc'],
    ];
  }
  return refuse('a boot method', domain.boot, 'bios, uefi or direct for an hvm guest');
}
