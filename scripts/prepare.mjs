// What start.mjs, test.mjs and .ci/run do first: Node, npm packages, Debian packages, the bundle. Nothing is done twice.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findMissingPackages } from './packages.mjs';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
export const PROGRAM = join(ROOT, 'dist/relight.mjs');

/** Exit status 4 of docs/exit-status.md: this machine is not ready. */
export const NOT_READY = 4;
const OLDEST_NODE = 20;

/** Ends the process with a message that says what is missing and what mends it. */
export function refuse(message, hint) {
  process.stderr.write(`error: ${message}\n  hint: ${hint}\n`);
  process.exit(NOT_READY);
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs a program that must succeed; its output goes to standard error, so that standard output stays the command's. */
export function runOrRefuse(argv, hint, environment = {}) {
  const [program, ...args] = argv;
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...environment },
  });
  if (status !== 0)
    refuse(`'${argv.join(' ')}' failed${error === undefined ? '' : `: ${error.message}`}`, hint);
}

export function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_NODE) return;
  refuse(
    `relight needs Node ${OLDEST_NODE} or newer, this is ${process.version}`,
    'apt-get install nodejs (Debian 13)',
  );
}

/** Runs `npm ci` when node_modules lacks a package of the lock file or has another version of it. */
export function installModules() {
  if (areModulesFresh()) return;
  say('Installing npm packages (npm ci) ...');
  runOrRefuse(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], 'see what npm says above');
}

function areModulesFresh() {
  const installed = readPackages('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  const wanted = Object.entries(readPackages('package-lock.json') ?? {});
  // Optional ones are for other systems; npm leaves them out.
  return wanted.every(
    ([path, { version, optional }]) =>
      path === '' || optional === true || installed[path]?.version === version,
  );
}

function readPackages(path) {
  if (!existsSync(join(ROOT, path))) return undefined;
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;
}

/** Bundles dist/relight.mjs when anything that goes into it is newer than it is. */
export function buildProgram() {
  const built = existsSync(PROGRAM) ? statSync(PROGRAM).mtimeMs : 0;
  const inputs = ['src', 'preseed', 'iso-overlays', 'fai', 'package.json', 'package-lock.json', 'build.mjs'];
  if (inputs.every((input) => findNewest(join(ROOT, input)) < built)) return;
  say('Building dist/relight.mjs ...');
  runOrRefuse([process.execPath, 'build.mjs'], 'the sources do not build');
}

function findNewest(path) {
  if (!existsSync(path)) return 0;
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  const below = readdirSync(path).map((name) => findNewest(join(path, name)));
  return Math.max(status.mtimeMs, ...below);
}

export function isRoot() {
  return process.getuid?.() === 0;
}

/** Installs the missing ones of the packages as root; names them and ends with status 4 for anybody else. */
export function installPackages(names, reason) {
  const missing = findMissingPackages(names);
  if (missing.length === 0) return;
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  if (!isRoot()) {
    refuse(
      `${reason} needs Debian packages: ${missing.join(', ')}`,
      `sudo apt-get install ${missing.join(' ')}`,
    );
  }
  say(`Installing Debian packages: ${missing.join(', ')} ...`);
  readArchives();
  runOrRefuse([...install, ...missing], 'see what apt-get says above', { DEBIAN_FRONTEND: 'noninteractive' });
}

/** Reads the archives' indexes when this machine has none: apt, and `mirror: host`, need them. */
export function readArchives() {
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(FILENAME)'], { encoding: 'utf8' });
  if ((stdout ?? '').split('\n').some((path) => path.includes('_Packages') && existsSync(path))) return;
  if (!isRoot()) return;
  say('Reading the archives (apt-get update) ...');
  runOrRefuse(['apt-get', 'update', '-o', 'DPkg::Lock::Timeout=300'], 'is the Debian archive reachable?');
}
