// Installs the Debian packages of the jobs named: node scripts/install-packages.mjs rebuild qemu test
import { listPackages, PACKAGES } from './packages.mjs';
import { installPackages, readArchives, refuse, requireNode } from './prepare.mjs';

requireNode();
const jobs = process.argv.slice(2);
const unknown = jobs.filter((job) => PACKAGES[job] === undefined);
if (unknown.length > 0)
  refuse(`unknown job ${unknown.join(', ')}`, `one of ${Object.keys(PACKAGES).join(', ')}`);
installPackages(listPackages(jobs), 'the job');
readArchives();
