import type { CacheSpec } from '../spec/types.ts';

const CONFIG = '/etc/apt/apt.conf.d/01relight-cache';
const SCRIPT = '/usr/lib/relight/find-cache';

/** One file of an installed guest that has to do with the site's package cache. */
export interface GuestCacheFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

/**
 * What an installed guest keeps of the package cache (`host.cache.guests`): nothing, apt pointed at it for good, or a
 * script that apt asks before each run (apt.conf(5), Acquire::http::Proxy-Auto-Detect) and that names the cache only
 * while it answers. The installation itself uses the cache in any case.
 */
export function renderGuestCache(cache: CacheSpec): GuestCacheFile[] {
  if (cache.kind === 'off' || cache.guests === 'remove') return [];
  const url = new URL(cache.kind === 'proxy' ? cache.url : `http://${cache.address}`);
  const proxy = `${url.protocol}//${url.host}`;
  const head = '// Written by relight: host.cache of the site.\n';
  if (cache.guests === 'keep') {
    return [{ path: CONFIG, content: `${head}Acquire::http::Proxy "${proxy}";\n`, mode: 0o644 }];
  }
  const port = url.port === '' ? '80' : url.port;
  return [
    { path: CONFIG, content: `${head}Acquire::http::Proxy-Auto-Detect "${SCRIPT}";\n`, mode: 0o644 },
    { path: SCRIPT, content: renderScript(proxy, url.hostname.replace(/^\[|\]$/g, ''), port), mode: 0o755 },
  ];
}

/** perl-base is Essential in Debian and has IO::Socket::IP. */
function renderScript(proxy: string, host: string, port: string): string {
  return `#!/usr/bin/perl
# Written by relight: names the package cache while it answers.
use strict;
use warnings;
use IO::Socket::IP;
my $socket = IO::Socket::IP->new(PeerHost => '${host}', PeerPort => '${port}', Timeout => 3);
print $socket ? "${proxy}\\n" : "DIRECT\\n";
`;
}
