import { describe, expect, test } from 'vitest';
import { buildPopulateScript, findDebugfsErrors, type TreeEntry } from '../../../src/tools/debugfs.ts';
import { parseFreeBlocks } from '../../../src/tools/ext-image.ts';

const entry = (path: string, kind: TreeEntry['kind'], change: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  kind,
  mode: 0o100644,
  uid: 0,
  gid: 0,
  mtime: 7,
  links: 1,
  ...change,
});

describe('the script that fills a filesystem', () => {
  test('makes each thing once and sets a directory last', () => {
    const script = buildPopulateScript(
      [
        entry('/', { type: 'directory' }, { mode: 0o40755 }),
        entry('/a "b"', { type: 'file', source: '/x/a', size: 3 }, { uid: 5, links: 2 }),
        entry('/c', { type: 'hard-link', target: '/a "b"' }),
        entry('/d', { type: 'device', letter: 'c', major: 1, minor: 3 }, { mode: 0o20666 }),
      ],
      [{ path: '/c', name: 'security.capability', valueFile: '/w/0' }],
    );
    expect(script.trimEnd().split('\n')).toEqual([
      'write "/x/a" "/a ""b"""',
      'set_inode_field "/a ""b""" uid 5',
      'set_inode_field "/a ""b""" mtime @7',
      'set_inode_field "/a ""b""" links_count 2',
      'expand_dir "/"',
      'ln "/a ""b""" "/c"',
      'cd "/"',
      'mknod "d" c 1 3',
      'cd /',
      'set_inode_field "/d" mode 020666',
      'set_inode_field "/d" mtime @7',
      'ea_set -f "/w/0" "/c" "security.capability"',
      'set_inode_field "/" mode 040755',
      'set_inode_field "/" mtime @7',
    ]);
  });

  test.each(['/a\nrm b', '/a\u0000', '/bad\ufffd'])('refuses the name %j', (path) => {
    expect(() => buildPopulateScript([entry(path, { type: 'fifo' })], [])).toThrow(/cannot be written/);
  });

  test('refuses a line that debugfs would cut', () => {
    const long = entry('/l', { type: 'symlink', target: 'x'.repeat(9000) });
    expect(() => buildPopulateScript([long], [])).toThrow(/too long/);
  });
});

test('the banner of debugfs is no error, all else is', () => {
  expect(findDebugfsErrors('debugfs 1.47.0 (5-Feb-2023)\n')).toEqual([]);
  expect(findDebugfsErrors('debugfs 1.47.0\n/x: File not found by ext2_lookup \n')).toHaveLength(1);
});

test('free blocks are read from the groups of dumpe2fs', () => {
  const output =
    'Free blocks:              9\n\nGroup 0: (Blocks 0-9)\n  Free blocks: 4-6, 8\n  Free inodes: 1-2\n  Free blocks: \n';
  expect(parseFreeBlocks(output)).toEqual([
    [4, 3],
    [8, 1],
  ]);
});
