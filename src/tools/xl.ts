import { EXIT, Failure } from '../report/failure.ts';

/** A domain in `xl list`. `state` is made of the letters r b p s c d (xl(1), STATES). */
export interface DomainRow {
  readonly name: string;
  readonly id: number;
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly state: string;
  readonly seconds: number;
}

/** What `xl list -l` says about a domain: as it runs, not as its file says. */
export interface DomainDetails {
  readonly name: string;
  readonly id: number;
  readonly uuid: string;
  readonly type: string;
  readonly memoryKiB: number | undefined;
  readonly vcpus: number | undefined;
  readonly disks: readonly { readonly device: string; readonly target: string }[];
  /** `attached` is the bridge, or the interface that a routed nic goes out by. */
  readonly nics: readonly { readonly mac: string; readonly attached: string }[];
  /** The file that starts the guest, the program that finds one in it, or an HVM guest's firmware; empty: none. */
  readonly kernel: string;
  readonly bootloader: string;
  readonly firmware: string;
}

/** Main memory and versions out of `xl info`. */
export interface XenInfo {
  readonly version: string;
  readonly capabilities: readonly string[];
  /** `hvm`, `hap` and others: what this machine's processors allow. */
  readonly virtualization: readonly string[];
  readonly freeMemoryMiB: number;
  readonly totalMemoryMiB: number;
  /** What GRUB handed to Xen. */
  readonly commandLine: string;
}

/** xl ends with the number of libxl's error: 3 is ERROR_FAIL, also for a domain that exists already. */
export const XL_STATUS = { failed: 1, createFailed: 3 } as const;

export const XL_LIST_ARGV: readonly string[] = ['xl', 'list'];
export const XL_LIST_LONG_ARGV: readonly string[] = ['xl', 'list', '-l'];
export const XL_INFO_ARGV: readonly string[] = ['xl', 'info'];

/** Its background monitor inherits descriptors: run it with `keepLock: false`. The file's path must be absolute. */
export function buildXlCreateArgv(config: string, options: { readonly paused?: boolean } = {}): string[] {
  if (!/^\/[^\0\n]*$/.test(config)) refuse('a configuration path', config);
  return ['xl', 'create', ...(options.paused === true ? ['-p'] : []), config];
}

/** Lets a domain run that was created paused. */
export function buildXlUnpauseArgv(domain: string): string[] {
  return ['xl', 'unpause', checkDomain(domain)];
}

/**
 * Asks the guest to power off, and with `wait` ends when it has. An HVM guest without Xen's drivers gets a press of the
 * power button instead (`-F`, xl(1)).
 */
export function buildXlShutdownArgv(domain: string, wait: boolean): string[] {
  return ['xl', 'shutdown', ...(wait ? ['-w'] : []), '-F', checkDomain(domain)];
}

export function buildXlDestroyArgv(domain: string): string[] {
  return ['xl', 'destroy', checkDomain(domain)];
}

/** Exit 1: there is no such domain. */
export function buildXlDomidArgv(domain: string): string[] {
  return ['xl', 'domid', checkDomain(domain)];
}

/** Runs until the domain is gone. PV and PVH guests have the `pv` console, HVM guests the emulated `serial` port. */
export function buildXlConsoleArgv(domain: string, guest: 'pv' | 'pvh' | 'hvm'): string[] {
  return ['xl', 'console', '-t', guest === 'hvm' ? 'serial' : 'pv', checkDomain(domain)];
}

/** Prints what xl reads out of a configuration, and starts nothing. */
export function buildXlDryCreateArgv(config: string): string[] {
  return ['xl', '-N', 'create', config];
}

/** Reads `xl list`. The name may be longer than its column. */
export function parseXlList(output: string): DomainRow[] {
  const rows: DomainRow[] = [];
  for (const line of output.split('\n')) {
    const match = /^(.+?)\s+(\d+)\s+(\d+)\s+(\d+)\s+([rbpscd-]{6})\s+(\d+\.\d)$/.exec(line);
    if (match === null) continue;
    const [, name = '', id, memory, vcpus, state = '', seconds] = match;
    rows.push({
      name,
      id: Number(id),
      memoryMiB: Number(memory),
      vcpus: Number(vcpus),
      state,
      seconds: Number(seconds),
    });
  }
  return rows;
}

/** Reads `xl list -l`. @throws Failure when it is not the expected JSON */
export function parseXlListLong(output: string): DomainDetails[] {
  let list: unknown;
  try {
    list = JSON.parse(output);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list)) {
    throw new Failure(
      EXIT.failed,
      'RL0653',
      'the output of xl list -l cannot be read: it is not a JSON list',
    );
  }
  return list.map(readDomain);
}

/** Reads `xl info`: one `key : value` a line. */
export function parseXlInfo(output: string): XenInfo {
  const values = new Map<string, string>();
  for (const line of output.split('\n')) {
    const match = /^([a-z_]+)\s*:\s?(.*)$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], match[2]?.trim() ?? '');
  }
  const words = (key: string) => (values.get(key) ?? '').split(/\s+/).filter((word) => word !== '');
  return {
    version: values.get('xen_version') ?? '',
    capabilities: words('xen_caps'),
    virtualization: words('virt_caps'),
    freeMemoryMiB: Number(values.get('free_memory') ?? 0),
    totalMemoryMiB: Number(values.get('total_memory') ?? 0),
    commandLine: values.get('xen_commandline') ?? '',
  };
}

interface RawDomain {
  readonly domid?: number;
  readonly config?: {
    readonly c_info?: { readonly type?: string; readonly name?: string; readonly uuid?: string };
    readonly b_info?: {
      readonly max_vcpus?: number;
      readonly max_memkb?: number;
      readonly kernel?: string;
      readonly bootloader?: string;
      readonly 'type.hvm'?: { readonly bios?: string };
    };
    readonly disks?: readonly { readonly vdev?: string; readonly pdev_path?: string }[];
    readonly nics?: readonly {
      readonly mac?: string;
      readonly bridge?: string;
      readonly gatewaydev?: string;
    }[];
  };
}

/** libxl leaves out of its JSON what has the default value. */
function readDomain(raw: RawDomain): DomainDetails {
  const { c_info: create, b_info: build, disks, nics } = raw.config ?? {};
  return {
    name: create?.name ?? '',
    id: raw.domid ?? -1,
    uuid: create?.uuid ?? '',
    type: create?.type ?? '',
    memoryKiB: build?.max_memkb,
    vcpus: build?.max_vcpus,
    disks: (disks ?? []).map((disk) => ({ device: disk.vdev ?? '', target: disk.pdev_path ?? '' })),
    nics: (nics ?? []).map((nic) => ({
      mac: nic.mac ?? '',
      attached: nic.gatewaydev ?? nic.bridge ?? '',
    })),
    kernel: build?.kernel ?? '',
    bootloader: build?.bootloader ?? '',
    firmware: build?.['type.hvm']?.bios ?? '',
  };
}

function checkDomain(name: string): string {
  return /^[A-Za-z][A-Za-z0-9.~_-]{0,62}$/.test(name) ? name : refuse('a domain name', name);
}

function refuse(what: string, value: string): never {
  throw new Failure(EXIT.invalid, 'RL0652', `not ${what}: ${JSON.stringify(value.slice(0, 200))}`);
}
