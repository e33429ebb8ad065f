import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Scripts and templates are text, as in the bundle. */
const textFiles = {
  name: 'text-files',
  transform(code: string, id: string) {
    return /\.(sh|hbs|service)$/.test(id) ? `export default ${JSON.stringify(code)};` : undefined;
  },
};

/**
 * Two groups, one after the other: the real tools and virtual machines of test/real and the whole rebuilds of
 * test/rebuild take both cores for minutes, which the deadlines of `unit` must not feel. `npx vitest run --project unit` needs neither root nor those tools.
 */
export default defineConfig({
  plugins: [textFiles],
  define: { RELIGHT_VERSION: JSON.stringify(version) },
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**', 'test/rebuild/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts', 'test/rebuild/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
