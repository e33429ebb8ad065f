import { placeKey, placeValue } from '../sources.ts';
import type { GuestRule } from './context.ts';

/** The users of base-passwd and of what every Debian guest has installed. */
const SYSTEM_USERS = new Set(
  '_apt backup bin daemon games gnats irc list lp mail man messagebus news nobody proxy root sshd sync sys systemd-network systemd-resolve systemd-timesync uucp www-data'.split(
    ' ',
  ),
);

export const checkUsers: GuestRule = (guest, _context, reporter) => {
  const names = new Set<string>();
  for (const [index, user] of (guest.written.users ?? []).entries()) {
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

/** A guest that nobody can enter is allowed, since a role may bring its own way in, but it is seldom meant. */
export const checkLogins: GuestRule = (guest, _context, reporter) => {
  const { users, root } = guest.written;
  if (root !== undefined && root.login !== true) {
    for (const key of ['password', 'ssh-keys'] as const) {
      const value = root[key];
      if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
      const what = key === 'password' ? 'a password' : 'keys';
      reporter.at(placeKey(guest, ['root', key]), 'RL3022', { what });
    }
  }
  const isOwn = (key: string) => Object.hasOwn(guest.document.data ?? {}, key);
  if (users === undefined && isOwn('users')) return;
  const canEnter = (account: { password?: unknown; 'ssh-keys'?: unknown[] | undefined }) =>
    account.password !== undefined || (account['ssh-keys'] ?? []).length > 0;
  if ((users ?? []).some(canEnter) || root?.login === true || guest.document.data === undefined) return;
  reporter.at(placeKey(guest, isOwn('users') ? ['users'] : []), 'RL3021', {});
};
