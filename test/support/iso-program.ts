import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFile } from './bundle.ts';
import { makeKey, signImage, type TestKey } from './iso-keys.ts';
import { makeKernelHead, makeSmallNetinst } from './iso-samples.ts';

export const PRESEED =
  '#_preseed_V1\nd-i partman-auto/disk string /dev/vda\nd-i passwd/root-password-crypted password $6$x$canary\n';

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The bundled program, a small signed image, and a directory to work in. Needs xorriso, isolinux, gpg, gpgv. */
export interface IsoLab {
  readonly work: string;
  readonly program: string;
  readonly input: string;
  readonly key: TestKey;
  readonly stranger: TestKey;
  relight(argv: readonly string[], environment?: Record<string, string>): Ended;
  /** Options that trust the image's key. */
  trusted(): string[];
  /** `iso build web1` from the signed image with the preseed. */
  build(output: string, ...more: string[]): Ended;
  /** The arguments of `build`, for whoever starts the program another way. */
  buildArguments(output: string, ...more: string[]): string[];
}

export async function makeIsoLab(): Promise<IsoLab> {
  const work = mkdtempSync(join(tmpdir(), 'relight-iso-'));
  const program = join(work, 'relight.mjs');
  await bundleFile(new URL('../../src/cli.ts', import.meta.url).pathname, program);
  for (const name of ['in', 'out', 'refused']) mkdirSync(join(work, name));
  const input = join(work, 'in', 'small.iso');
  makeSmallNetinst(work, makeKernelHead('6.12.0-test-amd64'), input);
  const key = makeKey(work, 'signer');
  signImage(input, key);
  writeFileSync(join(work, 'preseed.cfg'), PRESEED);
  const relight = (argv: readonly string[], environment: Record<string, string> = {}) =>
    runProgram(work, [program, ...argv], environment);
  const trusted = () => ['--keyring', key.keyring, '--fingerprint', key.fingerprint];
  const buildArguments = (output: string, ...more: string[]) => {
    const given = ['--from', '--preseed'].filter((option) => !more.includes(option));
    const defaults = { '--from': input, '--preseed': 'preseed.cfg' } as Record<string, string>;
    const inputs = given.flatMap((option) => [option, defaults[option] ?? '']);
    return ['iso', 'build', 'web1', '-o', output, ...inputs, ...trusted(), ...more];
  };
  const build = (output: string, ...more: string[]) => relight(buildArguments(output, ...more));
  const stranger = makeKey(work, 'stranger');
  return { work, program, input, key, stranger, relight, trusted, build, buildArguments };
}

function runProgram(work: string, argv: readonly string[], environment: Record<string, string>): Ended {
  const env = { ...process.env, RELIGHT_STATE: join(work, 'state'), ...environment };
  try {
    const stdout = execFileSync('node', argv, { encoding: 'utf8', cwd: work, env, stdio: 'pipe' });
    return { status: 0, stdout, stderr: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as Ended;
    return { status, stdout, stderr };
  }
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
