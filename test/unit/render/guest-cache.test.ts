import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderGuestCache } from '../../../src/render/guest-cache.ts';
import type { CacheSpec, GuestCacheUse } from '../../../src/spec/types.ts';

function cache(address: string, guests: GuestCacheUse): CacheSpec {
  return { kind: 'apt-cacher-ng', address, listen: [], guests };
}

/** What apt makes of a configuration file. */
function dumpApt(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'apt-conf-'));
  try {
    const path = join(directory, 'apt.conf');
    writeFileSync(path, content);
    return execFileSync('apt-config', ['-c', path, 'dump'], { encoding: 'utf8' });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What the guest's script says, run as apt would run it. */
async function ask(script: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'find-cache-'));
  const path = join(directory, 'find-cache');
  try {
    writeFileSync(path, script);
    chmodSync(path, 0o755);
    return (await promisify(execFile)(path)).stdout;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('the package cache in installed guests', () => {
  test('is forgotten by default, and where there is none', () => {
    expect(renderGuestCache({ kind: 'off' })).toEqual([]);
    expect(renderGuestCache(cache('192.0.2.1:3142', 'remove'))).toEqual([]);
  });

  test('is kept as apt reads it', () => {
    const [file, ...more] = renderGuestCache(cache('192.0.2.1:3142', 'keep'));
    expect(more).toEqual([]);
    expect(dumpApt(file?.content ?? '')).toContain('Acquire::http::Proxy "http://192.0.2.1:3142";');
    const [proxy] = renderGuestCache({
      kind: 'proxy',
      url: 'http://proxy.example.org:8080/',
      guests: 'keep',
    });
    expect(dumpApt(proxy?.content ?? '')).toContain('Acquire::http::Proxy "http://proxy.example.org:8080";');
  });

  test('is used while it answers, and left alone while it does not', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const [config, script] = renderGuestCache(cache(`127.0.0.1:${port}`, 'detect'));
    expect(dumpApt(config?.content ?? '')).toContain(`Acquire::http::Proxy-Auto-Detect "${script?.path}";`);
    expect(script?.mode).toBe(0o755);
    expect(await ask(script?.content ?? '')).toBe(`http://127.0.0.1:${port}\n`);
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(script?.content ?? '')).toBe('DIRECT\n');
  });
});
