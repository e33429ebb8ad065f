import type { RemoteName } from '../../image/remote-name.ts';
import { openDirectoryRemote } from './directory.ts';
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

export function openRemote(name: RemoteName, signal: AbortSignal): ImageRemote {
  if (name.kind === 'directory') return openDirectoryRemote(name.path);
  return name.kind === 'web' ? openWebRemote(name.url, signal) : openRegistryRemote(name, signal);
}
