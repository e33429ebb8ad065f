import { z } from 'zod';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { installerManifestSchema } from './installer-manifest.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const word = z.string().regex(/^[\x21-\x7e]{1,200}$/);

const packageSchema = z.strictObject({
  name: word,
  version: word,
  architecture: word,
  /** SHA-256 of the .deb, and its name among the objects. */
  sha256: hash,
  /** Bytes. */
  size: z.number().int().positive(),
});

const manifestSchema = z.strictObject({
  format: z.literal(1),
  guest: z.string().regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  suite: z.string().regex(/^[a-z]{1,32}$/),
  /** The packages that were asked for; `packages` has what they need, too. */
  wanted: z.array(word),
  /** The archives that it was filled from, as lines of sources.list(5). */
  sources: z.array(z.string()),
  /** ISO 8601. */
  filled: z.iso.datetime(),
  /** The directory below dists/ with the signed index, and the hash of that index. */
  repository: z.string().regex(/^[a-z0-9-]+$/),
  index: hash,
  packages: z.array(packageSchema),
  /** For the routes `installer` and `iso`. */
  installer: installerManifestSchema.optional(),
});

/** What the vault keeps for the rebuild of one guest. Its rename into place is what makes a fill valid. */
export type VaultManifest = z.infer<typeof manifestSchema>;
export type VaultPackage = z.infer<typeof packageSchema>;

export function serialiseVaultManifest(manifest: VaultManifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest), undefined, 1)}\n`;
}

/** @throws Failure RL1602 */
export function parseVaultManifest(text: string, place: string): VaultManifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    throw makeFailure(EXIT.invalid, 'RL1602', { place });
  }
}

/** Where things lie in a vault, relative to its directory, which is also the base of the apt repository. */
export const vaultLayout = {
  lock: 'lock',
  manifests: 'guests',
  manifest: (guest: string) => `guests/${guest}.json`,
  objects: 'objects',
  object: (sha256: string) => `objects/${sha256.slice(0, 2)}/${sha256}`,
  /** Objects whose content is not what their name says. */
  aside: 'set-aside',
  repositories: 'dists',
  release: (repository: string) => `dists/${repository}/InRelease`,
  packages: (repository: string) => `dists/${repository}/main/binary-amd64/Packages`,
  work: 'work',
  /** Other names of objects, for what is known by the names of the files beside it. */
  media: 'media',
  medium: (sha256: string) => `media/${sha256.slice(0, 16)}`,
  privateKey: 'key/private.pem',
  keyring: 'key/vault-keyring.gpg',
} as const;
