import { StringDecoder } from 'node:string_decoder';

const HALF_BYTES = 512 * 1024;
const LONGEST_LINE = 64 * 1024;

/** Keeps the first and the last half MiB of a stream, however long it is. */
export class CappedOutput {
  readonly #half: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #left = 0;

  constructor(half = HALF_BYTES) {
    this.#half = half;
  }

  add(chunk: Buffer): void {
    const room = this.#half - this.#headBytes;
    const first = chunk.subarray(0, Math.max(room, 0));
    if (first.length > 0) this.#head.push(first);
    this.#headBytes += first.length;
    const rest = chunk.subarray(first.length);
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    if (this.#tailBytes > 2 * this.#half) this.#trimTail();
  }

  text(): string {
    this.#trimTail();
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (this.#left === 0) return Buffer.concat([head, tail]).toString('utf8');
    return `${head.toString('utf8')}\n[${this.#left} bytes left out]\n${tail.toString('utf8')}`;
  }

  #trimTail(): void {
    const surplus = this.#tailBytes - this.#half;
    if (surplus <= 0) return;
    this.#tail = [Buffer.concat(this.#tail).subarray(surplus)];
    this.#tailBytes -= surplus;
    this.#left += surplus;
  }
}

/** Cuts a stream into lines. What a line has beyond 64 KiB is left out, so that memory stays bounded. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #pending = '';
  #left = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** Hands over the last line when the stream did not end with a newline. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#pending !== '') this.#emit('');
  }

  #take(text: string): void {
    const pieces = text.split(/\r\n|\n|\r/);
    const last = pieces.pop() ?? '';
    for (const piece of pieces) this.#emit(piece);
    this.#append(last);
  }

  #append(text: string): void {
    const room = LONGEST_LINE - this.#pending.length;
    this.#pending += text.slice(0, Math.max(room, 0));
    this.#left += Math.max(text.length - room, 0);
  }

  #emit(end: string): void {
    this.#append(end);
    const line = this.#left === 0 ? this.#pending : `${this.#pending} [${this.#left} characters left out]`;
    this.#pending = '';
    this.#left = 0;
    this.#onLine(line);
  }
}
