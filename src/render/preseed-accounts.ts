import type { PreseedAnswer } from './preseed-line.ts';
import type { PreseedRequest } from './preseed-request.ts';

/** A password that no input matches (crypt(5)). "!" would make the installer ask for root's. */
const LOCKED = '*';

/**
 * root alone. Only a hash, and only by name: the value is put in when the file is written. The late script makes the
 * users.
 * @throws Failure RL0901
 */
export function listAccountAnswers(request: PreseedRequest): PreseedAnswer[] {
  const { guest, nameSecret } = request;
  const rootPassword =
    guest.root.login && guest.root.password !== undefined ? { secret: nameSecret('root') } : LOCKED;
  return [
    // With root-login false the installer would put its user into group sudo, whatever the spec says.
    answer('passwd/root-login', 'boolean', 'true', 'root'),
    answer('passwd/root-password-crypted', 'password', rootPassword, 'root'),
    // The installer refuses names that it reserves, such as admin, and asks. The late script makes all users.
    answer('passwd/make-user', 'boolean', 'false', 'users'),
  ];
}

function answer(
  name: string,
  type: PreseedAnswer['type'],
  value: PreseedAnswer['value'],
  path: string,
): PreseedAnswer {
  return { owner: 'd-i', name, type, value, path };
}
