import { expect, test } from 'vitest';
import { buildGrowArgv, buildRewriteArgv, parseXorrisoProgress } from '../../../src/tools/xorriso.ts';

test.each([
  ['xorriso : UPDATE : Writing:      20480s    6.0%   fifo 100%  buf  50%', 6],
  ['xorriso : UPDATE : Writing:     311296s   91.0%   fifo 100%  buf  50%  443.1xD ', 91],
  ['xorriso : UPDATE :     107 nodes read in 1 seconds', undefined],
  ['Writing: 1s 50.0%', undefined],
])('reads progress from %j', (line, percent) => {
  expect(parseXorrisoProgress(line)).toBe(percent);
});

test('a rewrite makes the boot records again, growing keeps them', () => {
  const rewrite = buildRewriteArgv({ input: '/i', output: '/o', stage: '/s', hasJoliet: true }).join(' ');
  expect(rewrite).toContain('-indev /i -outdev /o -compliance allow_dir_id_ext');
  expect(rewrite).toContain('-joliet on -boot_image any replay');
  const grow = buildGrowArgv({ output: '/o', stage: '/s', hasJoliet: false }).join(' ');
  expect(grow).toContain('-boot_image any keep -dev /o -padding 0 -joliet off');
  expect(grow).not.toContain('-indev');
});
