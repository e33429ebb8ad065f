import { linkSync } from 'node:fs';
import { EXIT, type Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import {
  APT_DIRECTORIES,
  buildAptUpdateArgv,
  buildFetchArgv,
  buildPrintUrisArgv,
  buildShowArgv,
  ESSENTIAL_PATTERNS,
  type FetchItem,
  parsePrintUris,
  renderAptConf,
  splitStanzas,
} from '../../tools/apt.ts';
import { type IndexedPackage, readIndexedPackage } from '../../vault/apt-repository.ts';
import type { VaultNeed } from '../../vault/need.ts';
import { listDirectory } from '../directory.ts';
import { makeDirectory, pathExists, readTextFile, removeFile, writeFileAtomically } from '../files.ts';
import { type CommandResult, type Runner, requireSuccess } from '../runner.ts';
import type { ObjectStore } from './objects.ts';

const UPDATE_SECONDS = 900;
const FETCH_SECONDS = 4 * 3600;
const SHOWN_AT_ONCE = 200;
const LARGEST_OUTPUT = 64 * 1024 * 1024;

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
  for (const name of APT_DIRECTORIES) makeDirectory(`${directory}/${name}`, 0o755);
  const conf = `${directory}/apt.conf`;
  writeFileAtomically(`${directory}/status`, '', 0o644);
  writeFileAtomically(conf, renderAptConf({ directory }, need.proxy), 0o644);
  writeFileAtomically(`${directory}/etc/apt/sources.list`, `${need.sources.join('\n')}\n`, 0o644);
  const apt = async (argv: readonly string[], deadlineSeconds: number, outputFile?: string) => {
    const output = outputFile === undefined ? {} : { outputFile };
    const result = await runner.run({ argv, deadlineSeconds, environment: { APT_CONFIG: conf }, ...output });
    return requireFetched(result, need.guest);
  };
  const capture = async (argv: readonly string[]) => {
    const file = `${directory}/output`;
    await apt(argv, UPDATE_SECONDS, file);
    return readTextFile(file, LARGEST_OUTPUT);
  };
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
        throw refuse(need.guest, `${name} came with another hash than the archive's index says`);
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
    if (read === undefined) throw refuse(guest, `the index says nothing of ${item.name} ${item.version}`);
    return { ...read, file: item.file };
  });
}

function requireFetched(result: CommandResult, guest: string): CommandResult {
  if (!result.failed || result.missing || result.aborted) return requireSuccess(result);
  const lines = `${result.stderr}\n${result.stdout}`
    .split('\n')
    .filter((line) => /^(E|W|Err)[:0-9]/.test(line));
  const why = result.timedOut ? 'it took too long' : lines.slice(0, 4).join(' ');
  throw refuse(guest, why === '' ? `${result.argv[0]} failed` : why);
}

function refuse(name: string, why: string): Failure {
  return makeFailure(EXIT.failed, 'RL1607', { name, why });
}
