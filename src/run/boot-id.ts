import { readTextFile } from './files.ts';

/** What tells this boot of the machine from every other (proc(5): random/boot_id). */
export function readBootId(): string {
  return readTextFile('/proc/sys/kernel/random/boot_id').trim();
}
