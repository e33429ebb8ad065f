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

export default defineConfig({
  plugins: [textFiles],
  define: { RELIGHT_VERSION: JSON.stringify(version) },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    passWithNoTests: false,
  },
});
