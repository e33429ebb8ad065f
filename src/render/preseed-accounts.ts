import type { GuestSpec } from '../spec/types.ts';
import { requireUserName } from './access.ts';
import type { PreseedAnswer } from './preseed-line.ts';
import type { PreseedRequest } from './preseed-request.ts';

/** A password that no input matches (crypt(5)). "!" would make the installer ask for root's. */
const LOCKED = '*';

/**
 * root and the first user. Only hashes, and only by name: the value is put in when the file is written. The late
 * script makes the other users.
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
    ...listFirstUser(guest, nameSecret),
  ];
}

function listFirstUser(guest: GuestSpec, nameSecret: (user: string) => string): PreseedAnswer[] {
  const [user] = guest.users;
  if (user === undefined) return [answer('passwd/make-user', 'boolean', 'false', 'users')];
  const name = requireUserName(user.name);
  const password = user.password === undefined ? LOCKED : { secret: nameSecret(user.name) };
  return [
    answer('passwd/make-user', 'boolean', 'true', 'users[0]'),
    answer('passwd/user-fullname', 'string', name, 'users[0].name'),
    answer('passwd/username', 'string', name, 'users[0].name'),
    answer('passwd/user-password-crypted', 'password', password, 'users[0].password'),
    answer('passwd/user-default-groups', 'string', user.sudo ? 'sudo' : '', 'users[0].sudo'),
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
