import type { RegistryLogin } from '../../image/auth-file.ts';
import { buildTokenUrl, type Challenge, parseChallenge } from '../../image/challenge.ts';
import { isLoopback } from '../../image/remote-name.ts';
import { EXIT, type Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { downloadText } from './download.ts';
import type { HttpAnswer, HttpRequest, Send } from './http.ts';

const LARGEST_TOKEN = 256 * 1024;

/**
 * Requests to a registry that may ask who is there: what it answers 401 to is sent again with a name and password, or with
 * a token that is fetched for the purpose. A login is sent to the registry and to the HTTPS server that it names for
 * tokens, and nowhere else. @throws Failure RL1633, RL1634
 */
export function withLogin(send: Send, registry: string, login: RegistryLogin | undefined): Send {
  const { origin } = new URL(registry);
  let authorization: string | undefined;
  const attempt = (request: HttpRequest) =>
    send(
      authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } },
    );
  // Another server, to which a redirect led, gets no login, whatever it asks for.
  const isAsking = ({ status, url }: HttpAnswer) => status === 401 && new URL(url).origin === origin;
  return async (request) => {
    const first = await attempt(request);
    if (!isAsking(first)) return first;
    const header = first.headers.get('www-authenticate') ?? '';
    first.drop();
    const challenge = parseChallenge(header);
    if (challenge === undefined) throw refuse(registry, 'it does not say how to log in');
    authorization = await answerChallenge(challenge, send, registry, login);
    const second = await attempt(request);
    if (!isAsking(second)) return second;
    second.drop();
    throw refuse(
      registry,
      login === undefined ? 'it wants a login, and none is known' : 'the login is wrong',
    );
  };
}

async function answerChallenge(
  challenge: Challenge,
  send: Send,
  registry: string,
  login: RegistryLogin | undefined,
): Promise<string> {
  if (login?.kind === 'token') return `Bearer ${login.token}`;
  const basic = login === undefined ? undefined : encodeBasic(login);
  if (challenge.scheme === 'basic') {
    if (basic === undefined) throw refuse(registry, 'it wants a login, and none is known');
    return basic;
  }
  const url = buildTokenUrl(challenge);
  if (url.protocol !== 'https:' && url.origin !== new URL(registry).origin && !isLoopback(url.hostname)) {
    throw makeFailure(EXIT.failed, 'RL1634', { registry, realm: url.origin });
  }
  const headers: Record<string, string> = basic === undefined ? {} : { authorization: basic };
  const answer = await fetchToken(url, headers, send, registry);
  const { token, access_token: other } = answer;
  const found = typeof token === 'string' ? token : other;
  if (typeof found !== 'string' || !/^[\x21-\x7e]+$/.test(found)) throw refuse(registry, 'it gave no token');
  return `Bearer ${found}`;
}

async function fetchToken(
  url: URL,
  headers: Readonly<Record<string, string>>,
  send: Send,
  registry: string,
): Promise<{ token?: unknown; access_token?: unknown }> {
  const judged: Send = async (request) => {
    const answer = await send(request);
    if (answer.status !== 401 && answer.status !== 403) return answer;
    answer.drop();
    throw refuse(registry, 'the login is wrong');
  };
  const found = await downloadText({ url: url.href, headers, cap: LARGEST_TOKEN, send: judged });
  try {
    return JSON.parse(found?.text ?? '') as { token?: unknown; access_token?: unknown };
  } catch {
    throw refuse(registry, 'it gave no token');
  }
}

function encodeBasic({ name, password }: Extract<RegistryLogin, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`;
}

function refuse(registry: string, why: string): Failure {
  return makeFailure(EXIT.notReady, 'RL1633', { registry, why });
}
