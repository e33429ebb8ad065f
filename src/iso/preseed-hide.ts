/** Questions whose answer is a secret, or a command that may hold one. */
const SECRET = /passw|passphrase|secret|token|wpa|wep|command|preseed\/run|proxy|(^|[-_/])keys?($|[-_/])/i;

/** A password as crypt(5) writes it, wherever it stands. */
const HASH = /\$[a-z0-9]{1,4}\$/i;

/** The lines of a preseed file for a person to read: comments left out, secret answers hidden. */
export function hideSecrets(text: string): string[] {
  const lines: string[] = [];
  let isContinued = false;
  for (const line of text.split(/\r?\n/)) {
    const wasContinued = isContinued;
    isContinued = line.endsWith('\\');
    // What goes on over several lines is shown by its first, so that no part of a secret shows by itself.
    if (wasContinued || /^\s*(#|$)/.test(line)) continue;
    const [owner = '', question = '', type = '', ...value] = line.trim().split(/\s+/);
    const isHidden = SECRET.test(question) || type === 'password' || isContinued || HASH.test(line);
    lines.push([owner, question, type, isHidden ? '(hidden)' : value.join(' ')].join(' ').trimEnd());
  }
  return lines;
}
