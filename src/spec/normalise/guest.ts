import { chooseDefaultBoot } from '../../release/boot.ts';
import { parseDuration } from '../duration.ts';
import { deriveUuid } from '../identity.ts';
import type { ImageSpec } from '../image-types.ts';
import type { CheckAsWritten, GuestAsWritten, ImageAsWritten } from '../schema.ts';
import { parseSize } from '../size.ts';
import type { GuestSource, ImageSource, RoleSource } from '../sources.ts';
import type { CheckSpec, GuestSpec, MirrorSpec, RouteName, RouteSpec, TimeoutsSpec } from '../types.ts';
import { normaliseDisks } from './disks.ts';
import { mergeFragments } from './fragments.ts';
import { normaliseNics } from './nics.ts';
import { readPreseedExtra } from './preseed.ts';
import { normaliseRoot, normaliseUsers } from './users.ts';

/** What a guest gets that neither its file nor the site's defaults say. */
export const BUILT_IN = {
  suite: 'trixie',
  guest: 'pvh',
  install: 'bootstrap',
  vcpus: 1,
  mirror: 'host',
  locale: 'C.UTF-8',
  keyboard: 'us',
  timezone: 'Etc/UTC',
  start: 'auto',
  timeouts: { ready: '15min', shutdown: '3min', checks: '3min' },
} as const;

export interface NormaliseContext {
  readonly siteName: string;
  readonly directory: string;
  readonly roles: ReadonlyMap<string, RoleSource>;
}

/** Makes the normalised guest of one that has no errors. */
export function normaliseGuest(source: GuestSource, context: NormaliseContext): GuestSpec {
  const written = source.written;
  const suite = written.suite ?? BUILT_IN.suite;
  const guest = written.guest ?? BUILT_IN.guest;
  return {
    name: source.name,
    file: source.file,
    suite,
    guest,
    boot: written.boot ?? chooseDefaultBoot(suite, guest),
    install: normaliseRoute(written.install ?? BUILT_IN.install),
    memoryBytes: parseSize(written.memory ?? '') ?? 0,
    vcpus: written.vcpus ?? BUILT_IN.vcpus,
    uuid: written.uuid?.toLowerCase() ?? deriveUuid(context.siteName, source.name),
    ...normaliseSystem(written),
    disks: normaliseDisks(written.disks ?? {}),
    nics: normaliseNics(written.nics ?? [], context.siteName, source.name),
    users: normaliseUsers(written.users ?? []),
    root: normaliseRoot(written.root ?? {}),
    roles: written.roles ?? [],
    ...mergeFragments([...listRoles(written, context), written], context.directory),
    checks: (written.checks ?? []).map(normaliseCheck),
    preseed: (written.preseed ?? []).map(readPreseedExtra),
    start: written.start ?? BUILT_IN.start,
    timeouts: normaliseTimeouts(written.timeouts ?? {}),
  };
}

/** Makes the normalised image of one that has no errors. */
export function normaliseImage(source: ImageSource, context: NormaliseContext): ImageSpec {
  const written = source.written;
  return {
    name: source.name,
    file: source.file,
    suite: written.suite ?? BUILT_IN.suite,
    ...normaliseSystem(written),
    roles: written.roles ?? [],
    ...mergeFragments([...listRoles(written, context), written], context.directory),
    fromRoles: pickFragment(listRoles(written, context), context),
    own: pickFragment([written], context),
  };
}

function pickFragment(fragments: Parameters<typeof mergeFragments>[0], context: NormaliseContext) {
  const { files, run } = mergeFragments(fragments, context.directory);
  return { files, run };
}

function listRoles(written: Partial<GuestAsWritten | ImageAsWritten>, context: NormaliseContext) {
  return (written.roles ?? []).map((name) => context.roles.get(name)?.written ?? {});
}

function normaliseSystem(written: Partial<ImageAsWritten>) {
  return {
    mirror: normaliseMirror(written.mirror ?? BUILT_IN.mirror),
    locale: written.locale ?? BUILT_IN.locale,
    keyboard: written.keyboard ?? BUILT_IN.keyboard,
    timezone: written.timezone ?? BUILT_IN.timezone,
  };
}

function normaliseMirror(text: string): MirrorSpec {
  return text === 'host' ? { kind: 'host' } : { kind: 'url', url: text.replace(/\/+$/, '') };
}

/** Reads `bootstrap` or `image:base`. */
export function normaliseRoute(text: string): RouteSpec {
  if (text.startsWith('image:')) return { kind: 'image', image: text.slice('image:'.length) };
  return { kind: text as Exclude<RouteName, 'image'> };
}

/** A first boot on a machine without hardware virtualisation takes minutes; hence the fifteen that are built in. */
function normaliseTimeouts(written: NonNullable<GuestAsWritten['timeouts']>): TimeoutsSpec {
  const seconds = (key: keyof TimeoutsSpec) =>
    parseDuration(written[key] ?? '') ?? parseDuration(BUILT_IN.timeouts[key]) ?? 0;
  return { ready: seconds('ready'), shutdown: seconds('shutdown'), checks: seconds('checks') };
}

function normaliseCheck(check: CheckAsWritten): CheckSpec {
  if (check.http === undefined) return { kind: 'port', port: check.port ?? 0 };
  return { kind: 'http', url: check.http, status: check.status ?? 200, contains: check.contains };
}
