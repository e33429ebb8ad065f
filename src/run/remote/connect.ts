import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';

export interface ConnectRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** Undefined: straight to the server. */
  readonly proxy: URL | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends one request and hands the answer back when its headers are there. By HTTP a proxy is asked for the whole URL, by
 * HTTPS for a tunnel (RFC 9110, CONNECT), in which the server's certificate is checked as without one.
 * @throws Error of the connection, or of a proxy that makes no tunnel
 */
export async function sendRequest(request: ConnectRequest): Promise<IncomingMessage> {
  const { url, method, headers, proxy, signal } = request;
  const options = { method, headers: { ...headers }, signal };
  if (url.protocol === 'https:') {
    if (proxy === undefined) return answerOf(requestSecure(url, options), request.body);
    const tunnel = await openTunnel(url, proxy, signal);
    const createConnection = () => connectSecure({ socket: tunnel, ...nameServer(url.hostname) });
    // Without an `agent`, even one that is off: Node would ask it for a connection and not this function.
    return answerOf(requestSecure(url, { ...options, defaultPort: 443, createConnection }), request.body);
  }
  if (proxy === undefined) return answerOf(requestPlain(url, options), request.body);
  const through = {
    ...options,
    path: url.href,
    headers: { ...headers, host: url.host, ...authorize(proxy) },
    ...nameProxyServer(proxy),
  };
  return answerOf(dial(proxy)(new URL(proxy.origin), through), request.body);
}

function openTunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const path = `${url.hostname}:${url.port || '443'}`;
  const options: RequestOptions & { servername?: string } = {
    method: 'CONNECT',
    path,
    headers: { host: path, ...authorize(proxy) },
    signal,
    agent: false,
    ...nameProxyServer(proxy),
  };
  return new Promise((resolve, reject) => {
    const request = dial(proxy)(new URL(proxy.origin), options);
    request.once('connect', (answer: IncomingMessage, socket: Socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answers ${answer.statusCode}`));
    });
    request.on('error', (error) => reject(nameProxy(error, proxy)));
    request.end();
  });
}

/**
 * The proxy's own name and password (RFC 7617), from its URL; they are sent to nobody else. So Node must not see them in
 * the URL: it would make an `authorization` of them, which is for the server.
 */
function authorize({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

function dial(proxy: URL): typeof requestPlain {
  return proxy.protocol === 'https:' ? requestSecure : requestPlain;
}

/** What the certificate must be for. A server is named in TLS by a name only, never by an address (RFC 6066). */
function nameServer(hostname: string): { host: string; servername: string } {
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, servername: isIP(host) === 0 ? host : '' };
}

/** Left to itself Node takes the name from the `host` header, which is the server's behind the proxy. */
function nameProxyServer({ protocol, hostname }: URL): { servername?: string } {
  return protocol === 'https:' ? { servername: nameServer(hostname).servername } : {};
}

function nameProxy(error: Error, { host }: URL): Error {
  return new Error(`the proxy ${host}: ${error.message}`);
}

function answerOf(request: ClientRequest, body: Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Of an upload that is answered before its end a second error may come.
    request.on('error', reject);
    request.end(body);
  });
}
