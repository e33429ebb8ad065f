import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ByteSource } from '../iso/byte-source.ts';
import { isoFailure } from '../iso/problems.ts';
import { judgeOrigin, type Origin, requireSignature, type Sums } from '../iso/signature.ts';
import { hashSource } from '../iso/verify.ts';
import {
  buildVerifyArgv,
  IMAGE_KEYS,
  parseGpgvStatus,
  parseSqvOutput,
  ROLE_KEYRINGS,
  type SignatureResult,
  VERIFIERS,
} from '../tools/gpgv.ts';
import { readBytesFile, statPath } from './files.ts';
import type { Runner } from './runner.ts';

export interface OriginRequest {
  readonly image: string;
  /**
   * SHA512SUMS or SHA256SUMS, known by its name; beside the image unless given. Its signature is the file with `.sign`
   * appended.
   */
  readonly sums?: string;
  readonly keyring?: string;
  /** Replaces Debian's keys for images. */
  readonly fingerprints?: readonly string[];
  /** Go on without a list or a signature. A bad signature or a wrong hash is never accepted. */
  readonly insecure: boolean;
}

/** In the order in which they are looked for. */
const SUMS_NAMES = ['SHA512SUMS', 'SHA256SUMS'] as const;
const LARGEST_SUMS = 1024 * 1024;

/**
 * Checks where an image comes from: SHA512SUMS or SHA256SUMS is signed by Debian's key for images, and lists the image's hash.
 * @throws Failure RL6013 to RL6017. Fails closed: only a missing list or signature is let through, by `insecure`.
 */
export async function checkOrigin(
  source: ByteSource,
  runner: Runner,
  request: OriginRequest,
): Promise<Origin> {
  const sums = await readSums(runner, request);
  if (sums.kind === 'insecure') return sums;
  return judgeOrigin(sums, await hashSource(source, sums.algorithm), basename(request.image));
}

/**
 * The first half of `checkOrigin`: the list and its signature, without the image.
 * @throws Failure RL6013 to RL6015, RL6017.
 */
export async function readSums(runner: Runner, request: OriginRequest): Promise<Sums> {
  const path = request.sums ?? findSums(request.image);
  const missing = [path, `${path}.sign`].find((name) => statPath(name)?.isFile() !== true);
  if (missing !== undefined) {
    const what = `there is no ${missing}`;
    if (!request.insecure) throw isoFailure('no-signature', { what });
    return { kind: 'insecure', reason: what };
  }
  const list = readBytesFile(path, LARGEST_SUMS);
  const signature = readBytesFile(`${path}.sign`, LARGEST_SUMS);
  const result = await verifySignature(runner, findKeyring(request.keyring), list, signature);
  requireSignature(result, request.fingerprints ?? IMAGE_KEYS);
  const algorithm = basename(path).includes('256') ? 'sha256' : 'sha512';
  return { kind: 'signed', fingerprints: result.fingerprints, algorithm, text: list.toString('utf8') };
}

/** The list of hashes beside an image, or where it would be. */
export function findSums(image: string): string {
  const beside = SUMS_NAMES.map((name) => join(dirname(image), name));
  return beside.find((name) => statPath(name)?.isFile() === true) ?? beside[0] ?? '';
}

function findKeyring(given: string | undefined): string {
  const found = (given === undefined ? ROLE_KEYRINGS : [given]).find(
    (path) => statPath(path)?.isFile() === true,
  );
  if (found === undefined)
    throw isoFailure('no-verifier', { what: `there is no ${given ?? ROLE_KEYRINGS[0]}` });
  return found;
}

/**
 * Verifies copies in a private directory, so that what was verified is what is used.
 * @throws Failure RL6017 when this machine has no verifier
 */
export async function verifySignature(
  runner: Runner,
  keyring: string,
  sums: Uint8Array,
  signature: Uint8Array,
): Promise<SignatureResult> {
  const directory = mkdtempSync(join(tmpdir(), 'relight-'));
  try {
    const data = join(directory, 'sums');
    writeFileSync(data, sums);
    writeFileSync(`${data}.sign`, signature);
    for (const verifier of VERIFIERS) {
      const argv = buildVerifyArgv({ verifier, keyring, signature: `${data}.sign`, data });
      const result = await runner.run({ argv, deadlineSeconds: 60 });
      if (result.missing) continue;
      if (verifier === 'gpgv') return parseGpgvStatus(result.stdout, !result.failed);
      return parseSqvOutput(result.stdout, result.stderr, !result.failed);
    }
    throw isoFailure('no-verifier', { what: 'neither gpgv nor sqv is on PATH' });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
