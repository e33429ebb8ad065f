/** The key types that Debian 12's and 13's sshd accept by default (sshd_config(5), PubkeyAcceptedAlgorithms). */
export const SSH_KEY_TYPES = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;

/** One line of authorized_keys without options: type, base64, comment of printable ASCII. */
export const SSH_KEY_PATTERN =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]{40,12000}={0,2}(?: [ -~]{0,200})?$/;

/**
 * What is wrong with an SSH public key, or undefined. The binary part is a row of strings, each with its length in four
 * bytes, the first being the type (RFC 4253, 6.6): a key that was cut in copying does not fit, and would lock its owner out.
 */
export function findSshKeyFault(line: string): string | undefined {
  if (/PRIVATE KEY/.test(line)) return 'it is a private key';
  if (/[\r\n]/.test(line)) return 'it must be one line';
  const [type = '', encoded = ''] = line.split(' ');
  if (!SSH_KEY_TYPES.some((known) => known === type))
    return 'it must start with its type, such as ssh-ed25519';
  if (!SSH_KEY_PATTERN.test(line))
    return 'after the type comes the key in base64, then an optional comment in ASCII';
  const bytes = Buffer.from(encoded, 'base64');
  let offset = 0;
  let first: string | undefined;
  while (offset + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(offset);
    first ??= bytes.subarray(offset + 4, offset + 4 + length).toString('latin1');
    offset += 4 + length;
  }
  if (first !== type) return `its base64 part is not a key of type ${type}`;
  return offset === bytes.length ? undefined : 'its base64 part is cut off or damaged';
}
