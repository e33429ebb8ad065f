/** Two programs check detached signatures on Debian: gpgv (bookworm's apt) and sqv (trixie's apt). */
export type Verifier = 'gpgv' | 'sqv';

export const VERIFIERS: readonly Verifier[] = ['gpgv', 'sqv'];

/** Debian's keys for images (package debian-keyring). */
export const ROLE_KEYRINGS = [
  '/usr/share/keyrings/debian-role-keys.gpg',
  '/usr/share/keyrings/debian-role-keys.pgp',
] as const;

/** Primary keys that sign images, from https://www.debian.org/CD/verify: stable, stable until 2011, testing. */
export const IMAGE_KEYS: readonly string[] = [
  'DF9B9C49EAA9298432589D76DA87E80D6294BE9B',
  '10460DAD76165AD81FBC0CE9988021A964E6EA7D',
  'F41D30342F3546695F65C66942468F4009EA8AC3',
];

export interface SignatureRequest {
  readonly verifier: Verifier;
  readonly keyring: string;
  readonly signature: string;
  readonly data: string;
}

/** argv of gpgv(1) or sqv(1) for a detached signature. */
export function buildVerifyArgv(request: SignatureRequest): string[] {
  const { verifier, keyring, signature, data } = request;
  if (verifier === 'sqv') return ['sqv', `--keyring=${keyring}`, `--signature-file=${signature}`, '--', data];
  return ['gpgv', '--status-fd', '1', '--keyring', keyring, '--', signature, data];
}

/** What a verifier found: the primary key of each good signature, and what is wrong. */
export interface SignatureResult {
  readonly fingerprints: readonly string[];
  /** Undefined: every signature is good and there is at least one. */
  readonly problem: string | undefined;
  /** A signature's key that is in no keyring, as far as it is named. */
  readonly unknownKey: string | undefined;
}

/** Statuses of gpgv that spoil the result even beside a good signature (GnuPG, doc/DETAILS). */
const SPOILERS: Readonly<Record<string, string>> = {
  BADSIG: 'the signature does not fit the content',
  ERRSIG: 'the signature cannot be checked',
  EXPSIG: 'the signature has expired',
  EXPKEYSIG: 'the key has expired',
  REVKEYSIG: 'the key was revoked',
  NODATA: 'the signature file holds no signature',
  FAILURE: 'the program failed',
};

/** Reads gpgv's status lines. Only VALIDSIG counts, and only when no other line spoils it and the program ended with 0. */
export function parseGpgvStatus(output: string, succeeded: boolean): SignatureResult {
  const fingerprints: string[] = [];
  let problem: string | undefined;
  let unknownKey: string | undefined;
  for (const line of output.split('\n')) {
    const [prefix, keyword = '', ...words] = line.split(' ');
    if (prefix !== '[GNUPG:]') continue;
    if (keyword === 'VALIDSIG') fingerprints.push((words[9] ?? words[0] ?? '').toUpperCase());
    else if (keyword === 'NO_PUBKEY') unknownKey = words[0];
    else problem ??= SPOILERS[keyword];
  }
  if (!succeeded) problem ??= 'the program reports an error';
  if (fingerprints.length === 0) problem ??= 'there is no valid signature';
  return { fingerprints, problem, unknownKey };
}

/** Reads sqv's output: the fingerprint of each certificate with a good signature, one a line; errors go elsewhere. */
export function parseSqvOutput(stdout: string, stderr: string, succeeded: boolean): SignatureResult {
  const fingerprints = stdout.split('\n').filter((line) => /^[0-9A-F]{40}([0-9A-F]{24})?$/.test(line));
  const unknownKey = /^Missing key ([0-9A-F]{16,64})\b/m.exec(stderr)?.[1];
  if (succeeded && fingerprints.length > 0)
    return { fingerprints, problem: undefined, unknownKey: undefined };
  const problem = stderr.replace(/\s+/g, ' ').trim();
  return { fingerprints: [], problem: problem === '' ? 'there is no valid signature' : problem, unknownKey };
}
