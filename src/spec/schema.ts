import { z } from 'zod';
import { BOOT_METHODS } from '../release/boot.ts';
import { GUEST_TYPES } from '../release/suites.ts';
import { list, map, oneOf, rule, text, wholeNumber } from './rule-text.ts';
import * as scalar from './scalars.ts';
import {
  checkSchema,
  diskSchema,
  fileSchema,
  nicSchema,
  rootSchema,
  type secretSchema,
  userSchema,
} from './schema-parts.ts';

/** The files of a site as a person writes them. `types.ts` has what they become. */

/** What roles, images and guests have in common. */
const fragment = {
  packages: list(scalar.packageName, 5000).describe('Debian packages').optional(),
  files: list(fileSchema, 1000).describe('files put into the guest').optional(),
  run: list(scalar.command, 1000).describe('shell commands run in the new root file system').optional(),
};

const system = {
  suite: text(/^[a-z]{1,32}$/, 'RL3037')
    .describe('bookworm, trixie or sid')
    .optional(),
  mirror: scalar.mirror.describe("host: the mirrors of this machine's apt; or a URL").optional(),
  locale: scalar.locale.optional(),
  keyboard: scalar.keyboard.optional(),
  timezone: scalar.timezone.optional(),
  roles: list(scalar.fragmentName, 100)
    .describe('fragments of roles/, merged before what the guest says')
    .optional(),
};

const timeoutsSchema = map({
  ready: scalar.duration
    .describe('from a start of the guest until it says that it is ready; 15min unless given')
    .optional(),
  shutdown: scalar.duration
    .describe('until a guest that does not shut down is switched off; 3min unless given')
    .optional(),
  checks: scalar.duration.describe('from then on until its checks pass; 3min unless given').optional(),
});

