import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanCache } from '../../../../src/run/cache/scan.ts';
import { openSeenFiles } from '../../../../src/run/cache/seen.ts';
import { createRunner } from '../../../../src/run/runner-spawn.ts';

const ARCHIVE = 'debrep';
const INDEX = `${ARCHIVE}/dists/trixie/main/binary-amd64/Packages.gz`;
const DEB = `${ARCHIVE}/pool/main/h/hello/hello_2.10-5_amd64.deb`;
const OTHER = `${ARCHIVE}/pool/main/o/old/old_1_amd64.deb`;

describe('a look at a package cache', () => {
  let directory: string;
  let commands: string[];
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(directory, 'cache', path)), { recursive: true });
    writeFileSync(join(directory, 'cache', path), content);
  };
  const writeIndex = (...entries: (readonly [path: string, content: string])[]) => {
    const stanzas = entries.map(([path, content]) => {
      const sha256 = createHash('sha256').update(content).digest('hex');
      const filename = path.slice(`${ARCHIVE}/`.length);
      return `Package: x\nFilename: ${filename}\nSize: ${content.length}\nSHA256: ${sha256}\n\n`;
    });
    write(INDEX, gzipSync(stanzas.join('')));
  };
  const record = () => join(directory, 'seen.json');
  /** The damaged files, and the indices that were unpacked for it. */
  const look = async (deep = false) => {
    commands = [];
    const real = createRunner({ environment: process.env });
    const runner: typeof real = {
      run: (request) => {
        commands.push(request.argv[0] ?? '');
        return real.run(request);
      },
    };
    const seen = openSeenFiles(record(), deep);
    const { damaged } = await scanCache(runner, join(directory, 'cache'), process.getuid?.() ?? 0, seen);
    return damaged.map(({ path }) => path.slice(join(directory, 'cache').length + 1));
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'relight-scan-'));
    write(DEB, 'right');
    writeIndex([DEB, 'right']);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('reads what it has not read yet, and nothing a second time', async () => {
    expect(await look()).toEqual([]);
    expect(commands).not.toEqual([]);
    expect(await look()).toEqual([]);
    expect(commands).toEqual([]);
  });

  it('finds what was damaged since, and what was found stays found', async () => {
    await look();
    write(DEB, 'wrong');
    expect(await look()).toEqual([DEB]);
    expect(await look()).toEqual([DEB]);
    write(DEB, 'right');
    expect(await look()).toEqual([]);
  });

  it('judges a package that no index named when a new index does', async () => {
    write(OTHER, 'wrong');
    expect(await look()).toEqual([]);
    expect(await look()).toEqual([]);
    expect(commands).toEqual([]);
    writeIndex([DEB, 'right'], [OTHER, 'other']);
    expect(await look()).toEqual([OTHER]);
  });

  it('a file of by-hash must be what its name says', async () => {
    const name = createHash('sha256').update('index').digest('hex');
    const path = `${ARCHIVE}/dists/trixie/main/source/by-hash/SHA256/${name}`;
    write(path, 'index');
    expect(await look()).toEqual([]);
    write(path, 'other');
    expect(await look()).toEqual([path]);
  });

  it('a deep look believes no record', async () => {
    await look();
    write(DEB, 'wrong');
    // As if the disk had turned the bytes: the record says of this very state that it is whole.
    forgeRecord();
    expect(await look()).toEqual([]);
    expect(await look(true)).toEqual([DEB]);
    expect(await look()).toEqual([DEB]);
  });

  it('a record that is no JSON counts as none', async () => {
    writeFileSync(record(), '{');
    expect(await look()).toEqual([]);
    expect(commands).not.toEqual([]);
  });

  function forgeRecord(): void {
    const parsed = JSON.parse(readFileSync(record(), 'utf8')) as { files: Record<string, string> };
    const path = join(directory, 'cache', DEB);
    const { size, ctimeMs, ino } = statSync(path);
    parsed.files[path] = `${size} ${ctimeMs} ${ino}`;
    writeFileSync(record(), JSON.stringify(parsed));
  }
});
