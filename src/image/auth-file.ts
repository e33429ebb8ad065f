/** Name and password of a registry, or a token that takes their place. */
export type RegistryLogin =
  | { readonly kind: 'password'; readonly name: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

/** Reads `NAME:PASSWORD`, or a token when there is no colon in it. Undefined for an empty text. */
export function parseLogin(text: string): RegistryLogin | undefined {
  const colon = text.indexOf(':');
  if (text === '' || /[\r\n]/.test(text)) return undefined;
  if (colon < 0) return { kind: 'token', token: text };
  return { kind: 'password', name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Finds the login of a repository in a file as docker and podman keep it (containers-auth.json(5)): the longest entry that
 * names the registry, or the registry and the beginning of the repository.
 * @throws SyntaxError when it is no JSON
 */
export function findLogin(text: string, registry: string, repository: string): RegistryLogin | undefined {
  const auths = readObject(readObject(JSON.parse(text)).auths);
  const parts = repository.split('/');
  for (let count = parts.length; count >= 0; count -= 1) {
    const wanted = [registry, ...parts.slice(0, count)].join('/');
    const key = Object.keys(auths).find((each) => normalise(each) === wanted);
    const login = key === undefined ? undefined : readEntry(readObject(auths[key]));
    if (login !== undefined) return login;
  }
  return undefined;
}

function readEntry({ auth, registrytoken }: Record<string, unknown>): RegistryLogin | undefined {
  if (typeof registrytoken === 'string' && registrytoken !== '')
    return { kind: 'token', token: registrytoken };
  if (typeof auth !== 'string' || auth === '') return undefined;
  const login = parseLogin(Buffer.from(auth, 'base64').toString('utf8'));
  return login?.kind === 'password' ? login : undefined;
}

/** Older files name a registry by a URL. */
function normalise(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
}

function readObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
