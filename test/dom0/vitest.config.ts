import { defineConfig } from 'vitest/config';

/** A fresh Debian machine that becomes a dom0: `npm run test:dom0`, never part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/dom0/*.dom0.ts'],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 1_800_000,
    passWithNoTests: false,
    bail: 1,
    reporters: ['verbose'],
  },
});
