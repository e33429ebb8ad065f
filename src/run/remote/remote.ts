import type { RemoteName } from '../../image/remote-name.ts';
import { openDirectoryRemote } from './directory.ts';
import { findRegistryLogin } from './find-login.ts';
import { type HttpAccess, makeSender } from './http.ts';
import { withLogin } from './login.ts';
import { openRegistryRemote } from './registry.ts';
import { openWebRemote } from './web.ts';

/** A store of images elsewhere. Paths are those of `src/image/layout.ts`. */
export interface ImageRemote {
  /** For messages. */
  readonly place: string;
  /** It has room for one image only, as a tag of a registry has: a push replaces what is there. */
  readonly holdsOne: boolean;
  /** The signed index; undefined when there is none yet. */
  readonly readIndex: () => Promise<string | undefined>;
  /** Brings a file here. What an earlier try left in `file` is gone on from. @param cap bytes at most */
  readonly get: (path: string, file: string, cap: number) => Promise<void>;
  /** Sends a file there unless the same is there. @returns whether it was sent */
  readonly put: (path: string, file: string) => Promise<boolean>;
  /** Makes what was put visible, in one step. */
  readonly writeIndex: (text: string) => Promise<void>;
}

export interface RemoteAccess extends HttpAccess {
  /** `file:PATH` or `env:NAME`: the login of a registry; undefined for what docker and podman know. */
  readonly login: string | undefined;
}

/** @throws Failure RL1635, RL1636, RL0640, RL0641 for a login that cannot be read */
export function openRemote(name: RemoteName, access: RemoteAccess): ImageRemote {
  if (name.kind === 'directory') return openDirectoryRemote(name.path);
  const send = makeSender(access);
  if (name.kind === 'web') return openWebRemote(name.url, send);
  const login = findRegistryLogin(name, access.login, access.environment);
  return openRegistryRemote(name, withLogin(send, name.origin, login));
}
