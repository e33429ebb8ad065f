/** argv of wipefs(8) that only lists: without --all and --offset it erases nothing. */
export function buildSignaturesArgv(path: string): string[] {
  return ['wipefs', '--no-act', '--output', 'TYPE', '--noheadings', path];
}

/** The types of the signatures; empty when there is none. */
export function parseSignatures(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
