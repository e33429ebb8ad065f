/** nft(8): the ruleset as JSON (libnftables-json(5)). */

export const NFT_CHAINS_ARGV: readonly string[] = ['nft', '-j', 'list', 'chains'];
export const buildNftCheckArgv = (file: string): string[] => ['nft', '-c', '-f', file];
export const buildNftLoadArgv = (file: string): string[] => ['nft', '-f', file];
/** Exit 1: there is no such table. */
export const NFT_DELETE_ARGV: readonly string[] = ['nft', 'delete', 'table', 'ip', 'relight'];

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook: string | undefined;
  readonly policy: string | undefined;
}

/** Reads `nft -j list chains`; nothing readable is no chain. */
export function parseNftChains(json: string): NftChain[] {
  try {
    const { nftables = [] } = JSON.parse(json) as { nftables?: { chain?: Record<string, string> }[] };
    return nftables.flatMap(({ chain }) =>
      chain === undefined
        ? []
        : [
            {
              family: chain.family ?? '',
              table: chain.table ?? '',
              name: chain.name ?? '',
              hook: chain.hook,
              policy: chain.policy,
            },
          ],
    );
  } catch {
    return [];
  }
}
