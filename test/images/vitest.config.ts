import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** The whole path of a standard image, by a registry to another machine: `npm run test:images`, never part of `npm test`. */
export default defineConfig({
  plugins: base.plugins ?? [],
  define: base.define ?? {},
  test: {
    include: ['test/images/**/*.images.ts'],
    fileParallelism: false,
    testTimeout: 3600_000,
    hookTimeout: 300_000,
  },
});
