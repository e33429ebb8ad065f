import { buildPlainChrootArgv } from '../../tools/chroot.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import type { SecretStore } from '../secrets.ts';

/** What crypt(5) writes for yescrypt, bcrypt, SHA-512 and SHA-256. */
const HASH = /^\$(y|gy|7|2[aby]|6|5)\$[./A-Za-z0-9$=,]+$/;

/** Hashes a password by yescrypt; password in and hash out go over pipes (perl-base, libcrypt). */
const HASHER = [
  'local $/; my $clear = <STDIN>; my @set = ("a".."z", "A".."Z", 0..9, ".", "/");',
  'open(my $random, "<", "/dev/urandom") or exit 1; read($random, my $bytes, 16) == 16 or exit 1;',
  'my $salt = join("", map { $set[ord($_) % 64] } split(//, substr($bytes, 0, 16)));',
  'my $hash = crypt($clear, "\\$y\\$j9T\\$$salt"); defined $hash && $hash =~ /^\\$y\\$/ or exit 2; print $hash;',
].join(' ');

/**
 * Sets a user's password inside a root filesystem. The secret is a hash, or clear text that is hashed first; neither
 * reaches an argument list or a log.
 */
export async function setPassword(
  runner: Runner,
  root: string,
  user: string,
  secret: string,
  secrets: SecretStore,
): Promise<void> {
  const value = secrets.get(secret);
  const hash = HASH.test(value) ? value : await hashPassword(runner, value);
  secrets.add(`hash of ${secret}`, hash);
  const argv = buildPlainChrootArgv(root, ['chpasswd', '--encrypted']);
  requireSuccess(await runner.run({ argv, stdin: `${user}:${hash}\n`, deadlineSeconds: 60 }));
}

async function hashPassword(runner: Runner, clear: string): Promise<string> {
  const request = { argv: ['perl', '-e', HASHER], stdin: clear, deadlineSeconds: 60, secretOutput: true };
  return requireSuccess(await runner.run(request)).stdout;
}
