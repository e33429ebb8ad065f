import type { BootMethod, GuestType } from '../spec/types.ts';
import table from './boot-measured.json' with { type: 'json' };

/** One boot that was tried on real Xen: what the lab wrote down (docs/lab.md, the boot table). */
export interface MeasuredBoot {
  readonly suite: string;
  readonly guest: GuestType;
  readonly boot: BootMethod;
  /** Xen's version, such as `4.20`. */
  readonly xen: string;
  /** Undefined: the emulation was too slow to tell. */
  readonly boots?: boolean;
  /** How far it came. */
  readonly reached: string;
  /** From `xl create` to the ready line, under emulation. */
  readonly seconds?: number;
  /** The guest's own word: PV, PVH or HVM. */
  readonly type?: string;
  readonly kernel?: string;
  /** Lines of the consoles that show it. */
  readonly evidence: readonly string[];
}

export const MEASURED_BOOTS = table as readonly MeasuredBoot[];

/** The boots that were tried for a suite, a guest type and a boot method, each with its Xen. */
export function findMeasured(suite: string, guest: GuestType, boot: BootMethod): MeasuredBoot[] {
  return MEASURED_BOOTS.filter((row) => row.suite === suite && row.guest === guest && row.boot === boot);
}

/** `on Xen 4.20 it booted a kernel 6.12.1-amd64 as PVH`, or how far it came. */
export function describeMeasured(row: MeasuredBoot): string {
  if (row.boots === true) return `on Xen ${row.xen} it booted a kernel ${row.kernel} as ${row.type}`;
  const verdict = row.boots === false ? 'it did not boot' : 'nothing is proven';
  return `on Xen ${row.xen} ${verdict}: it reached ${row.reached}`;
}
