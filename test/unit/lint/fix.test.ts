import { expect, test } from 'vitest';
import { fixPreseed } from '../../../src/lint/fix.ts';
import { lintPreseed } from '../../../src/lint/lint-preseed.ts';
import { maskPreseed } from '../../../src/lint/mask-secrets.ts';

test.each([
  ['byte order mark', '\ufeff#_preseed_V1\n', '#_preseed_V1\n'],
  ['line ends', 'd-i netcfg/enable boolean true\r\n# x\r\n', 'd-i netcfg/enable boolean true\n# x\n'],
  ['several returns', 'd-i netcfg/enable boolean true\r\r\n', 'd-i netcfg/enable boolean true\n'],
  ['indented comment', '  # a b c\n\t#x\n', '# a b c\n#x\n'],
  [
    'blank after a backslash',
    'd-i pkgsel/include string a \\ \n  b2\n',
    'd-i pkgsel/include string a \\\n  b2\n',
  ],
  ['boolean', 'd-i netcfg/enable boolean Yes\n', 'd-i netcfg/enable boolean true\n'],
  ['type', 'd-i netcfg/enable string true\n', 'd-i netcfg/enable boolean true\n'],
  [
    'type on a continued line',
    'd-i netcfg/enable \\\n  bool \\\n  FALSE\n',
    'd-i netcfg/enable \\\n  boolean \\\n  false\n',
  ],
])('%s is mended, and only that', (_, before, after) => {
  const fixed = fixPreseed(before);
  expect(fixed.text).toBe(after);
  expect(fixed.count).toBeGreaterThan(0);
  expect(fixPreseed(fixed.text)).toEqual({ text: after, count: 0 });
});

test.each([
  ['a comment inside a continued line', 'd-i pkgsel/include string a \\\n  # b\n'],
  ['a backslash before another answer', 'd-i pkgsel/include string a \\ \nd-i netcfg/enable boolean true\n'],
  ['a misspelled question', 'd-i netcfg/enabel boolean true\n'],
  ['a boolean of no meaning', 'd-i netcfg/enable boolean maybe\n'],
  ["the guide's own way to write a select", 'd-i time/zone string Etc/UTC\n'],
  ['a file without a last line feed', 'd-i netcfg/enable boolean true'],
])('%s is left alone', (_, text) => {
  expect(fixPreseed(text)).toEqual({ text, count: 0 });
});

test('excerpts hide passwords, hashes and credentials, and keep every column', () => {
  const text = [
    'd-i passwd/root-password password secret',
    'd-i passwd/user-password-crypted password $y$j9T$abcdefgh$ABCDEFGHIJKLMNOP',
    'd-i mirror/http/proxy string http://me:secret@proxy.example.org:3142/',
    "d-i preseed/late_command string echo 'root:$6$salt1234$abcdefghijklmnop' | chpasswd -e",
    'd-i network-console/password password one \\',
    '  secret',
  ].join('\n');
  const masked = maskPreseed(lintPreseed('x', text).context);
  expect(masked).not.toMatch(/secret|ABCDEFGH|salt1234/);
  expect(
    masked
      .split('\n')
      .slice(0, 5)
      .map((line) => line.length),
  ).toEqual(
    text
      .split('\n')
      .slice(0, 5)
      .map((line) => line.length),
  );
});
