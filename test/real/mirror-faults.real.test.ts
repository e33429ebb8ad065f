import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFile } from '../support/bundle.ts';

/** P10: real mmdebstrap and apt against mirrors that are away or lie. Only the guest's mirror is bad, not its security archive. */
let directory = '';
let program = '';
const servers: Server[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-mirror-'));
  program = join(directory, 'relight.mjs');
  await bundleFile('src/cli.ts', program);
}, 120_000);
afterAll(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Found out beforehand, before anything is made; or in the middle of the install, and taken back. */
type When = 'before' | 'during';
const CASES: [string, RequestListener | undefined, RegExp, When][] = [
  ['refuses connections', undefined, /onnect/, 'before'],
  ['has no such archive', (_request, response) => response.writeHead(404).end(), /404/, 'before'],
  [
    'is a captive portal',
    (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>'),
    /Clearsigned file isn't valid|not signed/,
    'during',
  ],
  [
    'hangs up in the middle',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write('-----BEGIN PGP SIGNED MESSAGE-----\n', () => response.destroy());
    },
    /closed|reset|fetch/i,
    'before',
  ],
];

test.concurrent.each(CASES)(
  'a mirror that %s: the error names it, and nothing is left',
  async (name, answer, expected, when) => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    if (answer === undefined) server.close();
    else servers.push(server);
    const home = join(directory, name.replaceAll(' ', '-'));
    writeSite(`${home}/site`, port);
    const built = await relight(home, 'rebuild', 'web1', '--yes');
    expect(built.status, built.stderr).toBe(when === 'before' ? 4 : 1);
    expect(built.stderr).toContain(`http://127.0.0.1:${port}/debian`);
    expect(built.stderr).toMatch(expected);
    if (when === 'before') {
      expect(built.stderr).toMatch(/error\[RL0777\].*nothing was changed/);
      expect(listNames(`${home}/state/guests/web1/operations`)).toEqual([]);
    } else {
      expect(built.stderr).toMatch(/install: bootstrap trixie .*: FAILED/);
      expect(built.stderr).toContain('error[RL0601]: mmdebstrap failed with status');
      expect(built.stderr).toContain('what was there before is intact');
    }
    for (const kind of ['work', 'volumes']) expect(listNames(`${home}/state/${kind}`), kind).toEqual([]);
    const status = await relight(home, 'status', 'web1');
    if (when === 'during') expect(status.stdout).toContain('failed and taken back');
    expect(status.stdout).toContain('never built');
  },
  600_000,
);

function relight(home: string, ...words: string[]) {
  const argv = [program, ...words, '--site', `${home}/site`];
  const env = { ...process.env, no_proxy: '127.0.0.1', RELIGHT_STATE: `${home}/state`, NO_COLOR: '1' };
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, argv, { env }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

function listNames(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

function writeSite(site: string, port: number): void {
  mkdirSync(`${site}/domus`, { recursive: true });
  writeFileSync(
    `${site}/site.yaml`,
    'relight: 1\nhost: { hypervisor: qemu }\nnetworks: { lan: { mode: bridge, bridge: xenbr0 } }\n',
  );
  writeFileSync(
    `${site}/domus/web1.yaml`,
    [
      `suite: trixie\nmirror: http://127.0.0.1:${port}/debian\nguest: pvh\nboot: grub\ninstall: bootstrap`,
      'memory: 256MiB\ndisks: { root: { size: 1GiB } }\nnics: [ { network: lan, address: dhcp } ]\n',
    ].join('\n'),
  );
}
