import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';

/** Where images are pushed to and pulled from. */
export type RemoteName =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'web'; readonly url: string }
  | {
      readonly kind: 'registry';
      /** Scheme, host and port of the registry. */
      readonly origin: string;
      readonly repository: string;
      readonly tag: string;
    };

/** Of the OCI distribution specification: path components in lower case, and tags. */
const REGISTRY =
  /^oci:\/\/([a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?\/([a-z0-9]+(?:[._/-][a-z0-9]+)*):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})$/;

/**
 * Reads `/directory`, `https://host/path` or `oci://host:port/name:tag`. A registry speaks HTTPS, but for one on this very
 * machine, as docker and podman have it.
 * @throws Failure RL1623
 */
export function parseRemoteName(text: string): RemoteName {
  if (/^\/[^\0\n\r]*$/.test(text)) return { kind: 'directory', path: text.replace(/(?<=.)\/+$/, '') };
  if (/^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~%/-]*)?$/.test(text)) {
    return { kind: 'web', url: text.replace(/\/+$/, '') };
  }
  const match = REGISTRY.exec(text);
  if (match === null) {
    throw makeFailure(EXIT.usage, 'RL1623', { place: text });
  }
  const [, host = '', port = '', repository = '', tag = ''] = match;
  const scheme = isLoopback(host) ? 'http' : 'https';
  return { kind: 'registry', origin: `${scheme}://${host}${port}`, repository, tag };
}

/** Whether a host, as it stands in a URL, is this very machine. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host);
}
