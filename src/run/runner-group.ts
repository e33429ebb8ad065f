/** Between SIGTERM and SIGKILL. */
export const GRACE_MS = 5000;

/** Stops a process group: SIGTERM at first, SIGKILL when it is still there five seconds later. */
export class GroupStopper {
  readonly #group: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(group: number | undefined) {
    this.#group = group;
  }

  stop(): void {
    if (this.#timer !== undefined) return;
    this.#kill('SIGTERM');
    this.#timer = setTimeout(() => this.#kill('SIGKILL'), GRACE_MS);
  }

  /** The leader has ended. What is left of a stopped group goes at once: its leader's end was its chance. */
  finish(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#kill('SIGKILL');
  }

  #kill(signal: NodeJS.Signals): void {
    if (this.#group === undefined) return;
    try {
      process.kill(-this.#group, signal);
    } catch {
      // ESRCH: nothing is left of the group.
    }
  }
}
