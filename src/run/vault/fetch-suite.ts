import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { findInstallerParts } from '../../release/installer-parts.ts';
import { type ArchiveFile, nameByHash } from '../../vault/partial-mirror.ts';
import {
  listWantedIndices,
  parseSuiteRelease,
  readClearSigned,
  type SuiteRelease,
  type WantedIndex,
} from '../../vault/suite-release.ts';
import { readBytesFile, writeFileAtomically } from '../files.ts';
import { verifySignature } from '../image-origin.ts';
import { ask } from '../netboot/http.ts';
import type { Runner } from '../runner.ts';
import { type DownloadPlace, download } from './download.ts';

const LARGEST_RELEASE = 8 * 1024 ** 2;
const LARGEST_PACKED = 256 * 1024 ** 2;
const LARGEST_INDEX = 1024 ** 3;

/** A suite's own signed indices, stored. */
export interface FetchedSuite {
  readonly files: readonly ArchiveFile[];
  readonly release: SuiteRelease;
  /** The text of the packages' indices, and of the components' (udebs). */
  readonly packages: string;
  readonly udebs: string;
}

export interface SuiteRequest {
  /** The archive's base URL. */
  readonly archive: string;
  readonly suite: string;
  /** Debian's own keys. */
  readonly keyring: string;
  readonly place: DownloadPlace;
  readonly runner: Runner;
}

/**
 * Fetches what signs and lists a suite, as the archive has it: an installer, debootstrap and apt will verify it by Debian's
 * keys. Where the archive is between two updates under the suite's own name, its other name is tried (`stable`).
 * @throws Error that says what is wrong with the archive
 */
export async function fetchSuite(request: SuiteRequest): Promise<FetchedSuite> {
  let problem: unknown;
  for (const name of [request.suite, ...(findInstallerParts(request.suite)?.aliases ?? [])]) {
    try {
      const found = await fetchUnder(name, request);
      if (found !== undefined) return found;
    } catch (error) {
      if (request.place.signal.aborted) throw error;
      problem ??= error;
    }
  }
  throw problem ?? new Error(`${request.archive} has no suite ${request.suite}`);
}

/** Undefined: another suite has this name now. */
async function fetchUnder(name: string, request: SuiteRequest): Promise<FetchedSuite | undefined> {
  const { suite, place } = request;
  const signed = await fetchSigned(name, request);
  const release = parseSuiteRelease(signed.text);
  if (release.codename !== suite) return undefined;
  if (release.validUntil !== undefined) {
    throw new Error(`its Release is valid until ${release.validUntil} only: it cannot be stored`);
  }
  const base = `${request.archive}/dists/${name}`;
  const files = signed.files.map(([file, bytes]) => keep(`dists/${suite}/${file}`, bytes, place));
  const texts = { packages: '', udebs: '' };
  for (const index of listWantedIndices(release)) {
    if (!(await fetchIndex(base, index, place))) continue;
    files.push({ path: `dists/${suite}/${index.path}`, sha256: index.sha256, size: index.size });
    if (index.holds === 'nothing') continue;
    const packed = readBytesFile(place.objects.path(index.sha256), LARGEST_PACKED);
    texts[index.holds] +=
      `${gunzipSync(packed, { maxOutputLength: LARGEST_INDEX }).toString('utf8').trimEnd()}\n\n`;
  }
  if (texts.packages.trim() === '') throw new Error(`${base}/Release lists no packages of amd64`);
  return { files, release, ...texts };
}

/** Release with both its signatures. What they sign is the same text, signed by a key of the keyring. */
async function fetchSigned(name: string, { archive, keyring, place, runner }: SuiteRequest) {
  const base = `${archive}/dists/${name}`;
  const fetchFile = async (file: string) => {
    const { status, body } = await ask(`${base}/${file}`, place.proxy, LARGEST_RELEASE, {
      signal: place.signal,
    });
    if (status !== 200) throw new Error(`${base}/${file}: status ${status}`);
    return body;
  };
  const release = await fetchFile('Release');
  const signature = await fetchFile('Release.gpg');
  const inline = await fetchFile('InRelease');
  const { fingerprints, problem } = await verifySignature(runner, keyring, release, signature);
  if (fingerprints.length === 0) throw new Error(`${base}/Release is not signed by Debian: ${problem}`);
  const text = release.toString('utf8');
  if (readClearSigned(inline.toString('utf8'))?.trimEnd() !== text.trimEnd()) {
    throw new Error(`${base}/InRelease and Release differ: the mirror is between two updates`);
  }
  const files: (readonly [string, Buffer])[] = [
    ['Release', release],
    ['Release.gpg', signature],
    ['InRelease', inline],
  ];
  return { text, files };
}

/** By its hash first: that name is never of another file, even between two updates. */
async function fetchIndex(base: string, index: WantedIndex, place: DownloadPlace): Promise<boolean> {
  const { path, sha256, size } = index;
  if (place.objects.check(sha256) === 'good') return true;
  const names = [nameByHash(index), path];
  const isThere = await download(
    names.map((name) => ({ url: `${base}/${name}`, sha256, size })),
    place,
  );
  // Descriptions are asked for, and done without.
  if (!isThere && !path.includes('/i18n/')) throw new Error(`${base}/${path} is listed and is not there`);
  return isThere;
}

function keep(path: string, bytes: Buffer, { objects, draft }: DownloadPlace): ArchiveFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (objects.check(sha256) !== 'good') {
    writeFileAtomically(draft, bytes, 0o644);
    objects.adopt(draft, sha256);
  }
  return { path, sha256, size: bytes.length };
}
