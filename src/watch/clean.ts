/** Longer lines of a console are cut: an escape storm must not fill a log or a terminal. */
const LINE_LIMIT = 2000;

/**
 * Takes a guest's console apart into clean lines. No control sequence of the guest reaches a terminal or a log
 * (ECMA-48: CSI, OSC, DCS and two-byte escapes; all other control bytes are dropped).
 */
export class ConsoleCleaner {
  private pending = '';

  /** Feeds what has arrived; returns the lines that are complete now. */
  feed(text: string): string[] {
    const parts = (this.pending + text).split(/\r\n|\n|\r/);
    this.pending = (parts.pop() ?? '').slice(-8 * LINE_LIMIT);
    return parts.map(cleanLine).filter((line) => line !== '');
  }

  /** The line that has not ended yet, such as a prompt or a question. */
  get unfinished(): string {
    return cleanLine(this.pending);
  }
}

/** Removes control sequences and control characters from one line, and cuts it. */
export function cleanLine(line: string): string {
  return (
    line
      .slice(0, 8 * LINE_LIMIT)
      // String sequences (OSC, DCS, SOS, PM, APC), ended by BEL or ST.
      .replace(/\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g, '')
      .replace(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g, '')
      .replace(/\u001b[ -/]*[0-~]?/g, '')
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '')
      .trimEnd()
      .slice(0, LINE_LIMIT)
  );
}
