import { createInterface } from 'node:readline/promises';

/** Asks a yes-or-no question on the terminal; `none` when there is nobody to ask. */
export async function confirm(question: string): Promise<'yes' | 'no' | 'none'> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return 'none';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no';
  } finally {
    terminal.close();
  }
}
