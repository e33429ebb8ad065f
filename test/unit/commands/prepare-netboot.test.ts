import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type NetbootOptions, prepareNetboot } from '../../../src/commands/prepare-netboot.ts';
import type { HostFacts } from '../../../src/host/facts.ts';
import { withParents, writeCpio } from '../../../src/render/cpio.ts';
import type { Runner } from '../../../src/run/runner.ts';
import type { HostSpec, Site } from '../../../src/spec/types.ts';
import { makePreseedRequest } from '../../support/preseed-guests.ts';

/** A directory with an installer of kernel 6.12, and a mirror that has components for 6.11 only. */
const INDEX = [
  'Package: netcfg\nVersion: 1\nPriority: standard\nFilename: pool/netcfg.udeb\n',
  'Package: ext4-modules-6.11-di\nVersion: 1\nPriority: standard\nKernel-Version: 6.11\nProvides: ext4-modules\nFilename: pool/x.udeb\n',
  'Package: partman-ext3\nVersion: 1\nPriority: standard\nDepends: ext4-modules\nFilename: pool/partman.udeb\n',
].join('\n');
const PACKAGES = 'dists/trixie/main/debian-installer/binary-amd64/Packages';
const GZ = gzipSync(INDEX);
const XZ = Buffer.from('stands for the same in xz');
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let directory = '';
let server: Server;
let mirror = '';
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-netboot-'));
  const file = (path: string, text: string) => ({ path, mode: 0o100644, content: Buffer.from(text) });
  const status = 'Package: anna\nStatus: install ok installed\nVersion: 1\n';
  const entries = [file('lib/modules/6.12/modules.dep', ''), file('var/lib/dpkg/status', status)];
  writeFileSync(join(directory, 'linux'), 'a kernel');
  writeFileSync(join(directory, 'initrd.gz'), gzipSync(writeCpio(withParents(entries))));
  const files: Record<string, string | Buffer> = {
    'dists/trixie/Release': `Codename: trixie\nSHA256:\n ${hash(XZ)} 1 x\n ${hash(GZ)} 1 x\n`,
    [`${PACKAGES}.xz`]: XZ,
    [`${PACKAGES}.gz`]: GZ,
    'pool/netcfg.udeb': 'x',
    'pool/partman.udeb': 'x',
  };
  server = createServer((request, response) => {
    const body = files[(request.url ?? '').replace('/debian/', '')];
    response.writeHead(body === undefined ? 404 : 200);
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

/** What runs instead of apt says that it was asked. */
const runner = { run: () => Promise.reject(new Error('apt was asked')) } as unknown as Runner;

function prepare(options: NetbootOptions, host: Partial<HostSpec> = {}) {
  const { guest } = makePreseedRequest('minimal', 'trixie', { mirror: { kind: 'url', url: mirror } });
  const site = {
    ...{ name: 'site', directory: '/site', networks: new Map(), guests: new Map(), images: new Map() },
    host: { cache: { kind: 'off' }, netboot: {}, completeInitrd: false, ...host },
  } as unknown as Site;
  const facts = { paths: { state: directory }, keyring: '/keys', mirrors: undefined } as unknown as HostFacts;
  return prepareNetboot({ site, guest, facts }, options, runner, () => {});
}

test('a mirror without components for this kernel is refused before anything starts, with both ways out', async () => {
  await expect(prepare({ netboot: directory })).rejects.toMatchObject({
    ...{ status: 4, code: 'RL1207' },
    message: expect.stringMatching(
      /lacks 1 components of the installer with kernel 6\.12, such as ext4-modules/,
    ),
    hint: expect.stringMatching(/--complete-initrd.*--route bootstrap/),
  });
});

test.each<[string, NetbootOptions, Partial<HostSpec>]>([
  ['the option', { completeInitrd: true }, {}],
  ['the site', {}, { completeInitrd: true }],
])('%s has the initrd completed from packages', async (_, options, host) => {
  await expect(prepare({ ...options, netboot: directory }, host)).rejects.toThrow('apt was asked');
});

test('the directory is that of the option, else of the site for this suite, else the package of Debian', async () => {
  const ofSite = { netboot: { trixie: directory } };
  await expect(prepare({}, ofSite)).rejects.toMatchObject({ code: 'RL1207' });
  await expect(prepare({ netboot: '/none' }, ofSite)).rejects.toMatchObject({ code: 'RL1204', status: 4 });
  await expect(prepare({}, { netboot: { bookworm: directory } })).rejects.toThrow('apt was asked');
});
