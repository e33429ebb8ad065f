import { EXIT, Failure } from '../report/failure.ts';

/**
 * Stops the rendering of a value that the file format, or the shell that reads it, could take for something else.
 * The spec's own checks come first; this is the second fence, so that a value is refused or inert, never quoted by hope.
 * @throws Failure RL0901, always.
 */
export function refuse(what: string, value: unknown, rule: string): never {
  const shown = JSON.stringify(value) ?? String(value);
  const short = shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  throw new Failure(
    EXIT.invalid,
    'RL0901',
    `${what} cannot be written to a file: ${short}`,
    `${what} must be ${rule}`,
  );
}

/** Hands the value back when it matches. @throws Failure RL0901 */
export function requireMatch(what: string, value: string, pattern: RegExp, rule: string): string {
  return pattern.test(value) ? value : refuse(what, value, rule);
}

/** A path on this machine or in the guest: absolute, plain characters, no `..`. @throws Failure RL0901 */
export function requirePath(what: string, value: string): string {
  const plain = /^(\/[A-Za-z0-9_.,+:@%=~-]+)+$/.test(value) && !/(^|\/)\.\.?(\/|$)/.test(value);
  return plain
    ? value
    : refuse(what, value, 'an absolute path of letters, digits and _.,+:@%=~-, without ..');
}

/** Six lower-case hexadecimal pairs. @throws Failure RL0901 */
export function requireMac(value: string): string {
  return requireMatch(
    'a MAC address',
    value,
    /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/,
    'six lower-case pairs, as 00:16:3e:…',
  );
}

/** A filesystem's, a partition's or a domain's UUID in lower case. @throws Failure RL0901 */
export function requireUuid(what: string, value: string): string {
  const pattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  return requireMatch(what, value, pattern, 'a UUID in lower case');
}

/** The name of an interface or bridge as the kernel takes it (dev_valid_name: at most 15 bytes). @throws Failure RL0901 */
export function requireInterface(value: string): string {
  return requireMatch(
    'an interface name',
    value,
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/,
    'at most 15 plain characters',
  );
}

/** The words of a kernel command line that neither GRUB nor a shell reads as syntax. @throws Failure RL0901 */
export function requireCommandLine(value: string): string {
  const pattern = /^$|^[A-Za-z0-9_.,:=/@%+~-]+( [A-Za-z0-9_.,:=/@%+~-]+)*$/;
  return requireMatch('a kernel command line', value, pattern, 'plain words with one space between them');
}
