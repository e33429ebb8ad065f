import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** Whole installations by the Debian installer, most of an hour each: `npm run test:installer`, never part of `npm test`. */
export default defineConfig({
  plugins: base.plugins ?? [],
  define: base.define ?? {},
  test: {
    include: ['test/installer/**/*.installer.ts'],
    fileParallelism: false,
    testTimeout: 3 * 3600_000,
    hookTimeout: 1800_000,
  },
});
