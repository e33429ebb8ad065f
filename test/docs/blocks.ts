/** A fenced block of a Markdown file whose info string names a file: ```yaml domus/web1.yaml error=RL3201 */
export interface DocumentBlock {
  readonly language: string;
  /** The file's name, or `check` for the output of a check. Empty when the info string names none. */
  readonly name: string;
  /** The code that a check of it must report; undefined when it must report no error. */
  readonly error: string | undefined;
  readonly text: string;
  readonly line: number;
}

/** Reads the fenced blocks of a Markdown text, in order. */
export function readBlocks(markdown: string): DocumentBlock[] {
  const blocks: DocumentBlock[] = [];
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const opening = /^```(\S*) *(\S*) *(.*)$/.exec(lines[index] ?? '');
    if (opening === null) continue;
    const end = lines.indexOf('```', index + 1);
    if (end === -1) throw new Error(`line ${index + 1}: a fenced block that does not end`);
    const [, language = '', name = '', rest = ''] = opening;
    blocks.push({
      language,
      name,
      error: /^error=(RL\d{4})$/.exec(rest)?.[1],
      text: `${lines.slice(index + 1, end).join('\n')}\n`,
      line: index + 1,
    });
    index = end;
  }
  return blocks;
}
