import { rmSync } from 'node:fs';
import { build } from 'esbuild';

/** Bundles a program of the tests into one file that plain node runs, in a process of its own. */
export async function bundleProgram(entry: string, outfile: string): Promise<void> {
  rmSync(outfile, { force: true });
  const require =
    "import { createRequire as make } from 'node:module'; const require = make(import.meta.url);";
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: require },
    loader: { '.sh': 'text', '.hbs': 'text', '.service': 'text' },
    define: { RELIGHT_VERSION: '"0.0.0"' },
    logLevel: 'error',
  });
}
