import { entriesOf } from '../check-shape.ts';
import type { UserAsWritten } from '../schema.ts';
import { placeFile, placeKey, placeValue } from '../sources.ts';
import type { GuestRule } from './context.ts';

/** The users of base-passwd and of what every Debian guest has installed. */
const SYSTEM_USERS = new Set(
  '_apt backup bin daemon games gnats irc list lp mail man messagebus news nobody proxy root sshd sync sys systemd-network systemd-resolve systemd-timesync uucp www-data'.split(
    ' ',
  ),
);

export const checkUsers: GuestRule = (guest, _context, reporter) => {
  const names = new Set<string>();
  for (const [index, user] of entriesOf(guest.written.users)) {
    const path = ['users', index, 'name'];
    if (names.has(user.name)) {
      reporter.at(placeValue(guest, path), 'RL3020', { what: 'the user', value: user.name });
    }
    names.add(user.name);
    if (SYSTEM_USERS.has(user.name)) {
      const suggestion = user.name === 'root' ? 'use the key root: { login: true, ssh-keys: [...] }' : '';
      reporter.at(placeValue(guest, path), 'RL2137', { value: user.name, suggestion });
    }
  }
};

/** What root has to log in with is a mistake when root cannot log in. */
export const checkRootLogin: GuestRule = (guest, _context, reporter) => {
  const { root } = guest.written;
  if (root === undefined || root.login === true) return;
  if (root.password !== undefined)
    reporter.at(placeKey(guest, ['root', 'password']), 'RL3022', { what: 'a password' });
  if ((root['ssh-keys'] ?? []).length > 0) {
    reporter.at(placeKey(guest, ['root', 'ssh-keys']), 'RL3022', { what: 'keys' });
  }
};

/** A guest that nobody can enter is allowed, since a role may bring its own way in, but it is seldom meant. */
export const checkLogins: GuestRule = (guest, context, reporter) => {
  const { users, root } = guest.written;
  const isOwn = Object.hasOwn(guest.document.data ?? {}, 'users');
  // With an account or a whole file broken, nobody knows yet who can log in.
  const isUnknown =
    guest.document.data === undefined ||
    context.sources.siteDocument?.data === undefined ||
    (users === undefined && isOwn) ||
    entriesOf(users).length < (users ?? []).length;
  if (isUnknown || root?.login === true) return;
  const canEnter = (user: UserAsWritten) =>
    user.password !== undefined || (user['ssh-keys'] ?? []).length > 0;
  if ((users ?? []).some(canEnter)) return;
  reporter.at(isOwn ? placeKey(guest, ['users']) : placeFile(guest), 'RL3021', {});
};
