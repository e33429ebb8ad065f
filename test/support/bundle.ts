import { resolve } from 'node:path';
import { buildSync } from 'esbuild';

/** Bundles a TypeScript program that imports from src (`@src/run/lock.ts`) into one file that Node runs. */
export function bundleProgram(source: string, outfile: string): void {
  buildSync({
    stdin: {
      contents: source.replaceAll('@src/', `${resolve('src')}/`),
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    define: { RELIGHT_VERSION: '"0.0.0-test"' },
    loader: { '.sh': 'text', '.hbs': 'text', '.service': 'text' },
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}
