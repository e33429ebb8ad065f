import { isLoopback } from '../../image/remote-name.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';

/**
 * The web proxy that the environment names for a URL: http_proxy, https_proxy or all_proxy, in small letters or, but for
 * http_proxy, in capitals (a web server's CGI sets HTTP_PROXY by a header of its client). no_proxy takes hosts away: `*`,
 * or names with what is below them, each with a port or without.
 * This very machine is reached without a proxy whatever the environment says, as docker and podman have it. @throws Failure RL1637
 */
export function chooseProxy(
  target: URL,
  environment: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const read = (name: string) => environment[name] || undefined;
  const isSecure = target.protocol === 'https:';
  const own = isSecure ? (read('https_proxy') ?? read('HTTPS_PROXY')) : read('http_proxy');
  const text = own ?? read('all_proxy') ?? read('ALL_PROXY');
  const port = target.port || (isSecure ? '443' : '80');
  const except = (read('no_proxy') ?? read('NO_PROXY') ?? '').split(/[\s,]+/);
  if (text === undefined || isLoopback(target.hostname)) return undefined;
  if (except.some((each) => excludes(each.toLowerCase(), target.hostname, port))) return undefined;
  const url = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url) || (text.includes('://') && url !== text) || !hasReadableLogin(new URL(url)))
    throw makeFailure(EXIT.usage, 'RL1637', {});
  return new URL(url);
}

/** A name or a password with a `%` that begins no escape cannot be decoded. */
function hasReadableLogin({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
}

function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = '', wanted] = /^\*?\.?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  if (name === '' || (wanted !== undefined && wanted !== port)) return false;
  return host === name || host.endsWith(`.${name}`);
}
