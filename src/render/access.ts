import type { RootSpec, UserSpec } from '../spec/types.ts';
import { requireMatch } from './refuse.ts';

/** A name that useradd(8) takes, and that sudoers(5) cannot read as an alias: those are upper case. @throws Failure RL0901 */
export function requireUserName(name: string): string {
  return requireMatch('a user name', name, /^[a-z_][a-z0-9_-]{0,31}$/, 'lower case letters, digits, _ and -');
}

/**
 * Writes /etc/sudoers.d/relight (mode 0440) for the users that may use sudo and have no password to give. The others
 * are in group sudo. Undefined when there is nobody to name.
 * @throws Failure RL0901
 */
export function renderSudoers(users: readonly UserSpec[]): string | undefined {
  const names = users
    .filter((user) => user.sudo && user.password === undefined)
    .map((user) => requireUserName(user.name));
  if (names.length === 0) return undefined;
  return `# Written by relight.\n${names.map((name) => `${name} ALL=(ALL:ALL) NOPASSWD: ALL\n`).join('')}`;
}

/**
 * Writes /etc/ssh/sshd_config.d/relight.conf. root logs in by key where it has one; by password only when a password is
 * all the spec gives it.
 */
export function renderSshdConfig(root: RootSpec): string {
  const byPassword = root.password !== undefined && root.sshKeys.length === 0;
  const value = root.login ? (byPassword ? 'yes' : 'prohibit-password') : 'no';
  return `# Written by relight.\nPermitRootLogin ${value}\n`;
}