const guestDefaults = {
  ...system,
  guest: z.enum(GUEST_TYPES).describe('how Xen runs it; pvh unless given').optional(),
  boot: z.enum(BOOT_METHODS).describe('by default the best method for guest and suite').optional(),
  install: text(/^(?:installer|iso|bootstrap|fai|image:[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$/, 'RL2131')
    .describe('installer, iso, bootstrap, fai or image:NAME; bootstrap unless given')
    .optional(),
  memory: scalar.size.describe('such as 2GiB').optional(),
  vcpus: wholeNumber(1, 128).describe('1 unless given').optional(),
  disks: z.record(scalar.diskName, diskSchema).describe('root, swap, and disks that are kept').optional(),
  nics: list(nicSchema, 8).describe('network interfaces').optional(),
  users: list(userSchema, 1000).optional(),
  root: rootSchema.describe('the user root').optional(),
  ...fragment,
  checks: list(checkSchema, 100).describe('what must work after the guest has started').optional(),
  preseed: list(scalar.preseedLine, 200)
    .describe('further answers for the Debian installer, each `owner question type value`')
    .optional(),
  start: z.enum(['auto', 'manual']).describe('auto: started with the dom0').optional(),
  timeouts: timeoutsSchema.describe('how long a rebuild waits for the guest').optional(),
};

export const guestSchema = map({
  name: scalar.guestName.describe('the name of the file, without .yaml').optional(),
  uuid: scalar.uuid.describe('derived from site and name unless given').optional(),
  ...guestDefaults,
});

export const roleSchema = map(fragment);

export const imageSchema = map({ name: scalar.fragmentName.optional(), ...system, ...fragment });

const networkSchema = z.discriminatedUnion('mode', [
  map({
    mode: z.literal('bridge'),
    bridge: scalar.interfaceName,
    interface: scalar.interfaceName
      .describe('the interface that relight dom0 setup makes a port of the bridge')
      .optional(),
  }),
  map({ mode: z.literal('routed'), interface: scalar.interfaceName }),
  map({
    mode: z.literal('nat'),
    bridge: scalar.interfaceName,
    subnet: z.string().describe('such as 10.9.0.0/24'),
    out: scalar.interfaceName.describe('the interface to the outside'),
  }),
]);

const storageSchema = map({
  lvm: scalar.lvmName.describe('a volume group').optional(),
  thin: scalar.lvmName.describe('a thin pool in it').optional(),
  files: scalar.hostPath.describe('a directory of files').optional(),
})
  .refine((value) => (value.lvm === undefined) !== (value.files === undefined), {
    error: rule('RL2006', { choices: 'lvm, files' }),
  })
  .refine((value) => value.thin === undefined || value.lvm !== undefined, {
    error: rule('RL2002', {
      key: 'lvm',
      suggestion: 'a thin pool is in a volume group: { lvm: VG, thin: POOL }',
    }),
  })
  .meta({ oneOf: [{ required: ['lvm'] }, { required: ['files'] }] });

const cacheSchema = z.union([
  z.literal('off'),
  oneOf(
    {
      'apt-cacher-ng': scalar.hostAndPort.describe('HOST:PORT').optional(),
      proxy: scalar.url.optional(),
      listen: list(scalar.ip, 16)
        .describe('further addresses that the apt-cacher-ng of this machine listens on')
        .optional(),
      guests: z
        .enum(['keep', 'remove', 'detect'])
        .describe(
          'the cache in installed guests: kept, removed, or used when it answers; remove unless given',
        )
        .optional(),
    },
    ['apt-cacher-ng', 'proxy'],
  ),
]);

const dom0Schema = map({
  memory: scalar.size.describe('what dom0 keeps for itself; 2GiB unless given').optional(),
  vcpus: wholeNumber(1, 128).describe('of dom0; all unless given').optional(),
  'guests-at-shutdown': z
    .enum(['save', 'shutdown'])
    .describe('what happens to running guests when dom0 goes down; shutdown unless given')
    .optional(),
  'guest-consoles': z
    .boolean()
    .describe('keep what guests print in /var/log/xen/console; true unless given')
    .optional(),
});

export const siteSchema = map({
  relight: z.literal(1, { error: rule('RL2007') }).describe('the version of the format'),
  name: scalar.networkName
    .describe('the namespace of MAC addresses and UUIDs; "site" unless given')
    .optional(),
  host: map({
    hypervisor: z.enum(['auto', 'xl', 'qemu']).describe('auto: xl on a dom0, else qemu').optional(),
    storage: storageSchema.describe('where root volumes live').optional(),
    cache: cacheSchema.describe('the package cache').optional(),
    dom0: dom0Schema.describe('what relight dom0 setup makes of this machine').optional(),
    isos: z
      .record(text(/^[a-z]{1,32}$/, 'RL3037'), scalar.hostPath)
      .describe('installation images by suite, for route iso')
      .optional(),
    netboot: z
      .record(text(/^[a-z]{1,32}$/, 'RL3037'), scalar.hostPath)
      .describe(
        "directories with linux and initrd.gz by suite, for route installer; Debian's package unless given",
      )
      .optional(),
    'complete-initrd': z
      .boolean()
      .describe("put what the mirror lacks into the installer's initrd; false unless given")
      .optional(),
    vault: scalar.hostPath
      .describe('the directory of the vault; below the state directory unless given')
      .optional(),
  }).optional(),
  networks: z.record(scalar.networkName, networkSchema).optional(),
  defaults: map(guestDefaults).describe('used for every key that a guest does not have').optional(),
});

export type GuestAsWritten = z.infer<typeof guestSchema>;
export type RoleAsWritten = z.infer<typeof roleSchema>;
export type ImageAsWritten = z.infer<typeof imageSchema>;
export type SiteAsWritten = z.infer<typeof siteSchema>;
export type NetworkAsWritten = z.infer<typeof networkSchema>;
export type DiskAsWritten = z.infer<typeof diskSchema>;
export type NicAsWritten = z.infer<typeof nicSchema>;
export type UserAsWritten = z.infer<typeof userSchema>;
export type RootAsWritten = z.infer<typeof rootSchema>;
export type FileAsWritten = z.infer<typeof fileSchema>;
export type CheckAsWritten = z.infer<typeof checkSchema>;
export type SecretAsWritten = z.infer<typeof secretSchema>;
