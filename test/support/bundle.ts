import { resolve } from 'node:path';
import { type BuildOptions, build, buildSync } from 'esbuild';

const OPTIONS = {
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
} as const satisfies BuildOptions;

/** Bundles the text of a TypeScript program that imports from src (`@src/run/lock.ts`) into one file that Node runs. */
export function bundleProgram(source: string, outfile: string): void {
  const contents = source.replaceAll('@src/', `${resolve('src')}/`);
  buildSync({ ...OPTIONS, stdin: { contents, resolveDir: process.cwd(), loader: 'ts' }, outfile });
}

/** Bundles a TypeScript file into one file that plain node runs, in a process of its own. */
export async function bundleFile(entry: string, outfile: string): Promise<void> {
  await build({ ...OPTIONS, entryPoints: [entry], outfile });
}
