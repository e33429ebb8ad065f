/** The lines of a text without their line feeds. A last line without a line feed counts; an empty rest does not. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
