// `npm test`: installs what the tests need, builds, and runs them all. Arguments go to vitest.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { listPackages } from './packages.mjs';
import {
  buildProgram,
  installModules,
  installPackages,
  isRoot,
  ROOT,
  readArchives,
  refuse,
  requireNode,
} from './prepare.mjs';

requireNode();
if (!isRoot()) {
  const reason = 'the tests with real tools make root filesystems, volumes and virtual machines';
  refuse(`npm test needs root: ${reason}`, 'sudo npm test   (without root: npx vitest run --project unit)');
}
installPackages(listPackages(['rebuild', 'qemu', 'test']), 'the tests');
readArchives();
installModules();
buildProgram();

const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: ROOT,
});
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
