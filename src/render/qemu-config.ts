import { z } from 'zod';
import type { DomainDefinition } from '../plan/types.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { type ConfigHeader, decodeHeader, encodeHeader } from './config-header.ts';

/** The version of the document below. Another one is refused, never guessed. */
const VERSION = 1;

const address = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dhcp') }),
  z.strictObject({ kind: z.literal('auto') }),
  z.strictObject({ kind: z.literal('static'), address: z.string() }),
]);

const nic = z.strictObject({
  network: z.string(),
  mac: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/),
  ipv4: address.optional(),
  ipv6: address.optional(),
  gateway: z.string().optional(),
  gateway6: z.string().optional(),
  dns: z.array(z.string()),
  forward: z.array(
    z.strictObject({
      address: z.string(),
      protocol: z.enum(['tcp', 'udp']),
      port: z.int().min(1).max(65535).optional(),
      guestPort: z.int().min(1).max(65535).optional(),
    }),
  ),
});

const domain = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.~_-]{0,62}$/),
  uuid: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  guest: z.enum(['pv', 'pvh', 'hvm']),
  boot: z.enum(['grub', 'direct', 'pygrub', 'bios', 'uefi']),
  memoryBytes: z.int().positive(),
  vcpus: z.int().positive(),
  disks: z.array(
    z.strictObject({
      name: z.string(),
      device: z.string().startsWith('/'),
      target: z.string().regex(/^(xvd[a-z]|hd[a-d]|sd[a-z])$/),
      readOnly: z.boolean(),
    }),
  ),
  nics: z.array(nic),
  kernel: z
    .strictObject({
      kernel: z.string().startsWith('/'),
      initrd: z.string().startsWith('/'),
      commandLine: z.string(),
    })
    .optional(),
  cdrom: z.string().startsWith('/').optional(),
  once: z.boolean().optional(),
  ports: z.array(z.int().min(1).max(65535)),
});

const document = z.strictObject({ version: z.literal(VERSION), header: z.unknown(), domain });

/**
 * Writes the domain as QEMU's launcher reads it: one JSON document with the header of the rebuild that made it.
 * @throws Failure RL0904 when the domain would not read back.
 */
export function renderQemuConfig(definition: DomainDefinition, header: ConfigHeader): string {
  const value = { version: VERSION, header: encodeHeader(header), domain: definition };
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
  parseQemuConfig(text);
  return text;
}

/** @throws Failure RL0904 for anything but a document of this version. */
export function parseQemuConfig(text: string): { header: ConfigHeader; domain: DomainDefinition } {
  const value = parseJson(text);
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version !== VERSION) {
    fail(`it has version ${version}, this relight reads version ${VERSION}`);
  }
  const result = document.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    return fail(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  return { header: decodeHeader(result.data.header), domain: restore(result.data.domain) };
}

/** JSON leaves undefined values out; the types want them named. */
function restore(read: z.infer<typeof domain>): DomainDefinition {
  const nics = read.nics.map(({ ipv4, ipv6, gateway, gateway6, forward, ...rest }) => ({
    ...rest,
    ipv4: ipv4?.kind === 'auto' ? fail('an IPv4 address is dhcp or static') : ipv4,
    ipv6: ipv6?.kind === 'dhcp' ? fail('an IPv6 address is auto or static') : ipv6,
    gateway,
    gateway6,
    forward: forward.map(({ port, guestPort, ...where }) => ({ ...where, port, guestPort })),
  }));
  const { once, cdrom, ...rest } = read;
  return {
    ...rest,
    ...(once === undefined ? {} : { once }),
    ...(cdrom === undefined ? {} : { cdrom }),
    nics,
    kernel: read.kernel,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail('it is not JSON');
  }
}

function fail(problem: string): never {
  const hint = 'use the relight that wrote it, or rebuild the guest';
  throw new Failure(EXIT.invalid, 'RL0904', `the QEMU configuration cannot be read: ${problem}`, hint);
}
