import type { CodeEntry } from './codes/entry.ts';
import { CODES } from './codes.ts';

/** The table of codes as Markdown, for docs/error-codes.md. */
export function formatCodeList(): string {
  const entries: readonly [string, CodeEntry][] = Object.entries(CODES);
  const sections = [...entries]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, entry]) => formatEntry(code, entry));
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

const INTRODUCTION = `# Error codes

Every issue and every failure has a stable code. A code is never reused. \`{name}\` stands for what the message fills in;
a failure says more than its rule here.
This file is generated from src/report/codes.ts.
`;

function formatEntry(code: string, entry: CodeEntry): string {
  const severity = entry.severity ?? 'error';
  const lines = [`## ${code}: ${entry.title}`, '', `${severity}: ${formatInline(entry.message)}`];
  if (entry.hint !== undefined && !/^\{\w+\}$/.test(entry.hint))
    lines.push('', `hint: ${formatInline(entry.hint)}`);
  return `${lines.join('\n')}\n`;
}

/** Inline code whose fence is longer than any run of backticks inside. */
function formatInline(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
