/** iptables(8), whichever backend Debian's alternatives point it at. */

export const IPTABLES_SAVE_ARGV: readonly string[] = ['iptables-save'];

/** The rules of `iptables-save` that are not relight's own. Without any, nobody uses iptables here. */
export function listForeignRules(saved: string): string[] {
  return saved.split('\n').filter((line) => line.startsWith('-A ') && !line.includes('RELIGHT-'));
}

/** Whether relight's chains are loaded. */
export function hasOwnChains(saved: string): boolean {
  return /^:RELIGHT-DNAT /m.test(saved) && /^-A PREROUTING .*-j RELIGHT-DNAT$/m.test(saved);
}
