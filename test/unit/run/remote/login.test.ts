import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RegistryLogin } from '../../../../src/image/auth-file.ts';
import { downloadText } from '../../../../src/run/remote/download.ts';
import { findRegistryLogin, listAuthFiles } from '../../../../src/run/remote/find-login.ts';
import { makeSender } from '../../../../src/run/remote/http.ts';
import { withLogin } from '../../../../src/run/remote/login.ts';

const ANNA: RegistryLogin = { kind: 'password', name: 'anna', password: 'swordfish' };
const basic = `Basic ${Buffer.from('anna:swordfish').toString('base64')}`;
let registry: Server;
let other: Server;
let challenge = '';
/** What the registry lets in. */
let wanted = '';
/** Where the registry sends for /away, on the other server. */
let away = '';
let seen: { server: string; method: string; url: string; authorization: string | undefined; body: string }[] =
  [];
const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function serve(server: string): Server {
  return createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += String(piece)));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ server, method, url, authorization: headers.authorization, body });
      if (server === 'other' || url.startsWith('/token')) {
        if (url === '/asks') return response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
        if (url.startsWith('/token') && headers.authorization !== basic) return response.writeHead(401).end();
        return response.end(url.startsWith('/token') ? '{"token":"t1"}' : 'from elsewhere');
      }
      if (headers.authorization !== wanted)
        return response.writeHead(401, { 'www-authenticate': challenge }).end('who is there?');
      if (url === '/away') return response.writeHead(307, { location: `${originOf(other)}/${away}` }).end();
      return response.end('welcome');
    });
  });
}

beforeEach(async () => {
  seen = [];
  registry = serve('registry');
  other = serve('other');
  for (const server of [registry, other])
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  challenge = 'Basic realm="Registry"';
  wanted = basic;
  away = 'blob';
});
afterEach(() => {
  for (const server of [registry, other]) {
    server.closeAllConnections();
    server.close();
  }
});

const open = (login: RegistryLogin | undefined) =>
  withLogin(makeSender({ signal: new AbortController().signal, environment: {} }), originOf(registry), login);
const get = async (path: string, login: RegistryLogin | undefined, send = open(login)) =>
  (await downloadText({ url: `${originOf(registry)}${path}`, cap: 1000, send }))?.text;

describe('a registry that asks who is there', () => {
  test('gets name and password, from the second request on without being asked', async () => {
    const send = open(ANNA);
    expect(await get('/a', ANNA, send)).toBe('welcome');
    expect(await get('/b', ANNA, send)).toBe('welcome');
    expect(seen.map(({ url, authorization }) => [url, authorization])).toEqual([
      ['/a', undefined],
      ['/a', basic],
      ['/b', basic],
    ]);
  });

  test('gets a token that was fetched with them, and a body once more', async () => {
    challenge = `Bearer realm="${originOf(other)}/token",service="images",scope="repository:base:pull,push"`;
    wanted = 'Bearer t1';
    const answer = await open(ANNA)({
      url: `${originOf(registry)}/upload`,
      method: 'PUT',
      body: Buffer.from('bytes'),
    });
    expect(answer.status).toBe(200);
    answer.drop();
    expect(seen).toEqual([
      { server: 'registry', method: 'PUT', url: '/upload', authorization: undefined, body: 'bytes' },
      {
        ...{ server: 'other', method: 'GET', authorization: basic, body: '' },
        url: '/token?service=images&scope=repository%3Abase%3Apull%2Cpush',
      },
      { server: 'registry', method: 'PUT', url: '/upload', authorization: 'Bearer t1', body: 'bytes' },
    ]);
  });

  test('gets a token that was given', async () => {
    wanted = 'Bearer abc';
    expect(await get('/a', { kind: 'token', token: 'abc' })).toBe('welcome');
  });

  test('is told nothing that leads elsewhere', async () => {
    expect(await get('/away', ANNA)).toBe('from elsewhere');
    expect(seen.at(-1)).toMatchObject({ server: 'other', url: '/blob', authorization: undefined });
    away = 'asks';
    await expect(get('/away', ANNA)).rejects.toThrow(/answers 401/);
    expect(seen.at(-1)).toMatchObject({ server: 'other', url: '/asks', authorization: undefined });
  });

  test('is an error that says what is missing, and holds no password', async () => {
    await expect(get('/a', undefined)).rejects.toMatchObject({ code: 'RL1633', status: 4 });
    const wrong = get('/a', { ...ANNA, password: 'herring' });
    await expect(wrong).rejects.toMatchObject({
      code: 'RL1633',
      message: expect.stringMatching(/the login is wrong$/),
    });
    await expect(wrong).rejects.not.toThrow(/herring/);
    challenge = `Bearer realm="${originOf(other)}/token"`;
    await expect(get('/a', { ...ANNA, password: 'herring' })).rejects.toMatchObject({ code: 'RL1633' });
    challenge = 'Negotiate';
    await expect(get('/a', ANNA)).rejects.toThrow(/does not say how to log in/);
  });

  test('does not get a login sent elsewhere unencrypted', async () => {
    challenge = 'Bearer realm="http://tokens.example.org/token"';
    await expect(get('/a', ANNA)).rejects.toMatchObject({ code: 'RL1634' });
  });
});

