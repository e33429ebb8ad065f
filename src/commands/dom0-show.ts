import type { Dom0Item } from '../plan/dom0/types.ts';

/** The version of the JSON that `dom0 check` prints. */
const JSON_VERSION = 1;
const MARKS = {
  ok: 'ok     ',
  note: 'note   ',
  todo: 'missing',
  reboot: 'reboot ',
  refused: 'REFUSED',
  broken: 'BROKEN ',
} as const;

/** One line an item, below the heading of its area; what mends it follows. */
export function formatDom0Items(items: readonly Dom0Item[], diffs: boolean): string {
  const lines: string[] = [];
  let area = '';
  for (const item of items) {
    if (item.area !== area) lines.push(`${item.area}:`);
    area = item.area;
    lines.push(`  ${MARKS[item.state]}  ${item.title}${item.detail === '' ? '' : `: ${item.detail}`}`);
    if (diffs && item.diff !== undefined) lines.push(...indent(item.diff));
    if (item.issue === undefined) continue;
    if (item.issue.message !== item.title) lines.push(`           ${item.issue.code}: ${item.issue.message}`);
    if (item.issue.hint !== undefined) lines.push(`           hint: ${item.issue.hint}`);
  }
  return `${lines.join('\n')}\n`;
}

export function formatDom0Json(items: readonly Dom0Item[]): string {
  const rows = items.map(({ id, area, title, state, detail, diff, issue }) => ({
    ...{ id, area, title, state, detail },
    ...(diff === undefined ? {} : { diff }),
    ...(issue === undefined ? {} : { issue: { code: issue.code, message: issue.message, hint: issue.hint } }),
  }));
  return `${JSON.stringify({ version: JSON_VERSION, ready: isReady(items), items: rows }, undefined, 2)}\n`;
}

/** Whether guests can be run and rebuilt: nothing is missing, broken or waiting. */
export function isReady(items: readonly Dom0Item[]): boolean {
  return items.every((item) => item.state === 'ok' || item.state === 'note');
}

function indent(text: string): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `           ${line}`);
}
