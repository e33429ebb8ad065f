import type { CodeEntry } from './entry.ts';

/** RL00xx and RL06xx: commands, files, locks, journals, secrets, and the output of tools. */
export const RUN_CODES = {
  RL0001: { title: 'Internal error', message: 'an internal error; please report it with this text' },
  RL0601: {
    title: 'Command failed',
    message: '{program} must succeed; its last lines and how it ended follow',
    hint: 'the whole output is in the log that the error names',
  },
  RL0602: {
    title: 'Program missing',
    message: 'the program {program} is not on PATH',
    hint: 'apt-get install {package}',
  },
  RL0603: {
    title: 'Command beyond its deadline',
    message: '{program} must end before its deadline; it was ended with all that it had started',
    hint: 'the whole output is in the log that the error names',
  },
  RL0604: {
    title: 'Interrupted',
    message: 'interrupted; what was there before is intact',
    hint: 'relight resume {name} or relight rollback {name}',
  },
  RL0610: { title: 'File refused', message: 'a file is read only when it is a regular file of a sane size' },
  RL0611: {
    title: 'Path outside its directory',
    message: '{path} is refused: it does not lie below {below}',
  },
  RL0612: {
    title: 'Mounted below a work directory',
    message: '{path} is not removed: something is mounted there',
    hint: 'unmount it first',
  },
  RL0620: {
    title: 'Guest is held',
    message: 'one operation at a time works on a guest; the error names who holds it',
    hint: 'wait for it to end, or stop it with Ctrl-C or kill',
  },
  RL0621: {
    title: 'Lock cannot be opened',
    message: 'the lock cannot be opened: {detail}',
    hint: 'relight needs root to rebuild a guest',
  },
  RL0631: {
    title: 'Journal damaged',
    message: 'the journal is damaged, and not only by a last write that was cut off',
    hint: 'keep the file, look at the volumes and the configuration yourself; nothing has been changed now',
  },
  RL0632: {
    title: 'Journal of another version',
    message: 'the journal has a format that this relight does not read',
    hint: 'finish this operation with the relight that wrote it: relight resume or relight rollback',
  },
  RL0633: {
    title: 'Journal cannot be written',
    message: 'the journal {path} cannot be written: {detail}',
    hint: 'mend the disk, then run relight status',
  },
  RL0634: {
    title: 'No space for the journal',
    message: 'no space for the journal can be reserved: {detail}',
    hint: 'free some space in the state directory',
  },
  RL0640: { title: 'Secret is empty', message: 'the secret {name} is empty: {source} has no value' },
  RL0641: {
    title: 'Secret can be read by others',
    message: 'the secret {name} can be read by others: {path} has mode {mode}',
    hint: 'chmod 600 {path}',
  },
  RL0650: { title: 'Not a name for LVM', message: 'LVM takes no such name for {what}: {value}' },
  RL0651: {
    title: 'Report of LVM',
    message: 'the report of LVM cannot be read: it is not the expected JSON',
  },
  RL0652: { title: 'Not a name for xl', message: 'not {what}: {value}' },
  RL0653: {
    title: 'Output of xl',
    message: 'the output of xl list -l cannot be read: it is not a JSON list',
  },
} as const satisfies Record<string, CodeEntry>;
