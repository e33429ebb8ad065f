import { defineConfig } from 'vitest/config';

/** The scenarios, or with RELIGHT_LAB_TABLE the boot table, which takes most of an hour. */
const file = process.env.RELIGHT_LAB_TABLE === undefined ? 'scenarios' : 'boot-table';

/** The lab's own run: one machine at a time, long deadlines, never part of the unit tests. */
export default defineConfig({
  test: {
    include: [`test/xen/${file}.xen.ts`],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 1_800_000,
    passWithNoTests: false,
    bail: 0,
    reporters: ['verbose'],
  },
});
