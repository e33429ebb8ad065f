import type { CodeEntry } from './entry.ts';

/** RL50xx: the text of a preseed file, as the installer's reader and debconf-set-selections(1) take it. */
export const PRESEED_TEXT_CODES = {
  RL5001: { title: 'Preseed cannot be read', message: 'the file cannot be read: {detail}' },
  RL5002: {
    title: 'Not a text file',
    message: 'a preseed is text, and this file holds the byte NUL',
    hint: 'is it compressed, or an image?',
  },
  RL5003: { title: 'No answers', severity: 'warning', message: 'the file holds no answers' },
  RL5004: {
    title: 'Byte order mark',
    message:
      'the file must not start with a byte order mark: the installer takes it for a part of the first line',
    hint: 'remove it: relight lint --fix',
  },
  RL5005: {
    title: 'CR LF line ends',
    severity: 'warning',
    message: 'lines must end with LF, not with CR LF',
    hint: 'convert the file: relight lint --fix',
  },
  RL5006: {
    title: 'Carriage return inside a line',
    message:
      'the installer removes the carriage return inside this line, and debconf-set-selections keeps it',
    hint: 'remove it',
  },
  RL5007: {
    title: 'Control character',
    message: 'the control character {value} becomes part of the answer',
    hint: 'remove it',
  },
  RL5008: {
    title: 'Not UTF-8',
    severity: 'warning',
    message: 'the file is not valid UTF-8',
    hint: 'convert it: iconv -f latin1 -t utf-8',
  },
  RL5009: {
    title: 'Too many findings',
    severity: 'info',
    message: 'there are more than {limit} findings: the others are not shown',
  },
  RL5010: {
    title: 'Blank after the backslash',
    message: 'the backslash does not continue the line: a blank follows it',
    hint: 'remove what follows the backslash: relight lint --fix',
  },
  RL5011: {
    title: 'Comment inside a continuation',
    message:
      'a comment inside a continued line is dropped by the installer and becomes part of the answer for debconf-set-selections',
    hint: 'move the comment above the line',
  },
  RL5012: {
    title: 'File ends in a continuation',
    message: 'the file ends with a backslash: the installer drops this line without a word',
    hint: 'remove the backslash',
  },
  RL5013: {
    title: 'Indented comment',
    message: 'a comment must start in the first column: the installer reads this line as {reading}',
    hint: 'remove the blanks before "#": relight lint --fix',
  },
  RL5014: {
    title: 'Empty line inside a continuation',
    severity: 'warning',
    message: 'the installer goes on after this empty line, and debconf-set-selections ends the answer here',
    hint: 'remove the empty line, or the backslash before it',
  },
  RL5015: {
    title: 'Line without owner, question and type',
    message:
      'a line needs an owner, a question and a type: the installer stops reading here, and nothing below is loaded',
    hint: '{suggestion}',
  },
  RL5016: {
    title: 'Comment after a value',
    message: 'a comment after an answer becomes part of the answer',
    hint: 'put the comment on a line of its own',
  },
  RL5017: {
    title: 'Quotes around a value',
    severity: 'warning',
    message: 'the quotes become part of the answer',
    hint: 'write the answer without quotes',
  },
} as const satisfies Record<string, CodeEntry>;

/** RL51xx: questions, owners and types. */
export const PRESEED_QUESTION_CODES = {
  RL5101: {
    title: 'Misspelled question',
    message: 'there is no question "{value}"',
    hint: 'did you mean "{suggestion}"?',
  },
  RL5102: {
    title: 'Unknown question',
    severity: 'warning',
    message:
      'the question "{value}" is not known: the answer has no effect unless an extra component asks it',
    hint: '{suggestion}',
  },
  RL5103: {
    title: 'Question of another suite',
    severity: 'warning',
    message: 'the installer of {suite} has no question "{value}"',
    hint: '{suggestion}',
  },
  RL5104: {
    title: 'Wrong owner',
    message: 'the owner of "{name}" is {expected}, not {value}',
    hint: '{suggestion}',
  },
  RL5105: {
    title: 'Wrong type',
    severity: 'warning',
    message: 'the type of "{name}" is {expected}, not {value}',
    hint: 'write {expected}: relight lint --fix',
  },
  RL5106: {
    title: 'Unknown type',
    message: '"{value}" is not a type: debconf-set-selections skips this line',
    hint: '{suggestion}',
  },
  RL5107: {
    title: 'Renamed question',
    message: 'the question "{value}" is now "{name}"',
    hint: 'write {name}',
  },
  RL5108: {
    title: 'Answer only on the command line',
    severity: 'warning',
    message: '"{value}" is read before a preseed is loaded',
    hint: 'give it on the kernel command line',
  },
  RL5109: {
    title: 'Error message answered',
    severity: 'warning',
    message: '"{value}" is an error message: an answer hides the error',
    hint: 'remove the line',
  },
} as const satisfies Record<string, CodeEntry>;

