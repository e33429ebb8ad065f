import { describe, expect, test } from 'vitest';
import { parseArtifact, serialiseArtifact } from '../../../src/image/artifact.ts';
import { parseRemoteName } from '../../../src/image/remote-name.ts';

describe('names of places', () => {
  test.each([
    ['/srv/images/', { kind: 'directory', path: '/srv/images' }],
    ['/', { kind: 'directory', path: '/' }],
    ['https://images.example.org/a/b/', { kind: 'web', url: 'https://images.example.org/a/b' }],
    [
      'oci://127.0.0.1:5000/team/base:stable',
      { kind: 'registry', origin: 'http://127.0.0.1:5000', repository: 'team/base', tag: 'stable' },
    ],
    [
      'oci://registry.example.org/base:1.0',
      { kind: 'registry', origin: 'https://registry.example.org', repository: 'base', tag: '1.0' },
    ],
    ['oci://[::1]:5000/a:b', { kind: 'registry', origin: 'http://[::1]:5000', repository: 'a', tag: 'b' }],
  ])('%s', (text, name) => {
    expect(parseRemoteName(text)).toEqual(name);
  });

  test.each([
    'images',
    'ftp://a/b',
    'oci://host/name',
    'oci://host/../x:y',
    'oci://host/A:b',
    'http://u:p@host/',
    '/a\nb',
    'oci://h/a:b?c',
  ])('refuses %j', (text) => {
    expect(() => parseRemoteName(text)).toThrow('must be an absolute directory');
  });
});

describe('an artifact of a registry', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const artifact = {
    config: { digest, size: 3 },
    files: new Map([['chunks/aa/b.zst', { digest, size: 4 }]]),
  };
  test('reads back', () => {
    expect(parseArtifact(serialiseArtifact(artifact))).toEqual(artifact);
  });
  test('is nothing else', () => {
    expect(parseArtifact('{}')).toBeUndefined();
    expect(parseArtifact('<html>')).toBeUndefined();
    expect(
      parseArtifact(serialiseArtifact(artifact).replace('vnd.relight.image.index', 'vnd.other')),
    ).toBeUndefined();
  });
});
