import type { CodeEntry } from './entry.ts';

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
