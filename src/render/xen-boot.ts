import { refuse } from './refuse.ts';

export interface XenBootRequest {
  readonly memoryBytes: number;
  /** Undefined: all of them. */
  readonly vcpus: number | undefined;
  /** The serial line that the machine is looked after by. */
  readonly serial: { readonly port: 0 | 1; readonly speed: number } | undefined;
}

const MIB = 1024 ** 2;
/** A dom0 below this does not boot Debian's kernel and initrd. */
const LEAST_MIB = 512;

/**
 * Writes the variables for Xen of /etc/default/grub.d (xen.cfg of xen-hypervisor-common, xen-command-line(7)).
 * Memory is fixed by `max:`, so that nothing is taken from dom0 when a guest starts. @throws Failure RL0901
 */
export function renderXenBoot(request: XenBootRequest): string {
  const memory = Math.floor(request.memoryBytes / MIB);
  if (memory < LEAST_MIB) refuse("dom0's memory", `${memory} MiB`, `${LEAST_MIB} MiB or more`);
  const { serial, vcpus } = request;
  const words = [`dom0_mem=${memory}M,max:${memory}M`];
  if (vcpus !== undefined) words.push(`dom0_max_vcpus=${requireWhole(vcpus)}`);
  if (serial !== undefined) {
    const name = `com${serial.port + 1}`;
    words.push(`${name}=${requireWhole(serial.speed)},8n1`, `console=${name},vga`);
  }
  const lines = ['XEN_OVERRIDE_GRUB_DEFAULT=1', `GRUB_CMDLINE_XEN="${words.join(' ')}"`];
  // Xen owns the serial line; Linux reaches it through Xen's console. The last console= is the one that gets a login.
  if (serial !== undefined)
    lines.push('GRUB_CMDLINE_LINUX_XEN_REPLACE="$GRUB_CMDLINE_LINUX console=tty0 console=hvc0"');
  return `${lines.join('\n')}\n`;
}

/**
 * A script of /etc/grub.d. Debian's hypervisor is gzipped, and the entry that 20_linux_xen writes does not load GRUB's gzio:
 * where nothing else has loaded it, GRUB says "no multiboot header found". `insmod` of what is loaded does nothing.
 */
export function renderGrubModules(): string {
  return "cat <<'END'\ninsmod gzio\nEND\n";
}

function requireWhole(value: number): number {
  return Number.isSafeInteger(value) && value > 0 ? value : refuse('a number', value, 'whole and above 0');
}
