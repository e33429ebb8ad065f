import type { CodeEntry } from './entry.ts';

/** RL162x, RL163x: images on their way between stores, and other formats of them. */
export const IMAGE_TRANSPORT_CODES = {
  RL1620: {
    title: 'Not a signed index',
    message: '{place} is no signed index of a store of images',
    hint: 'push an image there first; a web page in its place comes from a proxy or a login page',
  },
  RL1621: {
    title: 'Wrong signature of an index',
    message: 'the signature of {place} does not fit its content; it names the key {fingerprint}',
    hint: 'nothing of it is used; push the image again from the machine that has it',
  },
  RL1622: {
    title: 'Key that is not trusted',
    message: '{place} is signed by the key {fingerprint}, which is not trusted on this machine',
    hint: 'compare it with relight image key on the machine that pushed; then: relight image key --trust {fingerprint}',
  },
  RL1623: {
    title: 'Not a place for images',
    message: '{place} must be an absolute directory, http(s)://HOST/PATH or oci://HOST[:PORT]/NAME:TAG',
    hint: 'for example /srv/images, https://images.example.org/store or oci://registry.example.org/images/base:stable',
  },
  RL1624: {
    title: 'Web servers are pulled from',
    message: '{place} cannot be pushed to: a web server only hands out',
    hint: 'push to the directory that it serves, or to a registry',
  },
  RL1625: {
    title: 'Transfer failed',
    message: '{url} cannot be fetched: {why}',
    hint: 'what came whole is kept: give the same command again and it goes on from there',
  },
  RL1626: {
    title: 'Wrong content from elsewhere',
    message: '{what} from {place} is not what the signed index says: {why}',
    hint: 'nothing of it is used; verify the store there, or push the image again',
  },
  RL1627: {
    title: 'Image not there',
    message: '{place} has no image {image}; it has: {known}',
    hint: 'name one of those',
  },
  RL1628: {
    title: 'Refused by the registry',
    message: '{url} answers {status}: {why}',
    hint: 'what was pushed is kept: give the same command again when the registry is well',
  },
  RL1629: {
    title: 'Too little room for an image',
    message: '{place} needs {needed} bytes for the image and has {free} free',
    hint: 'make room, or remove old images: relight image prune --all',
  },
  RL1630: {
    title: 'Unknown format of an image',
    message: 'there is no format {format}: {formats}',
    hint: 'relight image export NAME --format FORMAT -o FILE',
  },
  RL1631: {
    title: 'Output exists',
    message: '{path} exists already',
    hint: 'remove it or name another',
  },
  RL1632: {
    title: 'Not a fingerprint',
    message: '{text} is no fingerprint: 64 hexadecimal digits, as relight image key prints them',
    hint: 'run relight image key on the machine that pushes',
  },
  RL1633: {
    title: 'Login at a registry',
    message: 'the registry {registry} does not let this machine in: {why}',
    hint: 'podman login, or --login file:PATH (or env:NAME) with USER:PASSWORD or a token',
  },
  RL1634: {
    title: 'Login that would go unencrypted',
    message:
      'the registry {registry} sends for a token to {realm}, which is not HTTPS: no login is sent there',
    hint: 'mend the realm in the settings of the registry',
  },
  RL1635: {
    title: 'Not a source of a login',
    message: '{source} must be file:PATH or env:NAME, and hold one line: USER:PASSWORD, or a token',
    hint: '(umask 077; printf %s USER:PASSWORD >FILE), then --login file:FILE',
  },
  RL1636: {
    title: 'File of logins that is not JSON',
    message: '{path} is not the JSON that docker and podman keep logins in',
    hint: 'podman login writes it; REGISTRY_AUTH_FILE names another file',
  },
  RL1637: {
    title: 'Not the address of a web proxy',
    message: 'the web proxy of the environment must be http://HOST:PORT or https://HOST:PORT',
    hint: 'env | grep -i _proxy shows it',
  },
} as const satisfies Record<string, CodeEntry>;
