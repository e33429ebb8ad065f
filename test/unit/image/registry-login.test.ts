import { describe, expect, test } from 'vitest';
import { findLogin, parseLogin } from '../../../src/image/auth-file.ts';
import { buildTokenUrl, parseChallenge } from '../../../src/image/challenge.ts';

const encode = (text: string) => Buffer.from(text).toString('base64');
const FILE = JSON.stringify({
  auths: {
    'registry.example.org': { auth: encode('anna:one:two') },
    'registry.example.org/images': { auth: encode('robot:images') },
    'https://old.example.org/v1/': { auth: encode('old:file') },
    'token.example.org:5000': { registrytoken: 'abc.def' },
    'empty.example.org': {},
  },
  credsStore: 'desktop',
});

describe('a login', () => {
  test('is a name and a password, whatever colons that has, or a token', () => {
    expect(parseLogin('anna:one:two')).toEqual({ kind: 'password', name: 'anna', password: 'one:two' });
    expect(parseLogin('abc.def')).toEqual({ kind: 'token', token: 'abc.def' });
    expect(parseLogin('')).toBeUndefined();
    expect(parseLogin('anna:one\nbert:two')).toBeUndefined();
  });

  test.each([
    ['registry.example.org', 'base', { kind: 'password', name: 'anna', password: 'one:two' }],
    ['registry.example.org', 'images/base', { kind: 'password', name: 'robot', password: 'images' }],
    ['registry.example.org', 'images2/base', { kind: 'password', name: 'anna', password: 'one:two' }],
    ['old.example.org', 'base', { kind: 'password', name: 'old', password: 'file' }],
    ['token.example.org:5000', 'base', { kind: 'token', token: 'abc.def' }],
    ['token.example.org', 'base', undefined],
    ['empty.example.org', 'base', undefined],
  ])('of %s for %s is the longest entry that fits', (registry, repository, login) => {
    expect(findLogin(FILE, registry, repository)).toEqual(login);
  });

  test('of a file that is no JSON is an error', () => {
    expect(() => findLogin('auths:', 'a', 'b')).toThrow(SyntaxError);
    expect(findLogin('[]', 'a', 'b')).toBeUndefined();
  });
});

describe('what a registry asks for', () => {
  test('is read as it comes', () => {
    const header =
      'Bearer realm="https://auth.example.org/token",service="registry",scope="repository:a/b:pull,push"';
    const bearer = {
      scheme: 'bearer',
      realm: 'https://auth.example.org/token',
      service: 'registry',
      scope: 'repository:a/b:pull,push',
    } as const;
    expect(parseChallenge(header)).toEqual(bearer);
    expect(parseChallenge(`Basic realm="x", ${header}`)).toEqual(bearer);
    expect(parseChallenge('Basic realm="Registry"')).toEqual({ scheme: 'basic' });
    expect(parseChallenge('Negotiate')).toBeUndefined();
    expect(parseChallenge('Bearer realm="no url"')).toBeUndefined();
    expect(buildTokenUrl(bearer).href).toBe(
      'https://auth.example.org/token?service=registry&scope=repository%3Aa%2Fb%3Apull%2Cpush',
    );
  });
});
