// Looks for threads that ended in the middle of a transaction: their locks would be held for ever, and a decision might be
// unfinished (DESIGN R7). Nobody hears of the end of a thread that user code started, so what counts is silence: a thread
// that has a transaction under way finishes it in one stretch or gives signs of life (open-transactions.ts).
//
// A failure closes the database; reopening finishes the decision.

import { CONTROL, type Control, FAILURE, STATE } from '../runtime/control.js';
import { lifeSign } from './open-transactions.js';

const SLOTS = 64;
export const SILENCE_MAX_MS = 30_000;

export class TransactionWatch {
  readonly #control: Control;
  readonly #silenceMaxMs: number;
  readonly #seen = new Map<number, { readonly sign: string; readonly sinceMs: number }>();

  constructor(control: Control, silenceMaxMs = SILENCE_MAX_MS) {
    this.#control = control;
    this.#silenceMaxMs = silenceMaxMs;
  }

  /** To be called again and again. `nowMs` is of a clock that only goes forward. */
  look(nowMs: number): void {
    // Recovery has a transaction of its own under way, and the process would end with it.
    if (this.#control.load(CONTROL.STATE) !== STATE.OPEN) return;
    for (let slot = 0; slot < SLOTS; slot++) {
      const sign = lifeSign(this.#control, slot);
      const seen = this.#seen.get(slot);
      if (sign === undefined) this.#seen.delete(slot);
      else if (seen?.sign !== sign) this.#seen.set(slot, { sign, sinceMs: nowMs });
      else if (nowMs - seen.sinceMs > this.#silenceMaxMs) this.#fail();
    }
  }

  #fail(): void {
    const seconds = this.#silenceMaxMs / 1000;
    this.#control.failWith(
      FAILURE.THREAD,
      new Error(
        `a thread has had a transaction under way and given no sign of life for ${seconds} s`,
      ),
    );
  }
}
