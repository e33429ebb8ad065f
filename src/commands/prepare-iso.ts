import { resolve } from 'node:path';
import { type Inspection, inspectImage } from '../iso/inspect.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import { findMirrors, findProxy, type SourceRequest } from '../plan/rebuild/sources.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { openFileSource } from '../run/byte-source.ts';
import { checkOrigin, findSums, readSums } from '../run/image-origin.ts';
import { findComponentSuite } from '../run/netboot/check-udebs.ts';
import type { Runner } from '../run/runner.ts';
import type { PreparedMedium } from '../run/vault/fill-installer.ts';
import type { CommandContext } from './context.ts';
import type { PlanHost } from './guest-host.ts';

export interface IsoOptions {
  /** The installation image, instead of the site's for the guest's suite. */
  readonly iso?: string;
  /** Go on without a signed list of hashes beside it. */
  readonly insecure?: boolean;
}

/**
 * The image that route `iso` installs from: it is Debian's, of the guest's suite, boots by BIOS, and a signed list of
 * hashes lies beside it. Its own hash is compared when it is remastered. `stored` is the vault's, when no mirror is asked.
 * @throws Failure RL1703 to RL1705, RL60xx
 */
export async function prepareIso(
  context: CommandContext,
  host: Pick<PlanHost, 'site' | 'guest' | 'facts' | 'session'>,
  options: IsoOptions,
  stored?: string,
): Promise<NonNullable<PlanRequest['iso']>> {
  const { site, guest, facts } = host;
  if (guest.guest !== 'hvm' || guest.boot !== 'bios') {
    const kind = `${guest.guest}, boot: ${guest.boot}`;
    throw makeFailure(EXIT.notReady, 'RL1703', { guest: guest.name, kind });
  }
  if (facts.running && facts.hypervisor === 'xl')
    throw makeFailure(EXIT.notReady, 'RL1706', { guest: guest.name });
  const given = options.iso === undefined ? undefined : resolve(context.workingDirectory, options.iso);
  const path = given ?? stored ?? site.host.isos[guest.suite];
  if (path === undefined) throw makeFailure(EXIT.notReady, 'RL1704', { suite: guest.suite });
  const inspection = await inspect(path);
  requireImage(inspection, path, guest.suite);
  const insecure = options.insecure === true;
  await readSums(host.session.runner, { image: path, insecure });
  // The vault has the archive under the suite's own name.
  const componentSuite = stored === undefined ? await findOtherSuite({ site, guest, facts }) : undefined;
  return { path, insecure, ...(componentSuite === undefined ? {} : { componentSuite }) };
}

/** What an image must be for route `iso`. @throws Failure RL1705, RL60xx */
function requireImage({ identity, guests, obstacles }: Inspection, path: string, suite: string): void {
  const [obstacle] = obstacles;
  if (obstacle !== undefined) throw new Failure(EXIT.invalid, obstacle.code, obstacle.message, obstacle.hint);
  if (identity.codename === suite && guests.includes('hvm-bios')) return;
  const found = identity.codename === suite ? 'does not boot by BIOS' : `is of ${identity.codename}`;
  throw makeFailure(EXIT.invalid, 'RL1705', { path, found, suite });
}

/**
 * The image as the vault stores it: Debian's, with a good hash in a signed list beside it, and with the installer's
 * components on it.
 * @throws Failure RL1617, RL1705, RL60xx
 */
export async function prepareStoredIso(
  runner: Runner,
  image: string,
  suite: string,
): Promise<PreparedMedium> {
  const inspection = await inspect(image);
  requireImage(inspection, image, suite);
  if (inspection.identity.kind === 'mini') throw makeFailure(EXIT.notReady, 'RL1617', { path: image });
  const source = await openFileSource(image);
  try {
    const { path, bytes } = { path: findSums(image), bytes: source.size };
    await checkOrigin(source, runner, { image, sums: path, insecure: false });
    return { kind: 'iso', image, sums: [path, `${path}.sign`], bytes };
  } finally {
    await source.close();
  }
}

/**
 * A small image fetches components from the mirror, which may be between two updates under the suite's own name. One
 * that brings its components needs no mirror for them, so that a mirror without any is no reason to stop.
 */
async function findOtherSuite(request: SourceRequest): Promise<string | undefined> {
  const { suite } = request.guest;
  try {
    const found = await findComponentSuite(findMirrors(request).archive, suite, findProxy(request));
    return found === suite ? undefined : found;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

async function inspect(path: string): Promise<Inspection> {
  const source = await openFileSource(path);
  try {
    return await inspectImage(source);
  } finally {
    await source.close();
  }
}
