import type { DomainDefinition, DomainDisk } from '../plan/types.ts';
import type { NetworkSpec, NicSpec } from '../spec/types.ts';
import { requireAddress, stripPrefix } from './address.ts';
import { refuse, requireInterface, requireMac, requireMatch, requirePath } from './refuse.ts';

/** What a disk line of an xl configuration says (xl-disk-configuration(5)). */
export interface XlDisk {
  readonly format: string;
  readonly vdev: string;
  readonly access: string;
  readonly target: string;
}

/**
 * Writes a disk as xl's disk lexer reads it: `target=` eats the rest of the string, so it stands last.
 * @throws Failure RL0901
 */
export function encodeXlDisk(disk: DomainDisk): string {
  requirePath('a device', disk.device);
  if (disk.device.endsWith(','))
    refuse('a device', disk.device, 'free of a comma at its end, which xl would drop');
  requireMatch('a virtual device', disk.target, /^(xvd[a-z]|hd[a-d]|sd[a-z])$/, 'xvda, xvdb and so on');
  return `format=raw,vdev=${disk.target},access=${disk.readOnly ? 'ro' : 'rw'},target=${disk.device}`;
}

/** The CD drive of an HVM guest, as the third IDE disk (xl-disk-configuration(5), devtype). @throws Failure RL0901 */
export function listXlDrives({ cdrom }: Pick<DomainDefinition, 'cdrom'>): string[] {
  if (cdrom === undefined) return [];
  const image = requirePath('an image', cdrom);
  return [`format=raw,vdev=hdc,access=ro,devtype=cdrom,target=${image}`];
}

/**
 * Reads a disk line back, in the key=value spelling or the positional one (`TARGET,FORMAT,VDEV,ACCESS`).
 * Relative targets get `/dev/` in front, as in xl.
 */
export function parseXlDisk(text: string): XlDisk {
  const disk: Record<string, string> = { format: 'raw', vdev: '', access: 'rw', target: '' };
  const order = ['target', 'format', 'vdev', 'access'];
  const at = text.search(/(^|,)\s*target=/);
  const head = at < 0 ? text : text.slice(0, at);
  for (const part of head.split(',').map((word) => word.trim())) {
    const [key = '', value] = part.split(/=(.*)/s);
    if (value !== undefined && /^[a-z_-]+$/.test(key)) disk[key] = value;
    else if (part !== '' && at < 0) disk[order.shift() ?? 'unknown'] = part;
  }
  if (at >= 0) disk.target = text.slice(text.indexOf('target=', at) + 'target='.length).replace(/,$/, '');
  const { format = '', vdev = '', access = '', target = '' } = disk;
  return {
    format,
    vdev,
    access,
    target: target === '' || target.startsWith('/') ? target : `/dev/${target}`,
  };
}

/**
 * Writes an interface as xl reads it (xl-network-configuration(5)): there is no escaping, so a comma has no spelling.
 * @throws Failure RL0901 for a value that has no spelling, and for an unknown network.
 */
export function encodeXlVif(nic: NicSpec, networks: ReadonlyMap<string, NetworkSpec>): string {
  const network = networks.get(nic.network) ?? refuse('a network', nic.network, 'one of the site');
  const mac = `mac=${requireMac(nic.mac)}`;
  if (network.mode !== 'routed') return `${mac},bridge=${requireInterface(network.bridge)}`;
  const gateway = `gatewaydev=${requireInterface(network.interface)}`;
  return [mac, 'script=vif-route', ...listRoutes(nic), gateway].join(',');
}

/** vif-route makes one host route an address; a guest on DHCP has none to name. */
function listRoutes(nic: NicSpec): string[] {
  if (nic.ipv4?.kind === 'static') return [`ip=${requireAddress(4, stripPrefix(nic.ipv4.address))}`];
  if (nic.ipv6?.kind === 'static') return [`ip=${requireAddress(6, stripPrefix(nic.ipv6.address))}`];
  return [];
}

/** Reads `key=value,key=value`; a word without `=` is kept with an empty value. */
export function parseXlVif(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((part): [string, string] => {
    const [key = '', value = ''] = part.trim().split(/=(.*)/s);
    return [key, value];
  });
  return Object.fromEntries(pairs.filter(([key]) => key !== ''));
}
