import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { downloadText } from '../../../../src/run/remote/download.ts';
import { makeSender } from '../../../../src/run/remote/http.ts';
import { chooseProxy } from '../../../../src/run/remote/proxy.ts';
import { bundleFile } from '../../../support/bundle.ts';

describe('the proxy of a URL', () => {
  const environment = {
    http_proxy: 'http://web.example.org:3128',
    HTTPS_PROXY: 'tls.example.org:3129',
    no_proxy: 'inside.example.org, .lab.example.org:8080,[2001:db8::1]',
  };
  test.each([
    ['http://images.example.net/a', 'web.example.org:3128'],
    ['https://images.example.net/a', 'tls.example.org:3129'],
    ['https://inside.example.org/a', undefined],
    ['https://deep.inside.example.org/a', undefined],
    ['https://notinside.example.org/a', 'tls.example.org:3129'],
    ['http://a.lab.example.org:8080/', undefined],
    ['http://a.lab.example.org/', 'web.example.org:3128'],
    ['http://[2001:db8::1]/', undefined],
    ['http://127.0.0.1:5000/', undefined],
    ['http://localhost:5000/', undefined],
  ])('%s: %s', (url, host) => {
    expect(chooseProxy(new URL(url), environment)?.host).toBe(host);
  });

  test('is that of all, none for all, and never what a client of a web server may have set', () => {
    const url = new URL('http://images.example.net/');
    expect(chooseProxy(url, { ALL_PROXY: 'http://all.example.org' })?.host).toBe('all.example.org');
    expect(chooseProxy(url, { http_proxy: 'http://web.example.org', NO_PROXY: '*' })).toBeUndefined();
    expect(chooseProxy(url, { HTTP_PROXY: 'http://web.example.org' })).toBeUndefined();
    expect(chooseProxy(url, { http_proxy: '' })).toBeUndefined();
    expect(() => chooseProxy(url, { http_proxy: 'socks5://anna:s3cret@a.example.org' })).toThrow(
      /^(?!.*s3cret).*web proxy/,
    );
    expect(() => chooseProxy(url, { http_proxy: 'http://anna:s3cret%zz@a.example.org' })).toThrow(
      /^(?!.*s3cret).*web proxy/,
    );
  });
});

