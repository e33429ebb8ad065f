// A shell in the lab's dom0: bundles test/xen/lab/shell.ts and runs it. docs/lab.md says what is there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'relight-lab-'));
const outfile = join(folder, 'shell.mjs');
try {
  await build({
    absWorkingDir: root.pathname,
    entryPoints: ['test/xen/lab/shell.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    define: { 'import.meta.url': JSON.stringify(new URL('test/xen/lab/shell.ts', root).href) },
    logLevel: 'warning',
  });
  const { runShell } = await import(pathToFileURL(outfile).href);
  process.exitCode = await runShell(process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
