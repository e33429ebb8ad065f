import { createHash } from 'node:crypto';
import {
  ARTIFACT_MANIFEST,
  type Artifact,
  type BlobReference,
  LARGEST_ARTIFACT_MANIFEST,
  parseArtifact,
  serialiseArtifact,
} from '../../image/artifact.ts';
import type { RemoteName } from '../../image/remote-name.ts';
import { EXIT, type Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { hashFile } from '../file-hash.ts';
import { readBytesFile, removeFile } from '../files.ts';
import { downloadFile, downloadText } from './download.ts';
import type { HttpAnswer, Send } from './http.ts';
import type { ImageRemote } from './remote.ts';

const LARGEST_FILE = 64 * 1024 * 1024;
const SHOWN = 300;

/** A tag of an OCI registry (distribution-spec 1.1). */
export function openRegistryRemote(name: Extract<RemoteName, { kind: 'registry' }>, send: Send): ImageRemote {
  const base = `${name.origin}/v2/${name.repository}`;
  const place = `oci://${name.origin.replace(/^https?:\/\//, '')}/${name.repository}:${name.tag}`;
  const pushed = new Map<string, BlobReference>();
  let known: Artifact | undefined;
  const blobUrl = (digest: string) => `${base}/blobs/${digest}`;
  const readArtifact = async () => {
    const headers = { accept: ARTIFACT_MANIFEST };
    const url = `${base}/manifests/${name.tag}`;
    const found = await downloadText({ url, headers, cap: LARGEST_ARTIFACT_MANIFEST, send });
    if (found === undefined) return undefined;
    const artifact = parseArtifact(found.text);
    if (artifact !== undefined) return artifact;
    throw makeFailure(EXIT.invalid, 'RL1620', { place });
  };
  return {
    place,
    holdsOne: true,
    readIndex: async () => {
      known = await readArtifact();
      if (known === undefined) return undefined;
      const { digest, size } = known.config;
      return (await downloadText({ url: blobUrl(digest), cap: size, send }))?.text;
    },
    get: async (path, file, cap) => {
      const blob = known?.files.get(path);
      if (blob === undefined) throw refuseContent(path, place, 'it is not among its files');
      if (blob.size > cap)
        throw refuseContent(path, place, `it is larger than the ${cap} bytes that are allowed`);
      await downloadFile({ url: blobUrl(blob.digest), file, cap: blob.size, send });
      if (`sha256:${hashFile(file)?.sha256}` === blob.digest) return;
      removeFile(file);
      throw refuseContent(path, place, 'the blob has another hash');
    },
    put: async (path, file) => {
      const bytes = readBytesFile(file, LARGEST_FILE);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      pushed.set(path, { digest, size: bytes.length });
      return pushBlob(base, digest, bytes, send);
    },
    writeIndex: async (text) => {
      const bytes = Buffer.from(text, 'utf8');
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      await pushBlob(base, digest, bytes, send);
      const manifest = serialiseArtifact({ config: { digest, size: bytes.length }, files: pushed });
      const headers = { 'content-type': ARTIFACT_MANIFEST };
      const url = `${base}/manifests/${name.tag}`;
      await expectStatus(await send({ url, method: 'PUT', headers, body: Buffer.from(manifest) }), [201]);
    },
  };
}

/** Sends a blob unless the registry has it: that is what makes a push that was cut off go on. */
async function pushBlob(base: string, digest: string, bytes: Uint8Array, send: Send): Promise<boolean> {
  const head = await send({ url: `${base}/blobs/${digest}`, method: 'HEAD' });
  head.drop();
  if (head.status === 200) return false;
  const begun = await send({ url: `${base}/blobs/uploads/`, method: 'POST', body: new Uint8Array() });
  const location = begun.headers.get('location');
  await expectStatus(begun, [202]);
  const target = new URL(location ?? '', base);
  // The bytes go nowhere but to the registry that was named.
  if (target.origin !== new URL(base).origin)
    throw refuseContent('an upload', base, `it leads to ${target.origin}`);
  target.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await expectStatus(await send({ url: target.href, method: 'PUT', headers, body: bytes }), [201]);
  return true;
}

async function expectStatus(answer: HttpAnswer, good: readonly number[]): Promise<void> {
  let text = '';
  await answer.read((bytes) => {
    if (text.length < SHOWN) text += Buffer.from(bytes).toString('utf8');
  });
  if (good.includes(answer.status)) return;
  const why = text.slice(0, SHOWN).replaceAll(/\s+/g, ' ').trim();
  throw makeFailure(EXIT.failed, 'RL1628', {
    url: answer.url,
    status: answer.status,
    why: why === '' ? 'no reason' : why,
  });
}

function refuseContent(what: string, place: string, why: string): Failure {
  return makeFailure(EXIT.invalid, 'RL1626', { what, place, why });
}
