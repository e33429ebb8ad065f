import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPart } from '../../src/iso/content.ts';
import type { IsoEntry } from '../../src/iso/directory.ts';
import { openImage } from '../../src/iso/image.ts';
import { inspectImage } from '../../src/iso/inspect.ts';
import { findEntry } from '../../src/iso/walk.ts';
import { Failure } from '../../src/report/failure.ts';
import { openFileSource } from '../../src/run/byte-source.ts';
import { bundleFile } from '../support/bundle.ts';
import { compareListings, listByRelight, listByXorriso } from '../support/iso-compare.ts';
import {
  makeKernelHead,
  makeSample,
  makeSmallNetinst,
  SAMPLE_COMMANDS,
  writeSampleTree,
} from '../support/iso-samples.ts';
import { fetchPackages } from '../support/netinst-packages.ts';

/** Needs xorriso, genisoimage, isolinux, and apt for the images that Debian's packages ship. */
let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'relight-iso-'));
  writeSampleTree(join(work, 'tree'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('every entry is what xorriso extracts: name, kind, size, mode, target, bytes', () => {
  test.each(Object.keys(SAMPLE_COMMANDS))(
    '%s',
    async (command) => {
      const image = join(work, `${Object.keys(SAMPLE_COMMANDS).indexOf(command)}.iso`);
      makeSample(command, join(work, 'tree'), image);
      const ours = await listByRelight(image);
      expect(ours.size).toBeGreaterThan(430);
      expect(
        compareListings(ours, listByXorriso(image, join(work, 'out', command.replaceAll(' ', '')))),
      ).toEqual([]);
      if (!(await hasJoliet(image))) return;
      const joliet = await listByRelight(image, 'joliet', false);
      const theirs = listByXorriso(image, join(work, 'joliet', command.replaceAll(' ', '')), 'norock', false);
      expect(compareListings(joliet, theirs)).toEqual([]);
    },
    60_000,
  );

  test('an image that xorriso grew afterwards', async () => {
    const image = join(work, 'grown.iso');
    makeSample('genisoimage, Rock Ridge and Joliet', join(work, 'tree'), image);
    execFileSync('xorriso', ['-dev', image, '-map', '/etc/hostname', '/new', '-rm_r', '/many', '--'], {
      stdio: 'pipe',
    });
    const ours = await listByRelight(image);
    expect(ours.has('/new')).toBe(true);
    expect(ours.has('/many')).toBe(false);
    expect(compareListings(ours, listByXorriso(image, join(work, 'out-grown')))).toEqual([]);
  }, 60_000);

  test.each(['bookworm', 'trixie'] as const)(
    'the images in the packages of %s',
    async (suite) => {
      const packages = await fetchPackages(suite, ['grub-rescue-pc', 'ipxe', 'memtest86+']);
      const images = readdirSync(join(packages, 'root'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.iso'))
        .map((entry) => join(entry.parentPath, entry.name));
      expect(images.length).toBeGreaterThanOrEqual(4);
      for (const [index, image] of images.entries()) {
        const ours = await listByRelight(image);
        const directory = join(work, suite, String(index));
        expect([image, ...compareListings(ours, listByXorriso(image, directory))]).toEqual([image]);
      }
    },
    300_000,
  );
});

/** Writes 4 GB: RELIGHT_LONG=1. The same paths on small extents are in test/unit/iso/tree.test.ts. */
const testLong = process.env.RELIGHT_LONG === '1' ? test : () => undefined;
testLong(
  'a file of more than 4 GiB, in two extents',
  async () => {
    const size = 2 ** 32 + 123_456_789;
    const marks = [0, 2 ** 32 - 2048 - 5, 2 ** 32 - 5, size - 7];
    mkdirSync(join(work, 'huge'));
    const file = openSync(join(work, 'huge', 'file'), 'w');
    for (const mark of marks) writeSync(file, 'marker!', mark);
    closeSync(file);
    const path = join(work, 'huge.iso');
    execFileSync('xorriso', ['-as', 'mkisofs', '-R', '-iso-level', '3', '-o', path, join(work, 'huge')], {
      stdio: 'pipe',
    });
    const source = await openFileSource(path);
    const image = await openImage(source);
    const entry = await findEntry(image, '/file');
    expect(entry).toMatchObject({ size, kind: 'file' });
    expect(entry?.extents.length).toBe(2);
    for (const mark of entry === undefined ? [] : marks) {
      expect(Buffer.from(await readPart(image, entry as IsoEntry, mark, 7)).toString()).toBe('marker!');
    }
    await source.close();
    rmSync(path);
  },
  300_000,
);

async function hasJoliet(path: string): Promise<boolean> {
  const source = await openFileSource(path);
  try {
    return (await openImage(source)).trees.includes('joliet');
  } finally {
    await source.close();
  }
}

describe('bad images', () => {
  test('an image cut at every two KiB of its first 200 sectors, and at odd places, is refused with a clear error', async () => {
    const small = join(work, 'cut-me.iso');
    makeSmallNetinst(work, makeKernelHead('6.12.0-test-amd64'), small);
    const whole = readFileSync(small);
    const cut = join(work, 'cut.iso');
    const codes = new Map<string, number>();
    for (let index = 0; index < 400; index += 1) {
      writeFileSync(cut, whole.subarray(0, Math.floor(index / 2) * 2048 + (index % 2) * 999));
      const source = await openFileSource(cut);
      const error = await inspectImage(source).then(
        () => undefined,
        (failure: unknown) => failure,
      );
      await source.close();
      expect(error).toBeInstanceOf(Failure);
      const code = error instanceof Failure ? error.code : '';
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].sort()).toEqual(['RL6001', 'RL6002']);
  }, 120_000);

  test('1,600 mutated images: no crash, no hang, under 150 MB, only errors of the table', async () => {
    const program = join(work, 'fuzz.mjs');
    await bundleFile(new URL('../support/iso-fuzz.ts', import.meta.url).pathname, program);
    const small = join(work, 'fuzz-1.iso');
    makeSmallNetinst(join(work, 'fuzz'), makeKernelHead('6.12.0-test-amd64'), small);
    const other = join(work, 'fuzz-2.iso');
    makeSample('genisoimage, Rock Ridge and Joliet', join(work, 'fuzz', 'small'), other);
    expect(existsSync(other)).toBe(true);
    const output = execFileSync('node', [program, '20251', '800', small, other], {
      timeout: 240_000,
      encoding: 'utf8',
    });
    const { outcomes, maxRssKiB } = JSON.parse(output) as {
      outcomes: Record<string, number>;
      maxRssKiB: number;
    };
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(1600);
    // The mutations reach the structures: many kinds of error, and not only errors.
    expect(Object.keys(outcomes)).toEqual(
      expect.arrayContaining(['read', 'RL6001', 'RL6002', 'RL6003', 'RL6010']),
    );
    expect(maxRssKiB).toBeLessThan(150 * 1024);
  }, 300_000);
});