describe('where a login comes from', () => {
  let home = '';
  const name = {
    ...({ kind: 'registry', origin: 'https://registry.example.org' } as const),
    ...{ repository: 'images/base', tag: 'stable' },
  };
  const file = (path: string, text: string, mode = 0o600) => {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), text, { mode });
  };
  const auths = (login: string) =>
    JSON.stringify({ auths: { 'registry.example.org': { auth: Buffer.from(login).toString('base64') } } });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'relight-login-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const find = (source?: string, more: Record<string, string> = {}) =>
    findRegistryLogin(name, source, { HOME: home, ...more });

  test('docker, podman, and the file that is named', () => {
    expect(find()).toBeUndefined();
    file('.docker/config.json', auths('docker:a'));
    expect(find()).toMatchObject({ name: 'docker' });
    file('.config/containers/auth.json', auths('podman:a'));
    expect(find()).toMatchObject({ name: 'podman' });
    file('named.json', auths('named:a'));
    expect(find(undefined, { REGISTRY_AUTH_FILE: join(home, 'named.json') })).toMatchObject({
      name: 'named',
    });
    file('.config/containers/auth.json', 'not JSON');
    expect(() => find()).toThrow(expect.objectContaining({ code: 'RL1636' }));
  });

  test('podman has another place where there is no session, as under sudo and cron', () => {
    expect(listAuthFiles({ HOME: '/root' }, 0)[0]).toBe('/run/containers/0/auth.json');
    expect(listAuthFiles({ XDG_RUNTIME_DIR: '/run/user/0' }, 0)[0]).toBe('/run/user/0/containers/auth.json');
  });

  test('a file or a variable; neither one that others can read nor one that is empty', () => {
    file('login', 'anna:swordfish\n');
    expect(find(`file:${home}/login`)).toEqual(ANNA);
    expect(find('env:LOGIN', { LOGIN: 'abc' })).toEqual({ kind: 'token', token: 'abc' });
    file('open', 'anna:swordfish\n', 0o644);
    expect(() => find(`file:${home}/open`)).toThrow(expect.objectContaining({ code: 'RL0641' }));
    expect(() => find('env:NOTHING')).toThrow(expect.objectContaining({ code: 'RL0640' }));
    expect(() => find('anna:swordfish')).toThrow(expect.objectContaining({ code: 'RL1635' }));
    expect(() => find('anna:swordfish')).toThrow(/^(?!.*swordfish)/);
    expect(() => find('env:TWO', { TWO: 'a:b\nc:d' })).toThrow(expect.objectContaining({ code: 'RL1635' }));
  });
});
