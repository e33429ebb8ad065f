// Bundles the program into one executable file, dist/relight.mjs.
import { chmodSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const outfile = 'dist/relight.mjs';
await build({
  entryPoints: ['src/cli.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minifySyntax: true,
  define: { RELIGHT_VERSION: JSON.stringify(version) },
  loader: { '.sh': 'text', '.hbs': 'text', '.service': 'text' },
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as relightRequire } from 'node:module';\nconst require = relightRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
