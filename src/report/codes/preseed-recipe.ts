import type { CodeEntry } from './entry.ts';

/** RL54xx: partitioning recipes. */
export const PRESEED_RECIPE_CODES = {
  RL5401: {
    title: 'Recipe without full stop',
    message: 'the recipe must end with a full stop of its own: its last partition is lost',
    hint: 'add " ." at the end',
  },
  RL5402: {
    title: 'Brace spacing',
    message: 'write "{expected}": no blank before "{", one after it and one before "}"',
  },
  RL5403: {
    title: 'Unclosed brace',
    message: 'the brace of "{value}" is not closed: it swallows what follows',
    hint: 'add " }"',
  },
  RL5404: {
    title: 'Unknown file system',
    message: 'the file system "{value}" is not known: the installer takes ext2 without a word',
    hint: '{suggestion}',
  },
  RL5405: {
    title: 'Recipe size',
    message: '"{value}" is not a {what} size: {effect}',
    hint: 'write megabytes (10^6), or a percentage of memory as in 100%',
  },
  RL5406: {
    title: 'Recipe larger than the disk',
    message:
      'the smallest sizes add up to {value} MB, and the disk has {limit} MB: the installer would use a recipe of its own',
    hint: 'make the partitions smaller',
  },
  RL5407: {
    title: 'Nothing for LVM',
    message: 'the method is {value}, and no partition of the recipe has $lvmok{ }: the recipe is unusable',
    hint: 'add $lvmok{ } to the logical volumes',
  },
  RL5408: {
    title: 'No swap',
    message: 'the recipe has no swap: the installer goes back to the partitioner',
    hint: 'add: d-i partman-basicfilesystems/no_swap boolean false',
  },
  RL5409: {
    title: 'Unknown specifier',
    message: 'the specifier "{value}" is not known',
    hint: '{suggestion}',
  },
  RL5410: { title: 'Unknown method', message: 'the method "{value}" is not known', hint: '{suggestion}' },
  RL5411: { title: 'Mount point twice', message: 'two partitions are mounted at "{value}"' },
  RL5412: {
    title: 'No root partition',
    message: 'the recipe has no partition mounted at "/"',
    hint: 'add mountpoint{ / }',
  },
  RL5413: {
    title: 'Glob characters in a recipe',
    message: 'the installer expands "{value}" as a file name pattern',
    hint: 'leave *, ? and [ out',
  },
  RL5414: {
    title: 'Recipe without a name',
    message: 'a recipe starts with its name and " :"',
    hint: 'for example: root :: 500 1000 -1 ext4 ... .',
  },
  RL5415: {
    title: 'Volume group without a physical volume',
    message: 'no partition makes the volume group "{value}"',
    hint: 'add: 100 1000 -1 ext3 $defaultignore{ } method{ lvm } vg_name{ {value} } .',
  },
  RL5416: {
    title: 'Too many primary partitions',
    message: 'an msdos label has at most four primary partitions',
    hint: 'use gpt, or fewer $primary{ }',
  },
  RL5417: {
    title: 'Size in percent',
    severity: 'info',
    message: '"{value}" depends on the memory of the machine that installs',
    hint: 'write megabytes for the same layout everywhere',
  },
  RL5418: {
    title: 'Partition is not formatted',
    severity: 'warning',
    message:
      'the partition at "{value}" is not formatted: it needs method{ format } format{ } use_filesystem{ } filesystem{ ... }',
  },
  RL5419: { title: 'Specifier of another suite', message: '{suite} does not know "{value}" in a recipe' },
  RL5420: {
    title: 'RAID recipe',
    message: 'this is not a RAID recipe: {detail}',
    hint: 'level, devices, spares, file system, mount point, /dev/x#/dev/y, full stop',
  },
  RL5421: {
    title: 'Partition too short',
    message: 'a partition needs a smallest size, a priority, a largest size and a file system',
  },
  RL5422: { title: 'Empty recipe', message: 'the recipe has no partition' },
} as const satisfies Record<string, CodeEntry>;

/** RL55xx: answers that are missing. RL56xx: components. RL57xx: commands. RL58xx: the options of `lint`. */
export const PRESEED_INSTALL_CODES = {
  RL5501: {
    title: 'Question without an answer',
    message: 'the installer will ask "{name}" ({priority})',
    hint: '{suggestion}',
  },
  RL5601: {
    title: 'Secret of a component that never loads',
    message:
      'the component of "{name}" is not loaded: the secret would be copied to the installed system in clear',
    hint: '{suggestion}',
  },
  RL5602: {
    title: 'Component never loads',
    severity: 'warning',
    message: 'the component of "{name}" is not loaded',
    hint: '{suggestion}',
  },
  RL5701: {
    title: 'Command is not shell',
    message: 'the command in "{name}" is not valid for sh: {detail}',
    hint: 'one line, with && or ; between the commands',
  },
  RL5702: {
    title: 'Redirection outside the target',
    severity: 'warning',
    message:
      'the shell of the installer opens "{value}", not the installed system: in-target ends before ">"',
    hint: "write in-target sh -c '... > {value}', or > /target{value}",
  },
  RL5703: {
    title: 'Secret in a command',
    severity: 'warning',
    message: 'the text of "{name}" is saved in the log of the installed system, and it holds a secret',
    hint: 'keep the command in a script of the initrd',
  },
  RL5801: {
    title: 'Option of lint',
    message: '{option} must be {expected}, not "{value}"',
    hint: '{suggestion}',
  },
} as const satisfies Record<string, CodeEntry>;
