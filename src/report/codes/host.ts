import type { CodeEntry } from './entry.ts';

/** RL077x, RL118x: what a guest needs of a Xen host, and the host lacks. */
export const XEN_HOST_CODES = {
  RL0770: {
    title: 'Not a Xen host',
    message: 'guests are started on a Xen host (dom0), and this machine is none: {detail}',
    hint: 'boot this machine under Xen (apt-get install xen-system-amd64), or set host.hypervisor: qemu in site.yaml',
  },
  RL0771: {
    title: 'Xen tools do not answer',
    message: '{command} must answer, and it does not: {detail}',
    hint: 'look with: systemctl status xen.service; pgrep -a xenstored. When xenstored has ended, only a boot brings it back',
  },
  RL0772: {
    title: 'Xen without this guest type',
    message: 'this machine cannot run {guest} guests: Xen offers {offered}',
    hint: 'switch on virtualisation (VT-x, AMD-V) in the firmware, or give the guest another `type`',
  },
  RL0773: {
    title: 'Too little free memory',
    message: 'the guest {name} takes {needed} MiB of memory, and Xen can give {free} MiB; in use: {holders}',
    hint: 'stop a guest, or give this one less memory',
  },
  RL0774: {
    title: 'Bridge missing',
    message: 'the bridge {name} must exist before the guest starts, and this machine has no such interface',
    hint: 'make it (bridges are listed by: ip -br link show type bridge), or correct the network in site.yaml',
  },
  RL0775: {
    title: 'Program or image of Xen missing',
    message: '{what} needs {path}, which is not there',
    hint: 'apt-get install {package}',
  },
  RL1180: {
    title: 'Lock of xl is held',
    message:
      'xl starts one guest at a time, and process {pid} ({command}) has held its lock {path} for more than {seconds} s',
    hint: 'let it end, or end it: kill {pid}',
  },
} as const satisfies Record<string, CodeEntry>;
