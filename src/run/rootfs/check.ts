import { createHash } from 'node:crypto';
import type { Expectation } from '../../plan/types.ts';
import { buildPlainChrootArgv } from '../../tools/chroot.ts';
import { listDirectory } from '../directory.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import { readInside, readLinkInside, resolveInside, statInside } from './inside.ts';

/** A row of the end-state table. */
export interface CheckedExpectation {
  readonly id: string;
  readonly what: string;
  readonly ok: boolean;
  /** What was found instead. */
  readonly found: string;
}

type Test = Expectation['test'];
type Verdict = string | undefined;

/** Compares a root filesystem with what the spec says. All rows are looked at; nothing is changed. */
export async function checkRootfs(
  runner: Runner,
  root: string,
  expectations: readonly Expectation[],
): Promise<CheckedExpectation[]> {
  const packages = readPackages(root);
  const initrd = expectations.some((each) => each.test.kind === 'initrd-module')
    ? await listInitrd(runner, root)
    : '';
  return expectations.map(({ id, what, test }) => {
    const problem = judge(root, test, packages, initrd);
    return { id, what, ok: problem === undefined, found: problem ?? '' };
  });
}

/** Undefined when the test holds, else what was found. */
function judge(root: string, test: Test, packages: ReadonlySet<string>, initrd: string): Verdict {
  switch (test.kind) {
    case 'package':
      return packages.has(test.name) ? undefined : 'not installed';
    case 'exists':
      return statInside(root, test.path, false) === undefined ? 'missing' : undefined;
    case 'absent':
      return statInside(root, test.path, false) === undefined ? undefined : 'present';
    case 'link':
      return judgeLink(root, test);
    case 'file':
      return judgeFile(root, test.path, test.mode, (bytes) => bytes.toString('utf8') === test.content);
    case 'hash':
      return judgeFile(root, test.path, test.mode, (bytes) => hash(bytes) === test.sha256);
    case 'line':
      return judgeFile(root, test.path, undefined, (bytes) =>
        bytes.toString('utf8').split('\n').includes(test.line),
      );
    case 'user':
      return judgeUser(root, test);
    case 'locked':
      return /^[*!]/.test(findRecord(root, '/etc/shadow', test.name)?.[1] ?? '*')
        ? undefined
        : 'has a password';
    case 'suite':
      return judgeSuite(root, test.suite);
    case 'kernel':
      return listKernels(root).length > 0 ? undefined : 'no kernel with its initrd in /boot';
    case 'initrd-module':
      return new RegExp(`/${test.module.replace(/[-_]/g, '[-_]')}\\.ko`).test(initrd)
        ? undefined
        : 'not in the initrd';
  }
}

function judgeFile(
  root: string,
  path: string,
  mode: number | undefined,
  isRight: (bytes: Buffer) => boolean,
): Verdict {
  const bytes = readInside(root, path);
  if (bytes === undefined) return 'missing';
  if (!isRight(bytes)) return 'other content';
  const found = (statInside(root, path)?.mode ?? 0) & 0o7777;
  return mode === undefined || found === mode ? undefined : `mode ${found.toString(8).padStart(4, '0')}`;
}

function judgeLink(root: string, test: { path: string; target: string }): Verdict {
  const target = readLinkInside(root, test.path);
  if (target === undefined) return 'no symbolic link';
  return target === test.target ? undefined : `-> ${target}`;
}

function judgeUser(root: string, test: { name: string; shell: string; groups: readonly string[] }): Verdict {
  const record = findRecord(root, '/etc/passwd', test.name);
  if (record === undefined) return 'no such user';
  if (record[6] !== test.shell) return `shell ${record[6]}`;
  const missing = test.groups.filter(
    (group) => !(findRecord(root, '/etc/group', group)?.[3] ?? '').split(',').includes(test.name),
  );
  return missing.length === 0 ? undefined : `not in group ${missing.join(', ')}`;
}

/** VERSION_CODENAME of os-release(5); sid calls itself by the name of the next release, so only stable ones compare. */
function judgeSuite(root: string, suite: string): Verdict {
  const text = readInside(root, '/etc/os-release')?.toString('utf8') ?? '';
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(text)?.[1] ?? '';
  if (suite === 'sid' || suite === 'unstable' || suite === 'testing')
    return text === '' ? 'no os-release' : undefined;
  return codename === suite ? undefined : `suite ${codename === '' ? 'unknown' : codename}`;
}

function findRecord(root: string, path: string, name: string): string[] | undefined {
  const text = readInside(root, path)?.toString('utf8') ?? '';
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[0] === name);
}

/** Names of the packages that dpkg has installed and configured, virtual ones that they provide too. */
function readPackages(root: string): Set<string> {
  const names = new Set<string>();
  const text = readInside(root, '/var/lib/dpkg/status')?.toString('utf8') ?? '';
  for (const stanza of text.split('\n\n')) {
    if (!/^Status: install ok installed$/m.test(stanza)) continue;
    const name = /^Package: (.*)$/m.exec(stanza)?.[1];
    if (name !== undefined) names.add(name);
    for (const provided of (/^Provides: (.*)$/m.exec(stanza)?.[1] ?? '').split(',')) {
      names.add(provided.replace(/\(.*/, '').trim());
    }
  }
  return names;
}

/** Kernels in /boot that have their initrd, the newest last: numbers in a version count as numbers, 107 is after 94. */
export function listKernels(root: string): { version: string; kernel: string; initrd: string }[] {
  const boot = resolveInside(root, '/boot');
  const names = boot === undefined ? [] : listDirectory(boot);
  return names
    .filter((name) => name.startsWith('vmlinuz-'))
    .map((name) => name.slice('vmlinuz-'.length))
    .filter((version) => names.includes(`initrd.img-${version}`))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((version) => ({
      version,
      kernel: `/boot/vmlinuz-${version}`,
      initrd: `/boot/initrd.img-${version}`,
    }));
}

async function listInitrd(runner: Runner, root: string): Promise<string> {
  const [newest] = listKernels(root).reverse();
  if (newest === undefined) return '';
  const argv = buildPlainChrootArgv(root, ['lsinitramfs', newest.initrd]);
  return requireSuccess(await runner.run({ argv, deadlineSeconds: 120 })).stdout;
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
