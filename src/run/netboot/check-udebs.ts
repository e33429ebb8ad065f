import { gunzipSync } from 'node:zlib';
import type { NetbootFacts } from '../../host/netboot.ts';
import { parseUdebs, planComponents, type Udeb } from '../../host/udebs.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { ask, mapConcurrently } from './http.ts';

const LARGEST_INDEX = 64 * 1024 ** 2;
const AT_ONCE = 8;

/** What of the installer's components the mirror cannot give. */
export interface MissingComponents {
  /** In the index, yet not to be fetched. */
  readonly lost: readonly Udeb[];
  /** Nothing in the index provides them for this kernel. */
  readonly unmet: readonly string[];
  /** No udeb at all is for this kernel. */
  readonly foreignKernel: boolean;
}

/**
 * Asks the mirror whether it has what the installer will fetch: the index, and each udeb by its head.
 * @throws Failure RL1205 when the mirror does not answer, or has no index
 */
export async function findMissingComponents(
  netboot: NetbootFacts,
  mirror: string,
  suite: string,
  proxy: string | undefined,
): Promise<MissingComponents> {
  const url = `${mirror.replace(/\/+$/, '')}/dists/${suite}/main/debian-installer/binary-amd64/Packages.gz`;
  const index = parseUdebs(await fetchIndex(url, proxy));
  const { wanted, unmet } = planComponents(index, netboot.installed, netboot.kernelVersion);
  const found = await mapConcurrently(wanted, AT_ONCE, async (udeb) => {
    const answer = await ask('HEAD', `${mirror.replace(/\/+$/, '')}/${udeb.filename}`, proxy, 0).catch(
      () => undefined,
    );
    return answer?.status === 200;
  });
  return {
    lost: wanted.filter((_, at) => found[at] !== true),
    unmet,
    foreignKernel: !index.some((udeb) => udeb.kernelVersion === netboot.kernelVersion),
  };
}

async function fetchIndex(url: string, proxy: string | undefined): Promise<string> {
  try {
    const { status, body } = await ask('GET', url, proxy, LARGEST_INDEX);
    if (status !== 200) throw new Error(`status ${status}`);
    return gunzipSync(body, { maxOutputLength: LARGEST_INDEX }).toString('utf8');
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw makeFailure(EXIT.notReady, 'RL1205', { url, problem });
  }
}
