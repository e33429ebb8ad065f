import { isoFailure } from '../iso/problems.ts';
import type { InitrdFile } from '../iso/remaster/request.ts';
import { type ImageFiles, previewImageFiles, TREE_PATH } from '../plan/preview/image-files.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { packOverlay } from '../run/rootfs/overlay.ts';
import { readSecrets } from '../run/secrets.ts';
import type { GuestSpec, Site } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import { findHostMirrors } from './host-mirrors.ts';
import { hashSpec, listSecrets } from './make-plan.ts';

/** What goes into the installer for a guest: the preseed, and the scripts that it calls, secrets filled in. */
export interface InstallerFiles {
  readonly preseed: string;
  readonly initrdFiles: readonly InitrdFile[];
  readonly alsoErases: readonly string[];
  readonly specSha256: string;
}

const PRESEED_PATH = '/preseed.cfg';

/**
 * Makes the files of an image from the guest's spec. Secrets are read here; they end up in the image, which has mode 0600.
 * @throws Failure RL0640, RL0641 for a secret that cannot be read, RL0911 without a mirror,
 * RL1702 for one without a source, RL0901
 */
export async function makeInstallerFiles(
  context: CommandContext,
  site: Site,
  guest: GuestSpec,
  device: string | undefined,
): Promise<InstallerFiles> {
  const mirrors = guest.mirror.kind === 'url' ? undefined : await findHostMirrors(context);
  if (guest.mirror.kind === 'host' && mirrors === undefined) {
    const message = 'the guest uses the mirror of this machine, and its apt names none';
    throw new Failure(
      EXIT.notReady,
      'RL0911',
      message,
      'run apt-get update, or give the guest a mirror: URL',
    );
  }
  const specSha256 = hashSpec(guest);
  const request = { site, guest, mirrors, relightVersion: RELIGHT_VERSION };
  const files = previewImageFiles(request, specSha256, device);
  const references = listSecrets(guest);
  requireSources(files.initrd, references);
  const secrets = readSecrets(references, context.environment);
  const resolve = ({ path, content, mode }: (typeof files.initrd)[number]): InitrdFile => ({
    path: path.slice(1),
    mode,
    content: new TextEncoder().encode(secrets.resolve(content)),
  });
  const preseed = files.initrd.find(({ path }) => path === PRESEED_PATH);
  return {
    preseed: preseed === undefined ? '' : secrets.resolve(preseed.content),
    initrdFiles: [
      ...files.initrd.filter((file) => file !== preseed).map(resolve),
      { path: TREE_PATH.slice(1), mode: 0o600, content: await packOverlay(files.tree, secrets) },
    ],
    alsoErases: files.alsoErases,
    specSha256,
  };
}

/** @throws Failure RL1702 for a secret that the spec gives no source of */
function requireSources(files: ImageFiles['initrd'], known: ReadonlyMap<string, unknown>): void {
  for (const { content } of files) {
    for (const part of typeof content === 'string' ? [] : content) {
      if ('secret' in part && !known.has(part.secret)) throw isoFailure('no-secret', { secret: part.secret });
    }
  }
}
