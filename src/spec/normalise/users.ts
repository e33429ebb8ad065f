import type { RootAsWritten, SecretAsWritten, UserAsWritten } from '../schema.ts';
import type { RootSpec, SecretReference, UserSpec } from '../types.ts';

export function normaliseUsers(users: readonly UserAsWritten[]): readonly UserSpec[] {
  return users.map((user) => ({
    name: user.name,
    sudo: user.sudo ?? false,
    sshKeys: user['ssh-keys'] ?? [],
    password: normaliseSecret(user.password),
    shell: user.shell ?? '/bin/bash',
  }));
}

export function normaliseRoot(root: RootAsWritten): RootSpec {
  return {
    login: root.login ?? false,
    password: normaliseSecret(root.password),
    sshKeys: root['ssh-keys'] ?? [],
  };
}

function normaliseSecret(secret: SecretAsWritten | undefined): SecretReference | undefined {
  if (secret?.hash !== undefined) return { kind: 'hash', hash: secret.hash };
  if (secret?.file !== undefined) return { kind: 'file', path: secret.file };
  if (secret?.env !== undefined) return { kind: 'env', name: secret.env };
  return undefined;
}
