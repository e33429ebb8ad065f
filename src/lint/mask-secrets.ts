import { type LintContext, placeOf } from './context.ts';

const HASH = /\$(y|gy|7|6|5|2[aby]|1)\$[^\s'"`]{8,}/g;
const CREDENTIALS = /(:\/\/)[^\s/@]+(?=@)/g;

/** The text for excerpts: passwords, hashes and credentials become stars of the same length, so that carets stay right. */
export function maskPreseed(context: LintContext): string {
  const lines = context.lines.map(maskLine);
  for (const entry of context.entries) {
    const isSecret =
      context.findQuestion(entry.name.text)?.type === 'password' || entry.type.text === 'password';
    if (!isSecret || entry.value.text === '') continue;
    const { line, column, length } = placeOf(context, entry);
    const text = lines[line - 1] ?? '';
    lines[line - 1] = text.slice(0, column - 1) + '*'.repeat(length) + text.slice(column - 1 + length);
    const first = line;
    // A secret over several lines: what follows it is a part of it.
    for (const segment of entry.segments)
      if (segment.line > first) lines[segment.line - 1] = hide(segment.text);
  }
  return lines.join('\n');
}

/** Most lines have neither sign, and a file may have many lines. */
function maskLine(line: string): string {
  const hashless = line.includes('$') ? line.replaceAll(HASH, hide) : line;
  return hashless.includes('@') ? hashless.replaceAll(CREDENTIALS, hideAfterSlashes) : hashless;
}

function hide(text: string): string {
  return '*'.repeat(text.length);
}

function hideAfterSlashes(text: string): string {
  return `://${hide(text.slice(3))}`;
}
