import type { CodeEntry } from './entry.ts';

/** RL30xx: one guest in itself. */
export const GUEST_CODES = {
  RL3001: {
    title: 'Name differs from the file name',
    message: 'the name "{value}" must be the name of the file, "{expected}"',
    hint: 'rename the file to {value}.yaml, or leave `name` out',
  },
  RL3002: {
    title: 'No root disk',
    message: 'a guest needs a disk named "root"',
    hint: 'add: root: { size: 8GiB }',
  },
  RL3003: {
    title: 'Root disk is kept',
    message: 'the root disk is rebuilt and cannot be kept',
    hint: 'put data on a disk of its own with keep: true and a mount point',
  },
  RL3004: {
    title: 'Root disk mount',
    message: 'the root disk is mounted at "/", not at "{value}"',
    hint: 'leave `mount` out',
  },
  RL3005: { title: 'Swap disk', message: 'a swap disk has only a size: `{key}` does not belong there' },
  RL3006: {
    title: 'Extra disk is not kept',
    message: 'the disk "{name}" must have keep: true: only root and swap are rebuilt',
    hint: 'add keep: true, or put its files on root',
  },
  RL3007: {
    title: 'Kept disk without mount',
    message: 'the kept disk "{name}" needs a mount point',
    hint: 'add for example mount: /srv',
  },
  RL3008: {
    title: 'Two disks on one mount point',
    message: 'the disks "{name}" and "{other}" must not both be mounted at "{value}"',
  },
  RL3009: {
    title: 'Layout of a disk',
    message: 'only the root disk has a layout',
    hint: 'leave `layout` out: a data disk is one plain file system',
  },
  RL3010: {
    title: 'Layout needs another route',
    message: 'the route {route} cannot make the layout {layout}',
    hint: 'choose install: {routes}, or layout: plain',
  },
  RL3011: {
    title: 'Root file system',
    message: 'the file system of the root disk is ext4',
    hint: 'leave `filesystem` out; xfs is possible for kept disks',
  },
  RL3012: { title: 'Size too small', message: '{what} must be at least {minimum}, not {value}' },
  RL3013: {
    title: 'Target is below a kept disk',
    message:
      'the file "{value}" would be below {mount}, where the kept disk "{name}" is mounted: a rebuild never writes there',
    hint: 'copy it by hand once, or choose a path on the root disk',
  },
  RL3014: {
    title: 'Target is not on a disk',
    message: 'the file "{value}" must not be in {mount}: what is there does not stay on the disk',
  },
  RL3015: {
    title: 'Two files with one target',
    message: 'two files of one list must not have the same target "{value}"',
  },
  RL3016: {
    title: 'Role replaces the file of a role',
    severity: 'warning',
    message: 'the role "{name}" replaces {value}, which the role "{other}" brings too',
  },
  RL3017: {
    title: 'Source file missing',
    message: 'the file "{value}" does not exist in the site',
    hint: '{suggestion}',
  },
  RL3018: {
    title: 'Source is not a file',
    message: 'the source "{value}" must be a regular file, not a directory',
  },
  RL3019: {
    title: 'Source leads out of the site',
    message: 'the source "{value}" is a link that leads out of the site',
  },
  RL3020: { title: 'Duplicate entry', message: '{what} "{value}" must not be given twice' },
  RL3021: {
    title: 'Nobody can log in',
    severity: 'warning',
    message: 'nobody can log in to this guest: no user has a key or a password, and root cannot log in',
    hint: 'give a user ssh-keys',
  },
  RL3022: {
    title: 'Root login',
    message: 'root has {what}, but login is false',
    hint: 'add login: true, or remove them',
  },
  RL3023: {
    title: 'Unknown network',
    message: 'the network "{value}" is not in site.yaml',
    hint: '{suggestion}',
  },
  RL3024: { title: 'Unknown role', message: 'there is no role "{value}"', hint: '{suggestion}' },
  RL3025: { title: 'Unknown image', message: 'there is no image "{value}"', hint: '{suggestion}' },
  RL3026: {
    title: 'Gateway outside its subnet',
    message: 'the gateway {value} must be inside {subnet}',
    hint: '{suggestion}',
  },
  RL3027: {
    title: 'Gateway is the guest itself',
    message: 'the gateway {value} is the address of the guest itself',
  },
  RL3028: {
    title: 'Network or broadcast address',
    message: '{value} is the {what} address of {subnet}, not one that a guest can have',
    hint: 'choose one from {first} to {last}',
  },
  RL3029: {
    title: 'Gateway without a static address',
    message: '`{key}` needs a static address',
    hint: 'with {source} the network itself says the gateway',
  },
  RL3030: { title: 'Two gateways', message: 'only one nic may have `{key}`' },
  RL3031: {
    title: 'Address outside its network',
    message: 'the address {value} must be inside the subnet {subnet} of the network "{name}"',
  },
  RL3032: {
    title: 'Forward needs a nat network',
    message: 'a forward needs a network of mode nat, and "{name}" has mode {mode}',
  },
  RL3033: {
    title: 'Forward needs a static address',
    message: 'a forward needs a static IPv4 address on this nic',
  },
  RL3034: {
    title: 'Address cannot be used',
    message: '{value} is a {what} address, not one that a guest can have',
  },
  RL3035: {
    title: 'DHCP on a network without a server',
    message: 'the network "{name}" is {mode}, and nothing gives out addresses there',
    hint: 'give a static address',
  },
  RL3036: { title: 'Too many disks', message: 'a guest has at most {limit} disks' },
  RL3037: { title: 'Unknown suite', message: 'the suite "{value}" is not known', hint: '{suggestion}' },
} as const satisfies Record<string, CodeEntry>;

/** RL31xx: the guests of a site together. RL32xx: releases. RL33xx: the spec and this machine. */
export const SITE_CODES = {
  RL3101: {
    title: 'Duplicate guest name',
    message: 'two guests must not have the name "{value}"',
    hint: 'the other is {other}',
  },
  RL3102: {
    title: 'Duplicate address',
    message: 'two nics must not have the address {value}',
    hint: 'the other is {other}',
  },
  RL3103: {
    title: 'Duplicate MAC address',
    message: 'two nics must not have the MAC address {value}',
    hint: 'the other is {other}; give one of them a `mac` of its own',
  },
  RL3104: {
    title: 'Duplicate UUID',
    message: 'two guests must not have the UUID {value}',
    hint: 'the other is {other}; leave `uuid` out to have one derived',
  },
  RL3105: {
    title: 'Duplicate forward',
    message: 'the forward of {value} is taken already',
    hint: 'the other is {other}',
  },
  RL3107: {
    title: 'Subnets overlap',
    message: 'the subnet {value} overlaps the subnet of the network "{name}"',
  },
  RL3108: {
    title: 'Guest and image name',
    message: 'a guest and an image must not have the same name "{value}"',
    hint: 'rename one of the two files; the other is domus/{other}.yaml',
  },
  RL3109: {
    title: 'Bridge of two networks',
    message: 'the bridge {value} of a nat network must be its own, and the network "{name}" has it too',
  },
  RL3201: {
    title: 'Boot method impossible',
    message: 'a guest of type {guest} with the suite {suite} cannot boot by {boot}: {evidence}',
    hint: '{suggestion}',
  },
  RL3301: {
    title: 'Kept disk has another size',
    message: 'the kept disk "{name}" has {actual}, and the spec says {wanted}: a kept disk is never changed',
    hint: 'write size: {actual}, or resize the volume and its file system by hand',
  },
} as const satisfies Record<string, CodeEntry>;
