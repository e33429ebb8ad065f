// Bundles the program into one executable file, dist/relight.mjs.
import { chmodSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const outfile = 'dist/relight.mjs';

/** zod brings its messages in fifty languages; relight has its own. Start-up pays for every byte that is parsed. */
const withoutZodLocales = {
  name: 'without-zod-locales',
  setup(builder) {
    builder.onResolve({ filter: /\/locales\/index\.js$/ }, ({ path }) => ({ path, namespace: 'no-locales' }));
    builder.onLoad({ filter: /.*/, namespace: 'no-locales' }, () => ({ contents: 'export {};' }));
  },
};

await build({
  entryPoints: ['src/cli.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  define: { RELIGHT_VERSION: JSON.stringify(version) },
  loader: { '.sh': 'text', '.hbs': 'text', '.service': 'text' },
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as relightRequire } from 'node:module';\nconst require = relightRequire(import.meta.url);",
  },
  plugins: [withoutZodLocales],
  legalComments: 'none',
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
