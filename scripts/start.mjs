// `npm start`: makes relight ready, then rebuilds the example guest; with arguments it is the command line.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDom0, listPackages } from './packages.mjs';
import {
  buildProgram,
  installModules,
  installPackages,
  isRoot,
  PROGRAM,
  ROOT,
  readArchives,
  refuse,
  requireNode,
  say,
} from './prepare.mjs';

const EXAMPLE = join(ROOT, 'examples/site');
const MAIN_JOB = ['rebuild', 'hello', '--site', EXAMPLE, '--stop', '--yes'];

const EXPLANATION = `relight rebuilds the example guest 'hello', a web server, from examples/site/domus/hello.yaml:
  its root filesystem is made with mmdebstrap from the archives of this machine's own apt, checked against the spec,
  booted once as a trial without network, and only then put in place, started, and asked for its page over HTTP.
  HYPERVISOR
  A guest 'hello' that is there already is rebuilt: its old root is kept, its disk 'srv' is not touched.
  State, logs and disks are kept below STATE; nothing else of this machine is changed.
`;

requireNode();
const given = process.argv.slice(2);
if (given.length === 0) prepareMainJob();
installModules();
buildProgram();
process.exitCode = await runProgram(given.length === 0 ? MAIN_JOB : given);

function prepareMainJob() {
  if (!isRoot()) {
    const reason =
      'it unpacks Debian packages with their owners, works inside a chroot, and keeps its state in /var/lib/relight';
    refuse(`the rebuild needs root: ${reason}`, 'sudo npm start   (npm start -- check needs no root)');
  }
  const hypervisor = isDom0() ? 'xl' : 'qemu';
  installPackages(listPackages(['rebuild', hypervisor]), 'the rebuild');
  readArchives();
  const how =
    hypervisor === 'xl'
      ? 'This machine is a Xen dom0: the guest becomes a domU.'
      : 'This machine is no Xen dom0: QEMU runs the guest, with KVM where that works.';
  const state = process.env.RELIGHT_STATE ?? '/var/lib/relight';
  say(EXPLANATION.replace('HYPERVISOR', how).replace('STATE', state));
}

/** Runs the bundle where the user stands, and hands its exit status on. Ctrl-C reaches it by itself. */
function runProgram(args) {
  const directory = process.env.INIT_CWD ?? process.cwd();
  const environment = { ...process.env };
  if (given.length > 0 && !hasSite(directory, args)) {
    say('No site here and none in /etc/relight: taking the example, examples/site.');
    environment.RELIGHT_SITE = EXAMPLE;
  }
  return new Promise((resolve) => {
    process.on('SIGINT', () => {});
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: 'inherit',
      cwd: directory,
      env: environment,
    });
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Whether a site is named or found; some commands need none. */
function hasSite(directory, args) {
  if (args[0] === 'lint' || (args[0] === 'iso' && args[1] !== 'build')) return true;
  if (args.some((argument) => /^--(site|help|version)\b|^-[hV]$/.test(argument)) || process.env.RELIGHT_SITE)
    return true;
  return [directory, '/etc/relight'].some((place) => existsSync(join(place, 'site.yaml')));
}
