import { requireInterface } from '../refuse.ts';

/** Whether a systemd.network(5) file is about this interface by name; a pattern may match several and is left alone. */
export function matchesLink(text: string, link: string): boolean {
  const match = /^\[Match\]\s*\n((?:(?!\[).*\n?)*)/m.exec(text)?.[1] ?? '';
  const names = /^Name=(.*)$/m.exec(match)?.[1]?.trim().split(/\s+/) ?? [];
  return names.some((name) => name === link || (name.includes('*') && toPattern(name).test(link)));
}

/** The administrator's settings of an interface, said about the bridge instead. @throws Failure RL0901 */
export function rewriteForBridge(text: string, bridge: string): string {
  const blocks = text.split(/^(?=\[)/m).filter((block) => /^\[/.test(block));
  const kept = blocks
    .filter((block) => !/^\[(Match|Link)\]/.test(block))
    .map((block) => `${block.trimEnd()}\n`);
  const head = `# Written by relight from the settings of the interface that is now a port of this bridge.\n`;
  return `${head}[Match]\nName=${requireInterface(bridge)}\n\n${kept.join('\n')}`;
}

function toPattern(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
