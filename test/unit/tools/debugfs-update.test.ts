import { describe, expect, test } from 'vitest';
import type { TreeEntry } from '../../../src/tools/debugfs.ts';
import { buildUpdateScript } from '../../../src/tools/debugfs-update.ts';

const entry = (path: string, kind: TreeEntry['kind'], more: Partial<TreeEntry> = {}): TreeEntry => ({
  ...{ path, kind, mode: 0o100644, uid: 0, gid: 0, mtime: 1000, links: 1 },
  ...more,
});
const file = (path: string, more: Partial<TreeEntry> = {}, size = 3) =>
  entry(path, { type: 'file', source: `/root${path}`, size }, more);
const directory = (path: string, mtime = 1000) =>
  entry(path, { type: 'directory' }, { mode: 0o40755, mtime });
const link = (path: string, target: string) => entry(path, { type: 'hard-link', target });
const top = [directory('/'), directory('/etc')];

function update(before: TreeEntry[], after: TreeEntry[], touched: string[] = []): string[] {
  const script = buildUpdateScript({ before, after, attributes: [], touched: new Set(touched) });
  return script
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('set_inode_field'));
}

describe('the commands that turn one tree into another', () => {
  test('are none for equal trees', () => {
    const script = { before: top, after: top, attributes: [], touched: new Set<string>() };
    expect(buildUpdateScript(script).trim()).toBe('');
  });

  test('write a file anew whose content may have changed, and leave the others', () => {
    const tree = [...top, file('/etc/a'), file('/etc/b')];
    expect(update(tree, tree, ['/etc/a'])).toEqual(['rm "/etc/a"', 'write "/root/etc/a" "/etc/a"']);
  });

  test('remove children before their directory', () => {
    const before = [...top, directory('/etc/d'), file('/etc/d/x')];
    expect(update(before, top)).toEqual(['rm "/etc/d/x"', 'rmdir "/etc/d"']);
  });

  test('make a directory of what was a file, and the other way round', () => {
    const asFile = [...top, file('/etc/d')];
    const asDirectory = [...top, directory('/etc/d'), file('/etc/d/x')];
    expect(update(asFile, asDirectory)).toEqual([
      'rm "/etc/d"',
      'mkdir "/etc/d"',
      'write "/root/etc/d/x" "/etc/d/x"',
    ]);
    expect(update(asDirectory, asFile)).toEqual([
      'rm "/etc/d/x"',
      'rmdir "/etc/d"',
      'write "/root/etc/d" "/etc/d"',
    ]);
  });

  test('link the other names of a file that is written anew to the new one', () => {
    const tree = [...top, file('/etc/a', { links: 2 }), link('/etc/b', '/etc/a')];
    const commands = update(tree, tree, ['/etc/a']);
    expect(commands.slice(0, 3)).toEqual(['rm "/etc/b"', 'rm "/etc/a"', 'write "/root/etc/a" "/etc/a"']);
    expect(commands.at(-1)).toBe('ln "/etc/a" "/etc/b"');
  });

  test('give a directory its own time again when something in it was changed', () => {
    const script = buildUpdateScript({
      before: [...top, file('/etc/a')],
      after: top,
      attributes: [],
      touched: new Set(),
    });
    expect(script).toMatch(/rm "\/etc\/a"\n[\s\S]*set_inode_field "\/etc" mtime @1000/);
  });
});
