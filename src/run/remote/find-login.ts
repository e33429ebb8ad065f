import { findLogin, parseLogin, type RegistryLogin } from '../../image/auth-file.ts';
import type { RemoteName } from '../../image/remote-name.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import type { SecretReference } from '../../spec/types.ts';
import { pathExists, readTextFile } from '../files.ts';
import { readSecrets } from '../secrets.ts';

const LARGEST_FILE = 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The login of a registry: from `file:PATH` or `env:NAME` when one was given, else from the first file of docker or podman
 * that has one for it. @throws Failure RL1635 to RL1636, RL0640, RL0641
 */
export function findRegistryLogin(
  { origin, repository }: Extract<RemoteName, { kind: 'registry' }>,
  source: string | undefined,
  environment: Environment,
): RegistryLogin | undefined {
  const registry = origin.replace(/^https?:\/\//, '');
  if (source !== undefined) return readSource(source, registry, environment);
  for (const path of listAuthFiles(environment)) {
    if (!pathExists(path)) continue;
    try {
      const login = findLogin(readTextFile(path, LARGEST_FILE), registry, repository);
      if (login !== undefined) return login;
    } catch (error) {
      if (error instanceof SyntaxError) throw makeFailure(EXIT.invalid, 'RL1636', { path });
      throw error;
    }
  }
  return undefined;
}

function readSource(source: string, registry: string, environment: Environment): RegistryLogin {
  const [, kind, rest = ''] = /^(file|env):(.+)$/.exec(source) ?? [];
  // What was given may be the login itself.
  if (kind === undefined) throw makeFailure(EXIT.usage, 'RL1635', { source: 'the source of a login' });
  const name = `login of ${registry}`;
  const reference: SecretReference =
    kind === 'env' ? { kind: 'env', name: rest } : { kind: 'file', path: rest };
  const login = parseLogin(readSecrets(new Map([[name, reference]]), environment).get(name));
  if (login === undefined) throw makeFailure(EXIT.usage, 'RL1635', { source });
  return login;
}

/**
 * In the order in which podman looks (containers-auth.json(5)); docker's own last. By sudo and cron, and so without
 * XDG_RUNTIME_DIR, podman writes below /run/containers.
 */
export function listAuthFiles(environment: Environment, user = process.getuid?.() ?? 0): string[] {
  const home = environment.HOME || '/root';
  const { REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, DOCKER_CONFIG } = environment;
  if (REGISTRY_AUTH_FILE) return [REGISTRY_AUTH_FILE];
  return [
    XDG_RUNTIME_DIR ? `${XDG_RUNTIME_DIR}/containers/auth.json` : `/run/containers/${user}/auth.json`,
    `${XDG_CONFIG_HOME || `${home}/.config`}/containers/auth.json`,
    `${DOCKER_CONFIG || `${home}/.docker`}/config.json`,
  ];
}
