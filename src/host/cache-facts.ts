/** A stored file that is not what an index or its own name says. */
export interface DamagedFile {
  readonly path: string;
  readonly reason: string;
}

/** An apt-cacher-ng of this machine as it is. */
export interface CacheFacts {
  readonly config: string;
  readonly directory: string;
  readonly socket: string;
  readonly backends: readonly string[];
  readonly damaged: readonly DamagedFile[];
  /** The last maintenance gave up, in its words. */
  readonly stuck: string | undefined;
  readonly freeBytes: number;
  /** Stored packages that may go when the disk is full: path and size, the least recently used first. */
  readonly oldest: readonly { readonly path: string; readonly size: number }[];
  /** Some of what does not belong to the cache's user. */
  readonly foreign: readonly string[];
  /** Whether a file of the archive comes through the cache, and whether it comes without it. */
  readonly answers: boolean;
  readonly mirrorAnswers: boolean;
}
