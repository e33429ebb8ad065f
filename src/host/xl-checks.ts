import type { DomainDefinition } from '../plan/types.ts';
import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import { type DomainRow, parseXlInfo } from '../tools/xl.ts';

/** What a domain needs of the host that it is to start on. */
export type XlDomain = Pick<DomainDefinition, 'name' | 'guest' | 'boot' | 'memoryBytes' | 'vcpus'>;

/** A file of Xen's that a domain needs, and the Debian package that brings it. */
export interface XenFile {
  readonly what: string;
  readonly path: string;
  readonly package: string;
}

/** What dom0 keeps for itself when Xen takes memory from it for guests (autoballoon, xl.conf(5)). */
const DOM0_KEEPS_MIB = 1024;
const SHOWN_HOLDERS = 8;
const MIB = 1024 ** 2;

/** Why a command of xl ended badly: this is no dom0 at all, or something of Xen does not answer. */
export function explainXlFailure(command: string, output: string, timedOut: boolean): Issue {
  const lines = output.split('\n').map((line) => line.trim());
  const line = lines.find((text) => text !== '') ?? 'it says nothing';
  // The wrapper of Debian's xen-utils-common, and libxc in a guest, which may ask nothing.
  const isForeign =
    /hypervisor information in sysfs|not (?:running )?(?:on|under) Xen|privileged command|libxc/i;
  const telling = lines.find((text) => isForeign.test(text));
  if (telling !== undefined) return makeIssue('RL0770', { detail: telling });
  return makeIssue('RL0771', {
    command,
    detail: timedOut ? 'it hangs, as it does without xenstored' : line,
  });
}

/** @param info the output of `xl info` */
export function checkGuestType(domain: Pick<XlDomain, 'guest'>, info: string): Issue[] {
  const { capabilities, virtualization } = parseXlInfo(info);
  const isOffered =
    domain.guest === 'pv'
      ? capabilities.some((name) => /^xen-\d.*-x86_64$/.test(name))
      : virtualization.includes('hvm') || capabilities.some((name) => name.startsWith('hvm-'));
  if (isOffered) return [];
  const offered = [...virtualization, ...capabilities].join(' ') || 'nothing';
  return [makeIssue('RL0772', { guest: domain.guest, offered })];
}

/**
 * Whether the domain fits. `stopped` names domains that are gone by then.
 * @param info the output of `xl info`
 */
export function checkMemory(
  domain: XlDomain,
  info: string,
  rows: readonly DomainRow[],
  stopped: readonly string[],
): Issue[] {
  const freed = rows.filter((row) => stopped.includes(row.name));
  const free = parseXlInfo(info).freeMemoryMiB + sumMemory(freed) + countBalloonMiB(info, rows);
  const needed = countNeededMiB(domain);
  if (needed <= free) return [];
  const holders = rows
    .filter((row) => !freed.includes(row))
    .sort((left, right) => right.memoryMiB - left.memoryMiB)
    .slice(0, SHOWN_HOLDERS)
    .map((row) => `${row.name} ${row.memoryMiB} MiB`)
    .join(', ');
  return [makeIssue('RL0773', { name: domain.name, needed, free, holders })];
}

/** The guest's memory and what Xen adds: shadow pages (libxl_get_required_shadow_memory), QEMU's share, and slack. */
function countNeededMiB({ memoryBytes, vcpus, guest }: XlDomain): number {
  const memory = Math.ceil(memoryBytes / MIB);
  const shadowKiB = 4 * (256 * vcpus + 2 * memory);
  return memory + Math.ceil(shadowKiB / 1024) + (guest === 'hvm' ? 20 : 4);
}

/** Without dom0_mem= on Xen's command line xl takes from dom0 what a new guest needs (autoballoon="auto"). */
function countBalloonMiB(info: string, rows: readonly DomainRow[]): number {
  if (/^xen_commandline\s*:.*\bdom0_mem=/m.test(info)) return 0;
  const own = rows.find((row) => row.id === 0)?.memoryMiB ?? 0;
  return Math.max(own - DOM0_KEEPS_MIB, 0);
}

const sumMemory = (rows: readonly DomainRow[]) => rows.reduce((sum, row) => sum + row.memoryMiB, 0);

/** @param links the output of `ip -json link show` */
export function checkBridges(bridges: readonly string[], links: string): Issue[] {
  const names = new Set(readLinkNames(links));
  return [...new Set(bridges)]
    .filter((name) => !names.has(name))
    .map((name) => makeIssue('RL0774', { name }));
}

function readLinkNames(links: string): string[] {
  try {
    return (JSON.parse(links) as { ifname?: string }[]).map((link) => link.ifname ?? '');
  } catch {
    return [];
  }
}

/** The files that Debian's packages bring beside Xen itself. */
export function listXenFiles({ guest, boot }: XlDomain, grubImage: string | undefined): XenFile[] {
  const files: XenFile[] = [];
  if (guest === 'hvm') {
    const path = '/usr/libexec/xen-qemu-system-i386';
    files.push({ what: 'an hvm guest', path, package: 'qemu-system-xen' });
    if (boot === 'uefi') files.push({ what: 'boot: uefi', path: '/usr/share/ovmf/OVMF.fd', package: 'ovmf' });
  }
  if (boot === 'grub' && grubImage !== undefined)
    files.push({ what: 'boot: grub', path: grubImage, package: 'grub-xen-host' });
  return files;
}

/** Which of the packages are installed. @param output that of `dpkg-query` in `buildInstalledArgv` */
export function parseInstalled(output: string): string[] {
  return output
    .split('\n')
    .filter((line) => line.endsWith(' installed'))
    .map((line) => line.slice(0, line.indexOf(' ')));
}

/** Exit 1 when any of the packages is unknown. */
export function buildInstalledArgv(packages: readonly string[]): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: fields of dpkg-query(1), not of a template
  return ['dpkg-query', '--show', '--showformat', '${Package} ${db:Status-Status}\n', ...packages];
}

export const LINKS_ARGV: readonly string[] = ['ip', '-json', 'link', 'show'];
