const LONGEST = 200;

/**
 * Makes text from a file safe to print: control characters and characters that reorder or hide text become visible,
 * and long text is cut. A hostile spec must not drive the reader's terminal.
 */
export function showText(text: string, longest = LONGEST): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu,
    escapeCharacter,
  );
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A URL can hold a user and a password; neither belongs in a message. The length stays, for the caret. */
export function hideUrlPassword(text: string): string {
  return text.replaceAll(
    /(:\/\/)([^\s/@"']+)@/g,
    (_whole, start: string, secret: string) => `${start}${'*'.repeat(secret.length)}@`,
  );
}
