import type { TreeAttribute } from '../../tools/debugfs.ts';
import { makeDirectory, writeFileAtomically } from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';

/** llistxattr(2) and lgetxattr(2) by their numbers on x86-64: perl-base has no module for them. */
const READER = [
  '$/ = "\\0"; while (my $path = <STDIN>) { chomp $path; my $names = "\\0" x 65536;',
  'my $n = syscall(195, $path, $names, 65536); next if $n <= 0;',
  'for my $name (sort split /\\0/, substr($names, 0, $n)) { my $value = "\\0" x 65536; my $key = "$name";',
  'my $m = syscall(192, $path, $key, $value, 65536); exit 3 if $m < 0;',
  'print unpack("H*", $path), " ", $name, " ", unpack("H*", substr($value, 0, $m)), "\\n"; } }',
].join(' ');

/** What the machine's own security modules put on files is no part of a root filesystem. */
const FOREIGN = /^security\.(?:selinux|ima|evm|apparmor)$|^trusted\./;

/** Reads the extended attributes of files (capabilities, mostly) into files below `directory`, for debugfs(8). */
export async function readAttributes(
  runner: Runner,
  root: string,
  paths: readonly string[],
  directory: string,
): Promise<TreeAttribute[]> {
  makeDirectory(directory, 0o700);
  const stdin = paths.map((path) => `${root}${path === '/' ? '' : path}\0`).join('');
  const result = requireSuccess(
    await runner.run({ argv: ['perl', '-e', READER], stdin, deadlineSeconds: 300 }),
  );
  const attributes: TreeAttribute[] = [];
  for (const line of result.stdout.split('\n')) {
    const [pathHex = '', name = '', valueHex = ''] = line.split(' ');
    if (name === '' || FOREIGN.test(name)) continue;
    const path = Buffer.from(pathHex, 'hex').toString('utf8').slice(root.length) || '/';
    const valueFile = `${directory}/${attributes.length}`;
    writeFileAtomically(valueFile, Buffer.from(valueHex, 'hex'), 0o600);
    attributes.push({ path, name, valueFile });
  }
  return attributes;
}
