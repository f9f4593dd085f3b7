// Which thread looks after expiry and retention: a try-lock in control memory.
//
// The owner counts up a beat each time it asks again. An owner whose beat stands still for 10 s has died, or is so busy
// that another may take over: two at once do no harm, they only do some things twice.

import { CONTROL, type Control } from '../runtime/control.js';

const DEAD_AFTER_MS = 10_000;

export class UpkeepLease {
  readonly #control: Control;
  readonly #mark: number;
  #beat = -1;
  #beatSinceMs = 0;

  constructor(control: Control, slot: number) {
    this.#control = control;
    this.#mark = slot + 1;
  }

  /** True if this thread has the lease now. */
  claim(): boolean {
    const { words } = this.#control;
    const owner = Atomics.compareExchange(words, CONTROL.UPKEEP_OWNER, 0, this.#mark);
    if (owner === 0 || owner === this.#mark || this.#takeOver(owner)) {
      this.#control.add(CONTROL.UPKEEP_BEAT, 1);
      return true;
    }
    return false;
  }

  release(): void {
    Atomics.compareExchange(this.#control.words, CONTROL.UPKEEP_OWNER, this.#mark, 0);
  }

  #takeOver(owner: number): boolean {
    const beat = this.#control.load(CONTROL.UPKEEP_BEAT);
    const nowMs = performance.now();
    if (beat !== this.#beat) {
      this.#beat = beat;
      this.#beatSinceMs = nowMs;
      return false;
    }
    if (nowMs - this.#beatSinceMs < DEAD_AFTER_MS) return false;
    const { words } = this.#control;
    return Atomics.compareExchange(words, CONTROL.UPKEEP_OWNER, owner, this.#mark) === owner;
  }
}
