import type { CodeEntry } from './entry.ts';

/** RL09xx: what is written for a guest, and read back. */
export const RENDER_CODES = {
  RL0901: {
    title: 'Value cannot be written',
    message: '{what} cannot be written to a file',
    hint: 'the error says what it must be',
  },
  RL0902: { title: 'Not an xl configuration', message: 'not an xl configuration: line {line}: {detail}' },
  RL0903: {
    title: 'Configuration cannot be read',
    message: 'the configuration cannot be read: {detail}',
    hint: 'use the relight that wrote it, or take the file away if it is not needed',
  },
  RL0904: {
    title: 'QEMU configuration cannot be read',
    message: 'the QEMU configuration cannot be read: {detail}',
    hint: 'use the relight that wrote it, or rebuild the guest',
  },
  RL0905: {
    title: 'Root disk too small',
    message: 'a root disk of {size} bytes is too small for its layout',
    hint: 'the error says the least size',
  },
  RL0910: { title: 'Nothing of this name to render', message: '--what {value} is not known' },
  RL0911: {
    title: 'No mirror to render',
    message: 'the guest uses the mirror of this machine, and its apt names none',
    hint: 'run apt-get update, or give the guest a mirror: URL',
  },
  RL0912: {
    title: 'Output cannot be written',
    message: '{path} cannot be written: {detail}',
    hint: 'name a directory that you may write to',
  },
  RL0913: { title: 'Guest beyond the installer', message: 'the installer cannot make this guest: {detail}' },
} as const satisfies Record<string, CodeEntry>;