describe('a request through a proxy', () => {
  let directory = '';
  let proxy: Server;
  let secure: Server;
  let secureProxy: Server;
  let seen: Record<'method' | 'url' | 'authorization' | 'leaked', string | undefined>[] = [];
  let inside: string[] = [];
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const note = (request: IncomingMessage) =>
    seen.push({
      method: request.method,
      url: request.url,
      authorization: request.headers['proxy-authorization'],
      leaked: request.headers.authorization,
    });

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'relight-proxy-'));
    const [key, certificate] = [join(directory, 'key'), join(directory, 'certificate')];
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ],
        ...[
          '-subj',
          '/CN=images.example.net',
          '-addext',
          'subjectAltName=DNS:images.example.net,IP:192.0.2.7,DNS:localhost,IP:127.0.0.1',
        ],
        ...['-keyout', key, '-out', certificate],
      ],
      { stdio: 'ignore' },
    );
    secure = createSecureServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (request, response) => {
        inside.push(`${request.headers.host}${request.url}`);
        response.writeHead(404).end();
      },
    );
    const pass = (request: IncomingMessage, response: ServerResponse) => {
      note(request);
      response.end(`for ${request.headers.host}`);
    };
    proxy = createServer(pass);
    secureProxy = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, pass);
    const tunnel = (request: IncomingMessage, socket: Socket) => {
      note(request);
      if (request.url?.startsWith('refused.') === true)
        return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const onward = connect(portOf(secure), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    };
    for (const server of [proxy, secureProxy]) server.on('connect', tunnel);
    for (const server of [proxy, secureProxy, secure])
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  beforeEach(() => {
    seen = [];
    inside = [];
  });
  afterAll(() => {
    for (const server of [proxy, secureProxy, secure]) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(directory, { recursive: true });
  });

  const nameProxies = () => {
    const own = `http://anna:s%40cret@127.0.0.1:${portOf(proxy)}`;
    return { http_proxy: own, https_proxy: own };
  };
  const get = async (url: string) => {
    const send = makeSender({ signal: new AbortController().signal, environment: nameProxies() });
    return (await downloadText({ url, cap: 1000, send }))?.text;
  };
  /** The program as it is run: what it trusts besides the authorities that Node knows can be said at its start only. */
  const listRemote = (place: string, proxies: Record<string, string> = nameProxies()) => {
    const program = join(directory, 'relight.mjs');
    const env = {
      ...{ ...process.env, no_proxy: '', ...proxies, RELIGHT_STATE: join(directory, 'state') },
      NODE_EXTRA_CA_CERTS: join(directory, 'certificate'),
    };
    return new Promise<string>((done) => {
      execFile(process.execPath, [program, 'image', 'remote', place], { env }, (_, out, errors) =>
        done(`${out}${errors}`),
      );
    });
  };
  const authorization = `Basic ${Buffer.from('anna:s@cret').toString('base64')}`;

  test('asks it for the whole URL', async () => {
    expect(await get('http://images.example.net/index?a=b')).toBe('for images.example.net');
    expect(seen).toEqual([
      { method: 'GET', url: 'http://images.example.net/index?a=b', authorization, leaked: undefined },
    ]);
  });

  test('by HTTPS goes through a tunnel, in which the certificate is checked', async () => {
    await expect(get('https://images.example.net/')).rejects.toThrow(/self.signed certificate/);
    seen = [];
    await expect(get('https://refused.example.net/')).rejects.toThrow(
      /the proxy 127\.0\.0\.1:\d+ answers 403/,
    );
    expect(seen[0]).toEqual({
      method: 'CONNECT',
      url: 'refused.example.net:443',
      authorization,
      leaked: undefined,
    });
  });

  test('by HTTPS reaches the server that the certificate is for, by name or by address', async () => {
    await bundleFile('src/cli.ts', join(directory, 'relight.mjs'));
    const [named, addressed, ...others] = await Promise.all(
      [
        'https://images.example.net/store',
        'oci://192.0.2.7:5000/images/base:stable',
        'https://other.example.net/store',
        'https://192.0.2.8/store',
      ].map((place) => listRemote(place)),
    );
    expect(named).toContain('RL1620');
    expect(addressed).toContain('RL1620');
    expect(inside.sort()).toEqual([
      '192.0.2.7:5000/v2/images/base/manifests/stable',
      'images.example.net/store/index.signed.json',
    ]);
    for (const other of others) expect(other).toMatch(/RL1625/);
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toContain('CONNECT 192.0.2.7:5000');
  }, 180_000);

  test.each(['localhost', '127.0.0.1'])(
    'whose own certificate is for %s',
    async (host) => {
      await bundleFile('src/cli.ts', join(directory, 'relight.mjs'));
      const own = `https://anna:s%40cret@${host}:${portOf(secureProxy)}`;
      const proxies = { http_proxy: own, https_proxy: own };
      const [tunnelled, whole] = await Promise.all(
        ['https://images.example.net/store', 'http://images.example.net/store'].map((place) =>
          listRemote(place, proxies),
        ),
      );
      expect(tunnelled).toContain('RL1620');
      expect(inside).toEqual(['images.example.net/store/index.signed.json']);
      expect(whole).not.toContain('RL1625');
      expect(
        seen.map(({ method, url, authorization }) => `${method} ${url} ${authorization}`).sort(),
      ).toEqual([
        `CONNECT images.example.net:443 ${authorization}`,
        `GET http://images.example.net/store/index.signed.json ${authorization}`,
      ]);
    },
    180_000,
  );
});
