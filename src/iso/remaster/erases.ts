/** What an unattended installation with this preseed erases. */
export interface Erasure {
  /** True: the preseed names the disk. False: the installer takes whichever it finds. */
  readonly isPinned: boolean;
  /** For the menu. */
  readonly words: string;
}

/**
 * Reads the disk out of a preseed: the last `partman-auto/disk` counts, as debconf has it. `others` are disks that the
 * late script writes to besides.
 */
export function findErasure(preseed: string, others: readonly string[] = []): Erasure {
  let disk = '';
  for (const line of preseed.split('\n')) {
    const [owner, question, , ...value] = line.trim().split(/\s+/);
    if (owner === 'd-i' && question === 'partman-auto/disk') disk = value.join(' ');
  }
  const disks = disk.split(/\s+/).filter((word) => word !== '');
  const isPinned =
    disks.length > 0 && disks.every((word) => /^\/dev\/[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/.test(word));
  // Disks of a RAID are in both.
  const named = new Set([...(isPinned ? disks : ['whichever disk it finds']), ...others]);
  return { isPinned, words: [...named].join(', ').slice(0, 80) };
}
