import { linkSync } from 'node:fs';
import {
  buildAptUpdateArgv,
  buildFetchArgv,
  buildPrintUrisArgv,
  buildShowArgv,
  ESSENTIAL_PATTERNS,
  type FetchItem,
  parsePrintUris,
  splitStanzas,
} from '../../tools/apt.ts';
import { type IndexedPackage, readIndexedPackage } from '../../vault/apt-repository.ts';
import type { VaultNeed } from '../../vault/need.ts';
import { listDirectory } from '../directory.ts';
import { pathExists, removeFile } from '../files.ts';
import type { Runner } from '../runner.ts';
import { openAptScratch, refuseFill, UPDATE_SECONDS } from './apt-scratch.ts';
import type { ObjectStore } from './objects.ts';

const FETCH_SECONDS = 4 * 3600;
const SHOWN_AT_ONCE = 200;

/** A package with the name that apt gives its file. */
export type WantedPackage = IndexedPackage & { readonly file: string };

/** apt in a directory of its own, aimed at the archives of one guest. */
export interface AptSession {
  /** The exact packages that a bootstrap installs, by the archives as they are now. */
  readonly resolve: () => Promise<WantedPackage[]>;
  /** Fetches those which the store lacks into it. */
  readonly fetch: (packages: readonly WantedPackage[], objects: ObjectStore) => Promise<void>;
}

/** @throws Failure RL1607 from every part of it, with what apt says */
export function openAptSession(runner: Runner, directory: string, need: VaultNeed): AptSession {
  const { apt, capture } = openAptScratch(runner, directory, need);
  const stages = [[...ESSENTIAL_PATTERNS], [...ESSENTIAL_PATTERNS, ...need.packages]];
  return {
    resolve: async () => {
      await apt(buildAptUpdateArgv(), UPDATE_SECONDS);
      const items = new Map<string, FetchItem>();
      // The first stage settles alternatives by itself, as mmdebstrap does: the second may settle them in another way.
      for (const stage of stages) {
        const output = await capture(buildPrintUrisArgv({ directory }, stage));
        for (const item of parsePrintUris(output)) items.set(item.file, item);
      }
      return await describeItems([...items.values()], capture, need.guest);
    },
    fetch: async (packages, objects) => {
      const archives = `${directory}/var/cache/apt/archives`;
      for (const { sha256, file } of packages) {
        const target = `${archives}/${file}`;
        if (pathExists(objects.path(sha256)) && !pathExists(target)) linkSync(objects.path(sha256), target);
      }
      for (const stage of stages) await apt(buildFetchArgv(stage), FETCH_SECONDS);
      for (const { sha256, file, name } of packages) {
        if (pathExists(objects.path(sha256)) || objects.adopt(`${archives}/${file}`, sha256)) continue;
        removeFile(`${archives}/${file}`);
        throw refuseFill(need.guest, `${name} came with another hash than the archive's index says`);
      }
      for (const file of listDirectory(archives))
        if (file.endsWith('.deb')) removeFile(`${archives}/${file}`);
    },
  };
}

/** Finds the index stanza of each item: of several archives that have the version, the first. */
async function describeItems(
  items: readonly FetchItem[],
  capture: (argv: readonly string[]) => Promise<string>,
  guest: string,
): Promise<WantedPackage[]> {
  const found = new Map<string, IndexedPackage>();
  for (let first = 0; first < items.length; first += SHOWN_AT_ONCE) {
    const batch = items.slice(first, first + SHOWN_AT_ONCE);
    const output = await capture(buildShowArgv(batch.map(({ name, version }) => `${name}=${version}`)));
    for (const stanza of splitStanzas(output)) {
      const read = readIndexedPackage(stanza);
      const key = `${read?.name}=${read?.version}`;
      if (read !== undefined && !found.has(key)) found.set(key, read);
    }
  }
  return items.map((item) => {
    const read = found.get(`${item.name}=${item.version}`);
    if (read === undefined) throw refuseFill(guest, `the index says nothing of ${item.name} ${item.version}`);
    return { ...read, file: item.file };
  });
}
