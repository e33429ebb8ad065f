import type { VolumeState, VolumeTags } from '../plan/types.ts';

/** A volume as it is now. `size` in bytes. */
export interface StoredVolume {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** Undefined: relight did not make it. */
  readonly tags: VolumeTags | undefined;
  /** LVM's own identifier; undefined for files. */
  readonly uuid: string | undefined;
  /** Something has it open: a guest, a mount. */
  readonly open: boolean;
}

/** Where volumes live. Only `remove` destroys, and only what bears the operation's tag and is no kept disk. */
export interface VolumeStore {
  list(): Promise<readonly StoredVolume[]>;
  find(name: string): Promise<StoredVolume | undefined>;
  /** Bytes that new volumes may take. */
  countFreeBytes(): Promise<number>;
  /**
   * Creates a volume under its tags. One of that name that bears the same guest, operation and role counts as created;
   * any other is refused.
   * @throws Failure RL0711 when the name is taken
   */
  create(name: string, size: number, tags: VolumeTags): Promise<void>;
  /** @throws Failure RL0712 when the volume is not of that operation */
  tag(name: string, operation: string, state: VolumeState): Promise<void>;
  /** Absent is fine. @throws Failure RL0712 when it is not of that operation, is kept, or is open */
  remove(name: string, operation: string): Promise<void>;
}
