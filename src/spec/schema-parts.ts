import { z } from 'zod';
import { FORWARD_PATTERN, parseForward } from './forward.ts';
import { list, map, oneOf, rule, text, wholeNumber } from './rule-text.ts';
import * as scalar from './scalars.ts';

/** The parts of a guest that are maps of their own, as a person writes them. */

export const secretSchema = oneOf(
  {
    hash: scalar.passwordHash.describe('a hash, as made by mkpasswd --method=yescrypt').optional(),
    file: scalar.hostPath.describe('a file of this machine that holds the hash').optional(),
    env: scalar.environmentName.describe('an environment variable that holds the hash').optional(),
  },
  ['hash', 'file', 'env'],
  rule('RL2111'),
);

/** What opens an encrypted disk: never in the spec itself. */
export const diskKeySchema = oneOf(
  {
    file: scalar.hostPath.describe('a file of this machine, mode 0600, that holds the key').optional(),
    env: scalar.environmentName.describe('an environment variable that holds the key').optional(),
  },
  ['file', 'env'],
  rule('RL1214'),
);

export const layoutSchema = z.union([
  z.enum(['plain', 'lvm', 'luks']),
  map({
    raid: wholeNumber(0, 10).describe('the level: 0, 1, 5, 6 or 10'),
    disks: wholeNumber(2, 8).describe('how many disks of this size; 2 unless given').optional(),
  }),
  map({ recipe: scalar.recipe.describe('a recipe of partman, for the installer') }),
]);

export const diskSchema = map({
  size: scalar.size.describe('such as 8GiB'),
  keep: z.boolean().describe('created only if absent, never written by an install').optional(),
  mount: scalar.mountPath.describe('mount point in the guest').optional(),
  layout: layoutSchema.describe('of the root disk').optional(),
  key: diskKeySchema.describe('what opens the root disk with layout luks').optional(),
  filesystem: z.enum(['ext4', 'xfs']).describe('of a kept disk').optional(),
});

export const nicSchema = map({
  network: scalar.networkName.describe('a network of site.yaml'),
  address: scalar.address4.describe('dhcp, or an address such as 192.0.2.10/24').optional(),
  address6: scalar.address6.describe('auto, or an address such as 2001:db8::10/64').optional(),
  gateway: scalar.ipv4.optional(),
  gateway6: scalar.ipv6.optional(),
  dns: list(scalar.ip, 3).describe('name servers').optional(),
  mac: scalar.mac.describe('derived from site and guest unless given').optional(),
  forward: list(
    text(FORWARD_PATTERN, 'RL2126').refine((value) => parseForward(value) !== undefined, {
      error: rule('RL2126'),
    }),
    100,
  )
    .describe('such as "203.0.113.10:443 -> 443"; the network must be a nat one')
    .optional(),
});

export const userSchema = map({
  name: scalar.userName,
  sudo: z.boolean().describe('a member of the group sudo').optional(),
  'ssh-keys': list(scalar.sshKey, 100).describe('lines of authorized_keys').optional(),
  password: secretSchema.optional(),
  shell: scalar.shell.describe('/bin/bash unless given').optional(),
});

export const rootSchema = map({
  login: z.boolean().describe('whether root can log in; false unless given').optional(),
  'ssh-keys': list(scalar.sshKey, 100).optional(),
  password: secretSchema.optional(),
});

export const fileSchema = oneOf(
  {
    from: scalar.sitePath.describe('a file of the site').optional(),
    text: scalar.plainText.describe('the content itself').optional(),
    to: scalar.guestPath.describe('where it goes in the guest'),
    mode: scalar.mode.describe('octal, in quotes; "0644" unless given').optional(),
    owner: scalar.ownerName.describe('root unless given').optional(),
    group: scalar.ownerName.describe('root unless given').optional(),
  },
  ['from', 'text'],
);

export const checkSchema = oneOf(
  {
    port: wholeNumber(1, 65535).describe('a TCP port that must accept a connection').optional(),
    http: scalar.url.describe('a URL that must answer').optional(),
    status: wholeNumber(100, 599).describe('of http; 200 unless given').optional(),
    contains: scalar.plainText.describe('of http: text that must be in the answer').optional(),
  },
  ['port', 'http'],
);
