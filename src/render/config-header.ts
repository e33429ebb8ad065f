import { z } from 'zod';
import { EXIT, Failure } from '../report/failure.ts';

const FORMAT = 1;

const schema = z.strictObject({
  format: z.literal(FORMAT),
  guest: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.~-]{0,62}$/),
  operation: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/),
  spec: z.string().regex(/^[A-Za-z0-9:]{1,80}$/),
  relight: z.string().regex(/^[A-Za-z0-9.+~-]{1,40}$/),
  volumes: z.array(z.string().regex(/^[A-Za-z0-9_.+~-]{1,255}$/)).max(64),
  nonce: z
    .string()
    .regex(/^[a-f0-9]{8,64}$/)
    .optional(),
});

/**
 * What a configuration says about itself, so that the state can be told again when the state directory is lost:
 * the operation that wrote it, the hash of its spec, relight's version, and the names of the root volumes.
 */
export interface ConfigHeader {
  readonly guest: string;
  readonly operation: string;
  readonly specHash: string;
  readonly relight: string;
  /** Names, not paths, of the volumes that a rebuild replaces: root and swap. */
  readonly volumes: readonly string[];
  /** What the ready line of this generation repeats; not a secret. */
  readonly nonce?: string | undefined;
}

const MARK = '# relight: ';
const NOTICE = '# Written by relight. Change the spec and rebuild; this file is replaced.\n';

/** The comment lines at the top of an xl configuration. @throws Failure RL0903 for a value outside the allow-list. */
export function renderConfigHeader(header: ConfigHeader): string {
  return `${MARK}${JSON.stringify(encodeHeader(header))}\n${NOTICE}`;
}

/**
 * Finds the header of a configuration, of xl or of QEMU. Undefined when relight did not write the file.
 * @throws Failure RL0903 when the header is damaged or of another version: it is never guessed.
 */
export function parseConfigHeader(text: string): ConfigHeader | undefined {
  if (text.startsWith('{')) {
    const document = parseJson(text);
    const header =
      typeof document === 'object' && document !== null && 'header' in document ? document.header : undefined;
    return header === undefined ? undefined : decodeHeader(header);
  }
  const line = text.split('\n').find((each) => !each.startsWith('#') || each.startsWith(MARK));
  if (line === undefined || !line.startsWith(MARK)) return undefined;
  return decodeHeader(parseJson(line.slice(MARK.length)));
}

/** The header as it stands in a file. @throws Failure RL0903 */
export function encodeHeader(header: ConfigHeader): z.infer<typeof schema> {
  const { guest, operation, specHash, relight, volumes, nonce } = header;
  const known = nonce === undefined ? {} : { nonce };
  return check({
    format: FORMAT,
    guest,
    operation,
    spec: specHash,
    relight,
    volumes: [...volumes],
    ...known,
  });
}

/** The header as it stood in a file. @throws Failure RL0903 */
export function decodeHeader(value: unknown): ConfigHeader {
  const { guest, operation, spec, relight, volumes, nonce } = check(value);
  const known = nonce === undefined ? {} : { nonce };
  return { guest, operation, specHash: spec, relight, volumes, ...known };
}

function check(value: unknown): z.infer<typeof schema> {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format === 'number' && format !== FORMAT) {
    fail(`its header has format ${format}, this relight reads format ${FORMAT}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return fail(`its header is damaged: ${issue?.path.join('.')}: ${issue?.message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail('its header is not JSON');
  }
}

function fail(problem: string): never {
  const hint = 'use the relight that wrote it, or take the file away if it is not needed';
  throw new Failure(EXIT.invalid, 'RL0903', `the configuration cannot be read: ${problem}`, hint);
}
