import { requireInterface } from '../refuse.ts';

/** One stanza of interfaces(5) with the line numbers that it takes, `to` not included. */
interface Stanza {
  readonly words: readonly string[];
  readonly from: number;
  readonly to: number;
}

const STARTS = /^(iface|mapping|auto|allow-\S+|no-auto-down|no-scripts|rename|source|source-directory)$/;

/** Whether a file of interfaces(5) configures this interface. */
export function definesInterface(text: string, link: string): boolean {
  return listStanzas(text).some(({ words }) => words[0] === 'iface' && words[1] === link);
}

/** Whether /etc/network/interfaces takes in the files of interfaces.d, as Debian's installer writes it. */
export function readsDirectory(text: string): boolean {
  return listStanzas(text).some(
    ({ words }) => /^source(-directory)?$/.test(words[0] ?? '') && /interfaces\.d/.test(words[1] ?? ''),
  );
}

/**
 * Makes a bridge over an interface: what the file says about the interface's addresses is said about the bridge, and the
 * interface becomes its port. All other lines stay as they are, comments too.
 * @throws Failure RL0901
 */
export function moveToBridge(text: string, link: string, bridge: string): string {
  requireInterface(link);
  requireInterface(bridge);
  const lines = text.split('\n');
  const stanzas = listStanzas(text);
  const own = stanzas.filter(({ words }) => words[0] === 'iface' && words[1] === link);
  const first = own[0];
  if (first === undefined) return text;
  for (const stanza of own) {
    lines[stanza.from] = (lines[stanza.from] ?? '').replace(/^(\s*iface\s+)\S+/, `$1${bridge}`);
  }
  const ports = [`    bridge_ports ${link}`, '    bridge_stp off', '    bridge_fd 0'];
  lines[first.from] = [lines[first.from], ...ports].join('\n');
  lines[first.from] = `iface ${link} inet manual\n\nauto ${bridge}\n${lines[first.from]}`;
  return lines.join('\n');
}

/** Cuts a file into stanzas. A line that ends in a backslash goes on. */
function listStanzas(text: string): Stanza[] {
  const stanzas: Stanza[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const words = line.trim().split(/\s+/);
    if (!STARTS.test(words[0] ?? '')) continue;
    let to = index + 1;
    while (to < lines.length && !STARTS.test((lines[to] ?? '').trim().split(/\s+/)[0] ?? '')) to += 1;
    stanzas.push({ words, from: index, to });
  }
  return stanzas;
}
