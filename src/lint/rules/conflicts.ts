import type { Issue } from '../../report/issue.ts';
import { answerOf, placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';

const COMMAND = /(^|_)command$/;

/** Whether a question holds commands for the installer's shell. */
export function isCommand(name: string): boolean {
  return COMMAND.test(name) && name !== 'preseed/command';
}

/** The same answer twice does no harm; another one wins without a word. */
export const findOverridden: Rule = (context) => {
  const before = new Map<string, Entry>();
  const issues: Issue[] = [];
  for (const entry of context.entries) {
    if (entry.isFlag) continue;
    const name = entry.name.text;
    const first = before.get(name);
    before.set(name, entry);
    if (first === undefined || first.value.text === entry.value.text) continue;
    const related = [{ position: placeOf(context, first, first.name), message: 'the first answer' }];
    const code = isCommand(name) ? 'RL5302' : 'RL5301';
    issues.push(report(code, placeOf(context, entry, entry.name), { name }, related));
  }
  return issues;
};

/** apt-setup counts from local0 and stops at the first number that has no repository. */
export const findRepositoryGaps: Rule = (context) => {
  const numbers = new Map<number, Entry>();
  for (const entry of context.entries) {
    const match = /^apt-setup\/local(\d{1,4})\/repository$/.exec(entry.name.text);
    if (match !== null) numbers.set(Number(match[1]), entry);
  }
  let next = 0;
  while (numbers.has(next)) next += 1;
  return [...numbers]
    .filter(([number]) => number > next)
    .map(([number, entry]) =>
      report('RL5306', placeOf(context, entry, entry.name), { value: number, other: next }),
    );
};

export const findOtherProtocol: Rule = (context) => {
  const value = answerOf(context, 'mirror/protocol') ?? 'http';
  if (value !== 'http' && value !== 'https') return [];
  if (context.answers.has(`mirror/${value}/hostname`)) return [];
  const other = context.answers.get(value === 'http' ? 'mirror/https/hostname' : 'mirror/http/hostname');
  return other === undefined
    ? []
    : [report('RL5307', placeOf(context, other, other.name), { value, name: other.name.text })];
};
