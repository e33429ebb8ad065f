import type { Issue } from '../../report/issue.ts';
import { type LintContext, placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';
import { isCommand } from './conflicts.ts';

/** A command of the preseed, for a shell that only checks it (`sh -n`). */
export interface CommandToCheck {
  readonly entry: Entry;
  readonly text: string;
}

/** Longer ones are data, not commands, and would take the patterns below too long. */
const LONGEST = 64 * 1024;

/** The commands that the installer's shell will be given. */
export function listCommands(context: LintContext): readonly CommandToCheck[] {
  return context.entries
    .filter((entry) => isCommand(entry.name.text) && !entry.isFlag && entry.value.text !== '')
    .filter((entry) => entry.value.text.length <= LONGEST)
    .map((entry) => ({ entry, text: entry.value.text }));
}

/** The finding for a command that `sh -n` refused; `output` is what the shell said. */
export function reportBadCommand(context: LintContext, command: CommandToCheck, output: string): Issue {
  const line = output.split('\n').find((text) => text.trim() !== '') ?? 'syntax error';
  const detail = line
    .replace(/^.*?: (?=\S)(\d+: )?/, '')
    .replace(/^\d+: /, '')
    .trim();
  return report('RL5701', placeOf(context, command.entry), { name: command.entry.name.text, detail });
}

/** `in-target echo x > /etc/y`: the installer's shell opens the file before in-target starts. */
export const findOutsideRedirections: Rule = (context) =>
  listCommands(context).flatMap(({ entry, text }) => {
    const issues: Issue[] = [];
    for (const match of maskQuotes(text).matchAll(/\bin-target\b[^;&|\n]*?(>>?)[ \t]*(\/[^\s;&|]*)/g)) {
      const path = match[2] ?? '';
      if (/^\/(target|dev\/null|tmp|var\/log)(\/|$)/.test(path) || path === '/dev/null') continue;
      const start = match.index + match[0].length - path.length;
      issues.push(
        report('RL5702', placeOf(context, entry, entry.value, start, path.length), { value: path }),
      );
    }
    return issues;
  });

/** Quoted text becomes blanks of the same length, so that only the shell's own syntax is left. */
function maskQuotes(text: string): string {
  return text.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/g, (quoted) => ' '.repeat(quoted.length));
}

const SECRET =
  /\$(y|gy|7|6|5|2[aby]|1)\$[A-Za-z0-9./$]{8,}|\bchpasswd\b|\bpasswd\s+--stdin\b|\bmkpasswd\b|-----BEGIN [A-Z ]*PRIVATE KEY/;

/** The installer logs `running preseed command ...` with the whole text, and keeps that log. */
export const findSecretsInCommands: Rule = (context) =>
  listCommands(context).flatMap(({ entry, text }) => {
    const match = SECRET.exec(text);
    if (match === null) return [];
    const place = placeOf(context, entry, entry.value, match.index, match[0].length);
    return [report('RL5703', place, { name: entry.name.text })];
  });
