import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFileSource } from '../../../src/run/byte-source.ts';
import { hashOnce } from '../../../src/run/known-hashes.ts';

let work = '';
let image = '';
let record = '';

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'relight-known-hashes-'));
  image = join(work, 'in.iso');
  record = join(work, 'state/iso-hashes.json');
  // Larger than one piece, with an odd rest.
  writeFileSync(image, 'a'.repeat(5_000_001), { mode: 0o644 });
  setAge(60);
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(work, { recursive: true });
});

/** Lets the image be `seconds` old: nobody sets a ctime back. */
function setAge(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: statSync(image).ctimeMs + seconds * 1000 });
}

/** The hash, and whether the image was read for it. */
async function hash(isKept = true): Promise<{ hash: string; isRead: boolean }> {
  const source = await openFileSource(image);
  let isRead = false;
  const watched: typeof source = {
    ...source,
    read: (offset, length, into) => {
      isRead = true;
      return source.read(offset, length, into);
    },
  };
  try {
    return { hash: await hashOnce(watched, 'sha256', isKept ? record : undefined), isRead };
  } finally {
    await source.close();
  }
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

const WANTED = sha256('a'.repeat(5_000_001));

describe('hashOnce', () => {
  it('reads a file once', async () => {
    expect(await hash()).toEqual({ hash: WANTED, isRead: true });
    expect(await hash()).toEqual({ hash: WANTED, isRead: false });
    expect(statSync(record).mode & 0o777).toBe(0o600);
  });

  it('reads it again without a record', async () => {
    await hash();
    expect(await hash(false)).toEqual({ hash: WANTED, isRead: true });
  });

  it('keeps the algorithms apart', async () => {
    await hash();
    const source = await openFileSource(image);
    const sha512 = await hashOnce(source, 'sha512', record);
    await source.close();
    expect(sha512).toBe(createHash('sha512').update('a'.repeat(5_000_001)).digest('hex'));
  });

  it('sees a change that left size and mtime', async () => {
    await hash();
    const { atime, mtime } = statSync(image);
    writeFileSync(image, 'b'.repeat(5_000_001));
    utimesSync(image, atime, mtime);
    setAge(60);
    expect(await hash()).toEqual({ hash: sha256('b'.repeat(5_000_001)), isRead: true });
  });

  it('keeps no hash of a file that changed just now', async () => {
    setAge(2);
    await hash();
    expect(existsSync(record)).toBe(false);
    expect((await hash()).isRead).toBe(true);
  });

  it('keeps no hash of a file that changed meanwhile', async () => {
    const source = await openFileSource(image);
    await hashOnce(source, 'sha256', record, () => chmodSync(image, 0o600));
    await source.close();
    expect(existsSync(record)).toBe(false);
  });

  it.each([0o664, 0o646])('keeps no hash of a file that others write to (%o)', async (mode) => {
    chmodSync(image, mode);
    setAge(60);
    await hash();
    expect(existsSync(record)).toBe(false);
  });

  it('does not believe a record that others write to', async () => {
    await hash();
    chmodSync(record, 0o666);
    expect((await hash()).isRead).toBe(true);
  });

  it.each(['', 'no JSON', '{"version":1}', '{"version":1,"hashes":{"x":"y"}}', '[]'])(
    'starts anew with a record that says %j',
    async (content) => {
      await hash();
      writeFileSync(record, content);
      expect(await hash()).toEqual({ hash: WANTED, isRead: true });
      expect((await hash()).isRead).toBe(false);
    },
  );

  it('does not fail where no record can be written', async () => {
    writeFileSync(join(work, 'state'), 'a file in the way');
    expect(await hash()).toEqual({ hash: WANTED, isRead: true });
  });

  it('forgets the oldest', async () => {
    await hash();
    const { version, hashes } = JSON.parse(readFileSync(record, 'utf8'));
    const others = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`sha256 ${index}`, WANTED]));
    writeFileSync(record, JSON.stringify({ version, hashes: { ...hashes, ...others } }));
    chmodSync(image, 0o600);
    setAge(60);
    await hash();
    const kept = Object.keys(JSON.parse(readFileSync(record, 'utf8')).hashes);
    expect(kept).toHaveLength(100);
    expect(kept).not.toContain(Object.keys(hashes)[0]);
  });
});
