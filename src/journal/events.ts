import type { Phase } from '../plan/types.ts';

/** What happened, in the order it happened. An intent is written before the act, the result after it. */
export type JournalEvent =
  | {
      readonly type: 'operation-started';
      readonly operation: string;
      readonly guest: string;
      readonly route: string;
      /** SHA-256 of the plan, which is stored beside the journal. */
      readonly planHash: string;
      /** The operation whose root is kept as the old generation; null for a first build. */
      readonly replaces: string | null;
      /** The version of relight that wrote this journal. */
      readonly relight: string;
    }
  | {
      readonly type: 'action-intent';
      readonly action: string;
      readonly phase: Phase;
      /** Which boot of this machine it is begun under (proc(5): random/boot_id). */
      readonly boot?: string;
    }
  | { readonly type: 'action-done'; readonly action: string }
  | { readonly type: 'action-failed'; readonly action: string; readonly message: string }
  | { readonly type: 'undo-intent'; readonly action: string }
  | { readonly type: 'undo-done'; readonly action: string }
  | { readonly type: 'undo-failed'; readonly action: string; readonly message: string }
  /** The new configuration is live: from here a resume only finishes. */
  | { readonly type: 'committed' }
  | { readonly type: 'finished' }
  | { readonly type: 'rolled-back' }
  | { readonly type: 'needs-person'; readonly message: string }
  /** Anything worth keeping that decides nothing. */
  | { readonly type: 'note'; readonly text: string };

export type JournalEventType = JournalEvent['type'];

/** An event at its place in the journal. */
export interface JournalRecord {
  /** Counts from 1 without gaps. */
  readonly sequence: number;
  /** ISO 8601, given by the caller. */
  readonly time: string;
  readonly event: JournalEvent;
}

type FieldKind = 'string' | 'string-or-null';

/** The fields of every event: what a record must have to be believed. */
export const EVENT_FIELDS: { readonly [T in JournalEventType]: Readonly<Record<string, FieldKind>> } = {
  'operation-started': {
    operation: 'string',
    guest: 'string',
    route: 'string',
    planHash: 'string',
    replaces: 'string-or-null',
    relight: 'string',
  },
  'action-intent': { action: 'string', phase: 'string' },
  'action-done': { action: 'string' },
  'action-failed': { action: 'string', message: 'string' },
  'undo-intent': { action: 'string' },
  'undo-done': { action: 'string' },
  'undo-failed': { action: 'string', message: 'string' },
  committed: {},
  finished: {},
  'rolled-back': {},
  'needs-person': { message: 'string' },
  note: { text: 'string' },
};

/** Whether a parsed value is an event of this format version. Fields beyond the known ones are allowed. */
export function isJournalEvent(value: unknown): value is JournalEvent {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const { type } = value;
  if (typeof type !== 'string' || !Object.hasOwn(EVENT_FIELDS, type)) return false;
  const fields = value as unknown as Record<string, unknown>;
  return Object.entries(EVENT_FIELDS[type as JournalEventType]).every(([name, kind]) => {
    const field = fields[name];
    return typeof field === 'string' || (kind === 'string-or-null' && field === null);
  });
}
