import { readdirSync, readFileSync } from 'node:fs';

/** Where dom0's kernel counts what the backends of a domain do (xen-blkback and xen-netback). */
const COUNTED = {
  disks: ['rd_sect', 'wr_sect', 'rd_req', 'wr_req'],
  nics: ['rx_bytes', 'tx_bytes'],
} as const;

/**
 * Counters of the disks and nics of a domain as text, from sysfs: /sys/bus/xen-backend/devices/vbd-DOMID-DEVICE/statistics
 * and /sys/class/net/vifDOMID.N/statistics. Undefined when the kernel counts nothing, as with disks that QEMU serves.
 */
export function measureDomain(domid: number, sysfs = '/sys'): string | undefined {
  const disks = list(`${sysfs}/bus/xen-backend/devices`, `vbd-${domid}-`);
  const nics = list(`${sysfs}/class/net`, `vif${domid}.`);
  const counters = [
    ...disks.flatMap((path) => COUNTED.disks.map((name) => read(`${path}/statistics/${name}`))),
    ...nics.flatMap((path) => COUNTED.nics.map((name) => read(`${path}/statistics/${name}`))),
  ].filter((value) => value !== '');
  return counters.length === 0 ? undefined : counters.join(' ');
}

/** A domain may end while it is measured: what is gone counts nothing. */
function list(directory: string, prefix: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.startsWith(prefix));
    return names.sort().map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
