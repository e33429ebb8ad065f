import { createInterface } from 'node:readline/promises';

/** Whether there is somebody to ask. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks for a text on the terminal; an empty answer means `fallback`. */
export async function ask(question: string, fallback: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const shown = fallback === '' ? '' : ` [${fallback}]`;
    return (await terminal.question(`${question}${shown}: `)).trim() || fallback;
  } finally {
    terminal.close();
  }
}

/** Asks a yes-or-no question on the terminal; `none` when there is nobody to ask. */
export async function confirm(question: string): Promise<'yes' | 'no' | 'none'> {
  if (!isTerminal()) return 'none';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no';
  } finally {
    terminal.close();
  }
}
