/** argv of ss(8) for who listens on a TCP port. */
export function buildListenersArgv(port: number): string[] {
  return ['ss', '--listening', '--tcp', '--numeric', '--processes', '--no-header', `sport = :${port}`];
}

/** The name of the first program that listens; undefined when nobody does. */
export function parseListener(output: string): string | undefined {
  const [line] = output.split('\n').filter((each) => each.trim() !== '');
  if (line === undefined) return undefined;
  return /users:\(\("([^"]+)"/.exec(line)?.[1] ?? 'a program without a name';
}
