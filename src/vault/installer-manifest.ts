import { z } from 'zod';
import { ARCHIVE_PATH } from './partial-mirror.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const word = z.string().regex(/^[\x21-\x7e]{1,200}$/);
const size = z.number().int().positive();

const fileSchema = z.strictObject({
  /** Below the archive's root. */
  path: z.string().max(500).regex(ARCHIVE_PATH),
  /** SHA-256 of the file, and its name among the objects. */
  sha256: hash,
  /** Bytes. */
  size,
});

const netbootSchema = z.strictObject({
  kind: z.literal('netboot'),
  kernel: hash,
  initrd: hash,
  /** What the mirror lacked, as an archive that is put behind the initrd. */
  completion: hash.optional(),
  /** Such as `6.12.43+deb13-amd64`. */
  kernelVersion: word,
});

/** A file beside the image keeps its name: the signed list is found by it, and names the image. As `hostPath` has it. */
const named = z.strictObject({
  name: z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._@%+=:,~-]{1,255}$/),
  sha256: hash,
});

const isoSchema = z.strictObject({
  kind: z.literal('iso'),
  image: named,
  /** The list of hashes and its signature. */
  sums: z.array(named).length(2),
});

export const installerManifestSchema = z.strictObject({
  suite: z.string().regex(/^[a-z]{1,32}$/),
  /** The packages that were asked for; `files` has what they need, too. */
  wanted: z.array(word),
  /** The archive that it was filled from. */
  archive: z.string(),
  /** ISO 8601. */
  filled: z.iso.datetime(),
  medium: z.discriminatedUnion('kind', [netbootSchema, isoSchema]),
  /** The part of Debian's archive that is served: Release, indices, components, packages. */
  files: z.array(fileSchema),
});

/** What the vault keeps for a guest that the Debian installer makes. */
export type InstallerManifest = z.infer<typeof installerManifestSchema>;
export type StoredMedium = InstallerManifest['medium'];
export type StoredNetboot = Extract<StoredMedium, { kind: 'netboot' }>;
export type StoredIso = Extract<StoredMedium, { kind: 'iso' }>;

/** The objects of a medium, with a word for each. */
export function listMediumObjects(
  medium: StoredMedium,
): { readonly sha256: string; readonly what: string }[] {
  if (medium.kind === 'iso') {
    return [medium.image, ...medium.sums].map(({ name, sha256 }) => ({ sha256, what: name }));
  }
  const { kernel, initrd, completion } = medium;
  return [
    { sha256: kernel, what: 'the installer’s kernel' },
    { sha256: initrd, what: 'the installer’s initrd' },
    ...(completion === undefined
      ? []
      : [{ sha256: completion, what: 'what completes the installer’s initrd' }]),
  ];
}

/** Every object that an installation reads, with a word for each. */
export function listInstallerObjects({
  medium,
  files,
}: InstallerManifest): { readonly sha256: string; readonly what: string }[] {
  return [...listMediumObjects(medium), ...files.map(({ path, sha256 }) => ({ sha256, what: path }))];
}
