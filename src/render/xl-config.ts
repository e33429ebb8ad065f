import type { DomainDefinition } from '../plan/types.ts';
import type { NetworkSpec } from '../spec/types.ts';
import { type ConfigHeader, renderConfigHeader } from './config-header.ts';
import { refuse, requireMatch, requireUuid } from './refuse.ts';
import { listBootSettings } from './xl-boot.ts';
import { encodeXlDisk, encodeXlVif, listXlDrives } from './xl-devices.ts';
import { encodeXlSetting, type XlValue } from './xl-value.ts';

/** What xl does with a domain that has ended (xl.cfg(5), EVENT ACTIONS). */
export type XlAction =
  | 'destroy'
  | 'restart'
  | 'rename-restart'
  | 'preserve'
  | 'coredump-destroy'
  | 'coredump-restart';

export interface XlConfigOptions {
  readonly header: ConfigHeader;
  readonly networks: ReadonlyMap<string, NetworkSpec>;
  /** Default: destroy. */
  readonly onPoweroff?: XlAction;
  /** Default: restart. */
  readonly onReboot?: XlAction;
  /** Default: restart, so that a guest that panics at night is back in the morning. */
  readonly onCrash?: XlAction;
  readonly tscMode?: 'default' | 'always_emulate' | 'native' | 'native_paravirt';
  /** Further settings; one that relight writes itself is refused. */
  readonly extra?: Readonly<Record<string, XlValue>>;
}

const MEBIBYTE = 1024 * 1024;

/**
 * Writes the xl configuration of a domain (xl.cfg(5)), with a header that says which rebuild it belongs to.
 * @throws Failure RL0901 for a value that has no spelling in the format.
 */
export function renderXlConfig(domain: DomainDefinition, options: XlConfigOptions): string {
  const settings = new Map<string, XlValue>([
    [
      'name',
      requireMatch(
        'a domain name',
        domain.name,
        /^[A-Za-z0-9][A-Za-z0-9.~_-]{0,62}$/,
        'letters, digits and .~_-',
      ),
    ],
    ['uuid', requireUuid('a domain UUID', domain.uuid)],
    ['type', domain.guest],
    ['memory', countMebibytes(domain.memoryBytes)],
    ['vcpus', domain.vcpus],
    ...listBootSettings(domain),
    ['disk', [...domain.disks.map(encodeXlDisk), ...listXlDrives(domain)]],
    ['vif', domain.nics.map((nic) => encodeXlVif(nic, options.networks))],
    ['on_poweroff', options.onPoweroff ?? 'destroy'],
    ['on_reboot', options.onReboot ?? 'restart'],
    ['on_crash', options.onCrash ?? 'restart'],
    ...(options.tscMode === undefined ? [] : [['tsc_mode', options.tscMode] as const]),
  ]);
  for (const [key, value] of Object.entries(options.extra ?? {})) {
    if (settings.has(key)) refuse('an extra setting', key, 'one that relight does not write itself');
    settings.set(key, value);
  }
  const lines = [...settings].map(([key, value]) => encodeXlSetting(key, value));
  return renderConfigHeader(options.header) + lines.join('');
}

/** xl counts memory in MiB; rounding would give another guest than the one specified. */
function countMebibytes(bytes: number): number {
  const count = bytes / MEBIBYTE;
  return Number.isSafeInteger(count) && count > 0 ? count : refuse('memory', bytes, 'a whole number of MiB');
}
