import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * tcg_handle_interrupt of Debian's QEMU 10 (accel/tcg/tcg-accel-ops.c): call bql_locked; test al, al; **je** to the failed
 * assertion; or [rbx+0xd0], ebp.
 */
const ASSERTION =
  /\x53\x48\x89\xfb\x48\x83\xec\x08\xe8[\s\S]{4}\x84\xc0(\x74[\s\S])\x09\xab\xd0\x00\x00\x00/g;
const NOTHING = Buffer.from([0x90, 0x90]);

/**
 * Copies a QEMU without one assertion. A guest of the nested Xen that writes CR8 while Xen wants an interrupt to be let in
 * makes QEMU raise that interrupt outside its big lock (helper_write_crN of target/i386), for which the assertion ends the
 * whole machine. OVMF writes CR8 at the end of every interrupt, so an HVM guest that boots by UEFI comes there in minutes.
 * It is the virtual processor's own request, in its own thread; what another one asks of it at that very moment could be
 * lost, which a lab of one processor does not have.
 * @throws when the place is not there exactly once: another QEMU, which may be right
 */
export function mendEmulator(from: string, to: string): void {
  const program = readFileSync(from);
  const places = [...program.toString('latin1').matchAll(ASSERTION)];
  const [place] = places;
  if (place === undefined || places.length > 1)
    throw new Error(`${from}: the assertion was found ${places.length} times`);
  const [all, jump = ''] = place;
  NOTHING.copy(program, place.index + all.lastIndexOf(jump));
  // By rename: another lab may be running the one that is there.
  writeFileSync(`${to}.new`, program, { mode: 0o755 });
  renameSync(`${to}.new`, to);
}
