import type { ChunkId } from '../image/manifest.ts';
import { makeIssue } from '../report/codes.ts';
import { EXIT, Failure } from '../report/failure.ts';

/** RL1504, with the chunk that it is about. */
export class ChunkFailure extends Failure {
  readonly id: ChunkId;

  constructor(id: ChunkId, why: string) {
    const issue = makeIssue('RL1504', { id, why });
    super(EXIT.failed, issue.code, issue.message, issue.hint);
    this.id = id;
  }
}

export function refuseChunk(id: ChunkId, why: string): ChunkFailure {
  return new ChunkFailure(id, why);
}
