import type { CodeEntry } from './entry.ts';

/** RL21xx: values that are allow-listed by a pattern. */
export const VALUE_CODES = {
  RL2101: {
    title: 'Guest name',
    message:
      '"{value}" cannot name a guest: a name is a host name of a-z, 0-9 and "-", starts with a letter, has at most 63 characters, and does not start with "snapshot" or "pvmove" (LVM reserves these); dom0 is this machine itself',
  },
  RL2102: {
    title: 'Size',
    message: '"{value}" is not a size: a size is a whole number with KiB, MiB, GiB or TiB',
    hint: '{suggestion}',
  },
  RL2103: {
    title: 'Network name',
    message: '"{value}" cannot name a network: use a-z, 0-9 and "-", starting with a letter',
  },
  RL2104: {
    title: 'Interface name',
    message:
      '"{value}" cannot be a network interface: at most 15 characters of A-Z, a-z, 0-9, "_", "." and "-"',
  },
  RL2105: {
    title: 'Package name',
    message:
      '"{value}" is not a package name: a-z, 0-9, "+", "." and "-", at least two characters, not ending in "-"',
    hint: 'one name an entry; to remove a package use `run`',
  },
  RL2106: {
    title: 'Locale',
    message: '"{value}" is not a locale',
    hint: 'write it as in en_GB.UTF-8, or C.UTF-8',
  },
  RL2107: {
    title: 'Time zone',
    message: '"{value}" is not a time zone',
    hint: 'write it as in Europe/London or Etc/UTC (see: timedatectl list-timezones)',
  },
  RL2108: {
    title: 'Keyboard',
    message: '"{value}" is not a keyboard layout',
    hint: 'write it as in us, gb or de (see: localectl list-x11-keymap-layouts)',
  },
  RL2109: {
    title: 'URL',
    message:
      '"{value}" is not a URL that can be used here: http:// or https://, a host, no user or password, no spaces or quotes',
    hint: 'for example https://mirror.example.org/debian',
  },
  RL2110: {
    title: 'SSH key',
    message: 'this is not an SSH public key: {detail}',
    hint: 'copy the one line of ~/.ssh/id_ed25519.pub as it is',
  },
  RL2111: {
    title: 'Password in clear text',
    message: 'a password is never written in clear text',
    hint: 'hash it with `mkpasswd --method=yescrypt` (package whois) and write: password: { hash: "$y$..." }; or use { file: PATH } or { env: NAME }',
  },
  RL2112: {
    title: 'Password hash',
    message:
      'this is not a password hash that Debian accepts: $y$, $gy$, $7$, $6$, $5$ or $2b$, without spaces and colons',
    hint: 'make one with `mkpasswd --method=yescrypt` (package whois) and write it in quotes',
  },
  RL2113: {
    title: 'User name',
    message:
      '"{value}" cannot name a user: a-z, 0-9, "_" and "-", starting with a letter or "_", at most 32 characters',
  },
  RL2114: { title: 'Shell', message: '"{value}" is not a login shell: an absolute path such as /bin/bash' },
  RL2115: { title: 'Owner or group', message: '"{value}" cannot own a file: the name of a user or group' },
  RL2116: {
    title: 'File mode',
    message: '"{value}" is not a file mode: three or four octal digits in quotes',
    hint: 'for example mode: "0644"',
  },
  RL2117: {
    title: 'Path in the guest',
    message:
      '"{value}" cannot be a path in the guest: absolute, without "..", "//" and a "/" at the end; letters, digits and ._@%+=:,- only',
  },
  RL2118: {
    title: 'Path in the site',
    message:
      '"{value}" cannot be a path in the site: relative, without ".."; letters, digits and ._@%+=:,- only',
    hint: 'put the file below files/ in the site',
  },
  RL2119: {
    title: 'Control character in text',
    message: 'this text holds a control character other than line feed and tab',
  },
  RL2120: {
    title: 'Command',
    message: 'a command must not be empty and must not hold control characters other than line feed and tab',
  },
  RL2121: {
    title: 'MAC address',
    message: '"{value}" is not a MAC address for a guest: six bytes as in 00:16:3e:12:34:56, unicast',
  },
  RL2122: { title: 'UUID', message: '"{value}" is not a UUID', hint: 'make one with: uuidgen' },
  RL2123: {
    title: 'IPv4 address',
    message: '"{value}" is neither an IPv4 address with its prefix length nor dhcp',
    hint: 'write it as in 192.0.2.10/24',
  },
  RL2124: {
    title: 'IPv6 address',
    message: '"{value}" is neither an IPv6 address with its prefix length nor auto',
    hint: 'write it as in 2001:db8::10/64',
  },
  RL2125: {
    title: 'IP address',
    message: '"{value}" is not {expected}',
    hint: 'without a prefix length, and without leading zeros',
  },
  RL2126: {
    title: 'Forward',
    message: '"{value}" is not a forward',
    hint: 'write "203.0.113.10:443 -> 443", "203.0.113.10:53/udp -> 53", or "203.0.113.10" for every port',
  },
  RL2127: { title: 'Volume group or pool', message: '"{value}" cannot name an LVM volume group or pool' },
  RL2128: {
    title: 'Cache address',
    message: '"{value}" is not HOST:PORT',
    hint: 'for example 192.0.2.1:3142',
  },
  RL2129: {
    title: 'Disk name',
    message: '"{value}" cannot name a disk: a-z and 0-9, starting with a letter, at most 16 characters',
  },
  RL2130: {
    title: 'Role or image name',
    message: '"{value}" cannot name a role or an image: a-z, 0-9 and "-", starting with a letter',
  },
  RL2131: {
    title: 'Install route',
    message: '"{value}" is not an install route',
    hint: 'choose installer, iso, bootstrap, fai or image:NAME',
  },
  RL2132: { title: 'Environment variable', message: '"{value}" cannot name an environment variable' },
  RL2133: {
    title: 'Directory',
    message: '"{value}" is not an absolute path of this machine; letters, digits and ._@%+=:,- only',
  },
  RL2134: {
    title: 'Mount point',
    message: '"{value}" cannot be the mount point of a data disk: the system itself lives there',
    hint: 'mount it at a directory of its own, such as /srv or /var/lib/mysql',
  },
  RL2135: { title: 'Partman recipe', message: 'a recipe is printable ASCII text' },
  RL2136: {
    title: 'Subnet',
    message: '"{value}" is not an IPv4 subnet: the host bits must be zero and the prefix at most 30',
    hint: '{suggestion}',
  },
  RL2137: {
    title: 'System user',
    message: '"{value}" is a user that Debian makes itself',
    hint: '{suggestion}',
  },
  RL2138: {
    title: 'Time',
    message: '"{value}" is not a time: a time is a whole number with s, min or h, at most 24h',
    hint: '{suggestion}',
  },
  RL2139: {
    title: 'Unknown time zone',
    message: 'there is no time zone {value}',
    hint: '{suggestion}',
  },
} as const satisfies Record<string, CodeEntry>;
