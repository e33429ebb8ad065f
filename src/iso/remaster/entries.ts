import type { Inspection } from '../inspect.ts';
import { OVERLAY_PATH } from '../manifest.ts';
import { isoFailure } from '../problems.ts';

/** A kernel and an initrd that one unattended entry starts. */
export interface Unattended {
  /** `text`, `gtk`, `xen`: the directory that the initrd lies in. The first is the default. */
  readonly id: string;
  readonly kernel: string;
  readonly initrd: string;
}

/** Paths go into boot menus as they are. */
const PLAIN_PATH = /^(\/[A-Za-z0-9][A-Za-z0-9._+-]*)+$/;

/**
 * One unattended entry for every initrd that the original menus use, the text installer's first.
 * @throws Failure RL6009 when there is none, RL6025 for a path that no menu can hold.
 */
export function chooseUnattended(inspection: Inspection): Unattended[] {
  const found: Unattended[] = [];
  for (const initrd of inspection.identity.initrds) {
    // An earlier remaster's overlay is replaced, not kept.
    if (initrd === OVERLAY_PATH) continue;
    const entry = inspection.menus.find((menu) => menu.initrds.includes(initrd));
    if (entry === undefined || !inspection.identity.kernels.includes(entry.kernel)) continue;
    for (const path of [initrd, entry.kernel]) {
      if (!PLAIN_PATH.test(path))
        throw isoFailure('unsafe-value', { what: 'a path of the image', value: path });
    }
    found.push({ id: nameInitrd(initrd, found), kernel: entry.kernel, initrd });
  }
  if (found.length === 0)
    throw isoFailure('no-installer', { what: 'no boot menu starts a kernel with an initrd' });
  const rank = ({ id }: Unattended) => (id === 'text' ? 0 : 1);
  return found.sort((left, right) => rank(left) - rank(right));
}

function nameInitrd(initrd: string, before: readonly Unattended[]): string {
  const directory = initrd.split('/').at(-2) ?? '';
  const name = directory === '' || directory.startsWith('install.') ? 'text' : directory.toLowerCase();
  const id = /^[a-z][a-z0-9]*$/.test(name) ? name : 'other';
  return before.some((entry) => entry.id === id) ? `${id}${before.length}` : id;
}
