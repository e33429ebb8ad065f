import type { Site } from '../../spec/types.ts';
import { GRUB_CONFIG_PATH, GRUB_SCRIPT_PATH, XEN_BOOT_PATH } from './boot.ts';
import { ACNG_BACKENDS_PATH, ACNG_LOCAL_PATH, ACNG_UNIT_PATH, APT_CACHE_PATH } from './cache.ts';
import { XEN_DEFAULTS_PATH, XENDOMAINS_PATH } from './xen-services.ts';

/** The files of this machine that a dom0's plan reads or writes. Each part that writes one adds it here. */
export function listDom0Paths(_site: Site): string[] {
  return [
    ...[GRUB_CONFIG_PATH, GRUB_SCRIPT_PATH, XEN_BOOT_PATH, XEN_DEFAULTS_PATH, XENDOMAINS_PATH],
    ...[ACNG_LOCAL_PATH, ACNG_BACKENDS_PATH, ACNG_UNIT_PATH, APT_CACHE_PATH],
  ];
}
