/** What a registry wants when it answers 401 (RFC 9110, WWW-Authenticate). */
export type Challenge =
  | { readonly scheme: 'basic' }
  /** A token is fetched from `realm` first (distribution-spec, token authentication). */
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

/** Reads the header; of several challenges Bearer is taken before Basic. Undefined when there is neither. */
export function parseChallenge(header: string): Challenge | undefined {
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/i.exec(header)?.[1];
  if (bearer !== undefined) {
    const found = new Map<string, string>();
    for (const [, name = '', quoted, plain] of bearer.matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,"]+))/gi)) {
      if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), quoted ?? plain ?? '');
    }
    const realm = found.get('realm');
    const [service, scope] = [found.get('service'), found.get('scope')];
    if (realm !== undefined && URL.canParse(realm)) {
      return {
        ...{ scheme: 'bearer', realm },
        ...(service === undefined ? {} : { service }),
        ...(scope === undefined ? {} : { scope }),
      };
    }
  }
  return /(?:^|,\s*)basic(?:\s|$)/i.test(header) ? { scheme: 'basic' } : undefined;
}

/** Where the token of a challenge is fetched. */
export function buildTokenUrl({ realm, service, scope }: Extract<Challenge, { scheme: 'bearer' }>): URL {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const each of scope?.split(' ') ?? []) url.searchParams.append('scope', each);
  return url;
}