/** RL52xx: values. */
export const PRESEED_VALUE_CODES = {
  RL5201: {
    title: 'Boolean',
    message: '"{name}" is true or false, not "{value}": the installer takes anything else for false',
    hint: '{suggestion}',
  },
  RL5202: {
    title: 'Not one of the choices',
    message: '"{value}" is not a choice of "{name}"',
    hint: '{suggestion}',
  },
  RL5203: { title: 'Address', message: '"{value}" is not an address', hint: '{suggestion}' },
  RL5204: { title: 'Netmask', message: '"{value}" is not a netmask', hint: 'for example 255.255.255.0' },
  RL5205: { title: 'Too many name servers', message: 'the installer takes at most {limit} name servers' },
  RL5206: {
    title: 'Gateway outside the subnet',
    severity: 'warning',
    message: 'the gateway {value} is outside {subnet}',
    hint: 'write "none" for no gateway',
  },
  RL5207: {
    title: 'Host name',
    message:
      '"{value}" is not a host name: letters, digits and "-", at most 63 characters, no "-" at the ends',
  },
  RL5208: { title: 'Domain', message: '"{value}" is not a domain name' },
  RL5209: {
    title: 'User name',
    message:
      '"{value}" cannot name the first user: a-z first, then a-z, 0-9, "-" and "_", at most 32 characters, no name of the system',
    hint: 'the installer would ask again',
  },
  RL5210: {
    title: 'No password hash',
    message: '"{name}" needs a password hash of crypt(5)',
    hint: 'make one with `mkpasswd --method=yescrypt` (package whois)',
  },
  RL5211: {
    title: 'Weak password hash',
    severity: 'warning',
    message: 'the hash in "{name}" is {value}, which is broken quickly',
    hint: 'make one with `mkpasswd --method=yescrypt` (package whois)',
  },
  RL5212: {
    title: 'Password in clear text',
    severity: 'warning',
    message: '"{name}" holds a password in clear text',
    hint: '{suggestion}',
  },
  RL5213: {
    title: 'Passwords differ',
    message: '"{name}" differs from the password before: the installer asks again',
    hint: 'write the same password in both',
  },
  RL5214: {
    title: 'Password not repeated',
    message: '"{name}" is asked unless "{other}" repeats the password',
    hint: 'better give a hash in {suggestion}',
  },
  RL5215: { title: 'Locale', message: '"{value}" is not a locale', hint: 'write it as in en_GB.UTF-8' },
  RL5216: { title: 'Time zone', message: '"{value}" is not a time zone', hint: '{suggestion}' },
  RL5217: {
    title: 'Time zone of tzdata-legacy',
    severity: 'warning',
    message: 'the time zone "{value}" needs the package tzdata-legacy from trixie on',
    hint: '{suggestion}',
  },
  RL5218: {
    title: 'Mirror host',
    message: '"{value}" is not a host name: the mirror is given as host and directory',
    hint: 'mirror/http/hostname mirror.example.org and mirror/http/directory /debian',
  },
  RL5219: {
    title: 'Mirror directory',
    message: 'the mirror directory "{value}" must start with "/"',
    hint: 'for example /debian',
  },
  RL5220: {
    title: 'Proxy',
    message: '"{value}" is not a proxy',
    hint: 'write http://HOST:PORT/, or nothing for no proxy',
  },
  RL5221: { title: 'Device', message: '"{value}" is not a disk', hint: '{suggestion}' },
  RL5222: {
    title: 'Package name',
    message: '"{value}" is not a package name, and the installer hands it to a shell',
  },
  RL5223: { title: 'Number', message: '"{name}" is a whole number, not "{value}"' },
  RL5224: {
    title: 'Empty gateway',
    severity: 'warning',
    message: 'an empty gateway is replaced by a guess, the first address of the subnet',
    hint: 'write "none" for no gateway',
  },
  RL5225: {
    title: 'Interface name',
    severity: 'warning',
    message: 'no interface is called "{value}" in the installer',
    hint: 'write auto, enX0 (Xen), or the MAC address',
  },
  RL5226: {
    title: 'Checksum',
    message: '"{value}" is not an MD5 checksum, the only kind that the installer compares',
  },
  RL5227: { title: 'URL', message: '"{value}" is not a URL that the installer can fetch' },
} as const satisfies Record<string, CodeEntry>;

/** RL53xx: answers that do not go together. */
export const PRESEED_CONFLICT_CODES = {
  RL5301: {
    title: 'Answer given twice',
    severity: 'warning',
    message: '"{name}" is answered twice: the last answer counts',
    hint: 'remove the first',
  },
  RL5302: {
    title: 'Command given twice',
    message: 'only the last "{name}" runs',
    hint: 'join the commands: one && two',
  },
  RL5303: {
    title: 'Nobody can log in',
    message: 'root may not log in, and no user is made: the installer asks for one',
    hint: 'passwd/make-user true',
  },
  RL5304: {
    title: 'Password and hash',
    severity: 'warning',
    message: '"{name}" is not used: {other} is given too',
    hint: 'remove the password',
  },
  RL5305: {
    title: 'Incomplete static network',
    message: 'a static network needs "{name}" too',
    hint: '{suggestion}',
  },
  RL5306: {
    title: 'Gap in the local repositories',
    message: 'apt-setup/local{value} is not read: local{other} is missing before it',
    hint: 'number them from local0 without gaps',
  },
  RL5307: {
    title: 'Mirror of another protocol',
    message: 'the protocol is {value}, and "{name}" is for another: the installer asks',
    hint: 'write mirror/{value}/...',
  },
  RL5308: {
    title: 'DHCP and static network',
    severity: 'warning',
    message: 'the static address is used only when netcfg/disable_autoconfig is true',
    hint: 'add: d-i netcfg/disable_autoconfig boolean true',
  },
} as const satisfies Record<string, CodeEntry>;

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
