import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { NetbootFacts } from '../../host/netboot.ts';
import { parseUdebs, planComponents, type Udeb } from '../../host/udebs.ts';
import { findInstallerParts } from '../../release/installer-parts.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { mapInParallel } from '../parallel.ts';
import { ask } from './http.ts';

const LARGEST_INDEX = 64 * 1024 ** 2;
/** Larger than any udeb: a mirror that knows no ranges sends all of it. */
const LARGEST_UDEB = 64 * 1024 ** 2;
const AT_ONCE = 8;
const INDEX = 'main/debian-installer/binary-amd64/Packages';

/** What of the installer's components the mirror cannot give. */
export interface MissingComponents {
  /** In the index, yet not to be fetched. */
  readonly lost: readonly Udeb[];
  /** Nothing in the index provides them for this kernel. */
  readonly unmet: readonly string[];
  /** No udeb at all is for this kernel. */
  readonly foreignKernel: boolean;
  /** The name of the suite under which the mirror has an index that fits its Release. */
  readonly suite: string;
}

/**
 * Asks the mirror whether it has what the installer will fetch: the index, as its Release says that it is, and each
 * udeb. A mirror between two updates may hold an index that its Release does not name: the installer would
 * stop there. Then the suite's other name is tried, such as `stable`.
 * @throws Failure RL1205 when the mirror does not answer, or has no index that the installer would believe
 */
export async function findMissingComponents(
  netboot: NetbootFacts,
  mirror: string,
  suite: string,
  proxy: string | undefined,
): Promise<MissingComponents> {
  const base = mirror.replace(/\/+$/, '');
  const found = await findIndex(base, suite, proxy);
  const index = parseUdebs(found.text);
  const { wanted, unmet } = planComponents(index, netboot.installed, netboot.kernelVersion);
  const isThere = await mapInParallel(wanted, AT_ONCE, (udeb) => hasFile(`${base}/${udeb.filename}`, proxy));
  return {
    lost: wanted.filter((_, at) => isThere[at] === false),
    unmet,
    foreignKernel: !index.some((udeb) => udeb.kernelVersion === netboot.kernelVersion),
    suite: found.suite,
  };
}

/** The name of the suite under which the mirror has an index that fits its Release. @throws Failure RL1205 */
export async function findComponentSuite(
  mirror: string,
  suite: string,
  proxy: string | undefined,
): Promise<string> {
  return (await findIndex(mirror.replace(/\/+$/, ''), suite, proxy)).suite;
}

async function findIndex(
  base: string,
  suite: string,
  proxy: string | undefined,
): Promise<{ suite: string; text: string }> {
  let problem = '';
  for (const name of [suite, ...(findInstallerParts(suite)?.aliases ?? [])]) {
    const directory = `${base}/dists/${name}`;
    try {
      const release = (await fetchFile(`${directory}/Release`, proxy)).toString('utf8');
      if (/^Codename: (.*)$/m.exec(release)?.[1] !== suite) continue;
      // The installer takes the first of them that is listed (net-retriever).
      const [packed, text] = await Promise.all(
        ['xz', 'gz'].map((ending) => fetchFile(`${directory}/${INDEX}.${ending}`, proxy)),
      );
      if (packed === undefined || text === undefined) continue;
      const isListed = [packed, text].every((bytes) => release.includes(` ${hash(bytes)} `));
      if (isListed) {
        return { suite: name, text: gunzipSync(text, { maxOutputLength: LARGEST_INDEX }).toString('utf8') };
      }
      throw new Error('it is not the one that Release names: the mirror is between two updates');
    } catch (error) {
      if (problem === '') problem = error instanceof Error ? error.message : String(error);
    }
  }
  throw makeFailure(EXIT.notReady, 'RL1205', { url: `${base}/dists/${suite}/${INDEX}.xz`, problem });
}

/**
 * Whether the mirror has a file, by its first byte: apt-cacher-ng 3.7.4 answers HEAD for what it has not fetched yet with
 * status 200 and an empty Content-Length, whether the mirror has it or not. So the cache has it when the installer asks.
 * @throws Failure RL1205 when that cannot be said
 */
async function hasFile(url: string, proxy: string | undefined): Promise<boolean> {
  const problem = await ask(url, proxy, LARGEST_UDEB, { headers: { range: 'bytes=0-0' } }).then(
    ({ status }) => (status < 500 ? status === 200 || status === 206 : `status ${status}`),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (typeof problem === 'boolean') return problem;
  throw makeFailure(EXIT.notReady, 'RL1205', { url, problem });
}

async function fetchFile(url: string, proxy: string | undefined): Promise<Buffer> {
  const { status, body } = await ask(url, proxy, LARGEST_INDEX);
  if (status !== 200) throw new Error(`${url}: status ${status}`);
  return body;
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
