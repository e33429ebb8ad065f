import type { Step } from '../../plan/types.ts';
import { type CpioEntry, withParents, writeCpio } from '../../render/cpio.ts';
import { readBytesFile, writeFileAtomically } from '../files.ts';
import type { StepContext } from './context.ts';

const LARGEST_INITRD = 1024 ** 3;
/** The kernel wants each archive at a multiple of four bytes (buffer-format.rst). */
const ALIGNMENT = 4;

/**
 * Writes the installer's initrd: the overlay as a plain archive, Debian's initrd, and what completes it. The overlay
 * comes first, so that the file does not look gzipped: Xen up to 4.19 unpacks such a ramdisk itself and may lose all but
 * its first part. Later archives win over earlier ones. Mode 0600: the overlay holds password hashes.
 */
export function buildInitrd(step: Extract<Step, { do: 'build-initrd' }>, context: StepContext): void {
  const overlay = step.files.map(
    (file): CpioEntry => ({
      path: file.path.replace(/^\/+/, ''),
      mode: 0o100000 | file.mode,
      content: Buffer.from(context.secrets.resolve(file.content), 'utf8'),
    }),
  );
  const parts = [writeCpio(withParents(overlay)), readBytesFile(step.initrd, LARGEST_INITRD)];
  if (step.completion !== undefined) parts.push(readBytesFile(step.completion, LARGEST_INITRD));
  const aligned = parts.flatMap((part) => [
    part,
    Buffer.alloc((ALIGNMENT - (part.length % ALIGNMENT)) % ALIGNMENT),
  ]);
  writeFileAtomically(step.target, Buffer.concat(aligned), 0o600);
}
