import { requireMatch } from './refuse.ts';

const VALUE = /^[A-Za-z0-9 _./:,=@%+-]*$/;

/**
 * Sets variables in a file of shell assignments, such as those in /etc/default. A variable that is set is set where it
 * was last; one that is not is added at the end. Comments and all other lines stay as they are.
 * @throws Failure RL0901 for a name or a value that would need quoting
 */
export function setAssignments(text: string, values: Readonly<Record<string, string>>): string {
  let lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  for (const [name, value] of Object.entries(values)) {
    requireMatch('a variable', name, /^[A-Za-z_][A-Za-z0-9_]*$/, 'a plain name');
    const wanted = `${name}="${requireMatch('a value', value, VALUE, 'free of quotes and of what a shell expands')}"`;
    const places = lines.flatMap((line, index) => (isAssignment(line, name) ? [index] : []));
    const last = places.at(-1);
    if (last === undefined) lines.push(wanted);
    else if (readAssignments(lines.join('\n'))[name] !== value) {
      lines = lines.map((line, index) => (index === last ? wanted : line));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The plain assignments of such a file, the last of each name; what a shell would have to expand is left as written. */
export function readAssignments(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const found = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (found?.[1] !== undefined) values[found[1]] = unquote(found[2] ?? '');
  }
  return values;
}

function isAssignment(line: string, name: string): boolean {
  return new RegExp(`^\\s*(?:export\\s+)?${name}=`).test(line);
}

function unquote(text: string): string {
  const quoted = /^(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/.exec(text);
  return quoted === null ? text.replace(/\s+#.*$/, '').trim() : (quoted[1] ?? quoted[2] ?? '');
}
