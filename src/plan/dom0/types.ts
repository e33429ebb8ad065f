import type { Dom0Facts } from '../../host/dom0-facts.ts';
import type { Issue } from '../../report/issue.ts';
import type { Site } from '../../spec/types.ts';
import type { Action } from '../types.ts';

export type Dom0Area = 'system' | 'xen' | 'storage' | 'cache' | 'network' | 'guests';

/**
 * One thing that this machine must have. `check` prints all of them, `setup` does the actions of those that are `todo`.
 * `reboot`: done, and in force after the next boot. `refused`: only a person can decide it; nothing is done at all.
 */
export interface Dom0Item {
  readonly id: string;
  readonly area: Dom0Area;
  readonly title: string;
  readonly state: 'ok' | 'note' | 'todo' | 'reboot' | 'refused' | 'broken';
  /** What was found, or what is going to be. */
  readonly detail: string;
  /** How a file changes, in the manner of diff(1). */
  readonly diff?: string;
  /** Why it is refused or broken, with the command that mends it. */
  readonly issue?: Issue;
  readonly action?: Action;
}

/** What the parts of a dom0's plan are made from. */
export interface Dom0Request {
  readonly site: Site;
  readonly facts: Dom0Facts;
  readonly operation: string;
  /** Replace files that a person wrote, too; copies are kept. */
  readonly force: boolean;
  /** The disk of `--storage`. */
  readonly storageDisk: string | undefined;
  readonly relightVersion: string;
}

/** A part of the whole: what it wants, compared with what there is. Pure. */
export type Dom0Part = (request: Dom0Request) => readonly Dom0Item[];
