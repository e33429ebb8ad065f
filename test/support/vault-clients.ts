import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { parseUdebs, planComponents } from '../../src/host/udebs.ts';
import { readInstaller } from '../../src/run/netboot/read-netboot.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { whileServing } from '../../src/run/vault/serve.ts';
import { findServingPort } from '../../src/run/vault/server.ts';
import { openVault } from '../../src/run/vault/vault.ts';

/**
 * Serves a guest's stored archive on 127.0.0.1 and has debootstrap, gpgv and apt take an installation's files from it, as the
 * Debian installer does. For a network namespace with nothing but lo: `node PROGRAM VAULT GUEST KEYRING DIRECTORY`.
 * Prints what was done as JSON.
 */
const [directory = '', guest = '', keyring = '', work = ''] = process.argv.slice(2);
const runner = createRunner({ environment: process.env });
const vault = openVault(directory);
const stored = vault.readManifest(guest)?.installer;
if (stored === undefined || stored.medium.kind !== 'netboot') throw new Error('no installer is stored');
const { suite, wanted, medium } = stored;
const port = await findServingPort('127.0.0.1');
const url = `http://127.0.0.1:${port}/debian`;
const refused: string[] = [];

/** The server answers from this process: nothing may block it. */
async function run(...argv: string[]): Promise<void> {
  const result = await runner.run({ argv, deadlineSeconds: 1200 });
  if (result.failed)
    throw new Error(
      `${argv.join(' ').slice(0, 300)}\n${result.stdout.slice(-2000)}\n${result.stderr.slice(-2000)}`,
    );
}

const download = (...files: (readonly [path: string, target: string, sha256?: string])[]) =>
  run(
    ...['/usr/lib/apt/apt-helper', '-o', 'Acquire::http::Proxy=DIRECT', '-o', 'APT::Sandbox::User=root'],
    'download-file',
    ...files.flatMap(([path, target, sha256]) => [
      `${url}/${path.replaceAll('+', '%2b').replaceAll('~', '%7e')}`,
      target,
      sha256 === undefined ? '' : `SHA256:${sha256}`,
    ]),
  );

/** As choose-mirror and net-retriever do: Release of the architecture, Release, its signature, the index, the components. */
async function fetchComponents(): Promise<number> {
  const at = `${work}/udebs`;
  mkdirSync(at, { recursive: true });
  for (const name of ['Release', 'Release.gpg']) await download([`dists/${suite}/${name}`, `${at}/${name}`]);
  await run('gpgv', '--keyring', keyring, `${at}/Release.gpg`, `${at}/Release`);
  await download([`dists/${suite}/main/binary-amd64/Release`, `${at}/architecture`]);
  const path = 'main/debian-installer/binary-amd64/Packages.xz';
  const release = readFileSync(`${at}/Release`, 'utf8');
  const sha256 = new RegExp(`^ ([0-9a-f]{64}) +\\d+ ${path}$`, 'm').exec(release)?.[1] ?? '';
  await download([`dists/${suite}/${path}`, `${at}/Packages.xz`, sha256]);
  const text = spawnSync('xzcat', [`${at}/Packages.xz`], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  }).stdout;
  const { kernel, initrd } = medium as { kernel: string; initrd: string };
  const netboot = readInstaller(vault.objects.path(kernel), vault.objects.path(initrd), directory);
  const there = new Map(stored?.files.map((file) => [file.path, file.sha256]));
  const { wanted: components } = planComponents(parseUdebs(text), netboot.installed, netboot.kernelVersion);
  // What the mirror lacked was put into the initrd.
  const fetched = components.filter(
    ({ filename }) => medium.kind === 'netboot' && (there.has(filename) || medium.completion === undefined),
  );
  await download(
    ...fetched.map(
      ({ filename, name }) => [filename, `${at}/${name}.udeb`, there.get(filename) ?? '-'] as const,
    ),
  );
  return fetched.length;
}

/** apt of the installed system, with the list of sources that apt-setup writes. */
async function fetchPackages(): Promise<void> {
  const root = `${work}/apt`;
  const options = [
    ...[
      `Dir=${root}`,
      `Dir::State::status=${root}/status`,
      'Acquire::http::Proxy=DIRECT',
      'APT::Sandbox::User=root',
    ],
    ...['APT::Architecture=amd64', 'APT::Install-Recommends=false', 'APT::Update::Error-Mode=any'],
  ].flatMap((option) => ['-o', option]);
  for (const name of ['etc/apt', 'var/lib/apt/lists/partial', 'var/cache/apt/archives/partial'])
    mkdirSync(`${root}/${name}`, { recursive: true });
  const line = `deb [signed-by=${keyring}] ${url} ${suite} main non-free-firmware`;
  await run('sh', '-c', `echo '${line}' > ${root}/etc/apt/sources.list; : > ${root}/status`);
  await run('apt-get', ...options, 'update');
  const patterns = ['?essential', '?priority(required)', '?priority(important)', 'linux-image-amd64'];
  await run('apt-get', ...options, '--yes', '--download-only', 'install', ...patterns, ...wanted);
}

const served = { url, address: '127.0.0.1', port, vault: directory, filled: stored.filled };
const components = await whileServing(
  served,
  guest,
  (text) => refused.push(text),
  async () => {
    const count = await fetchComponents();
    await run(
      ...['debootstrap', '--download-only', '--arch=amd64', '--components=main,non-free-firmware'],
      ...[`--keyring=${keyring}`, '--force-check-gpg', suite, `${work}/root`, url],
    );
    await fetchPackages();
    return count;
  },
);
const links = Object.keys(networkInterfaces());
process.stdout.write(`${JSON.stringify({ components, refused, links })}\n`);
