// Waiting on a control word from an event loop.
//
// `Atomics.waitAsync` does not keep the event loop alive, so a ref'd timer does while anybody waits; it also bounds
// each wait, for a notifier that died.

import type { Control, Doorbell } from './control.js';

const TICK_MS = 250;
const WORK_WORD = 2;
const WORK_WAIT_MS = 1000;

export class KeepAlive {
  #holders = 0;
  #timer: NodeJS.Timeout | undefined;

  hold(): void {
    if (this.#holders++ > 0) return;
    this.#timer ??= setInterval(() => {}, TICK_MS);
    this.#timer.ref();
  }

  release(): void {
    if (--this.#holders === 0) this.#timer?.unref();
  }

  /** Nothing will be held any more. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Resolves when `word` is no longer `seen`, or after `timeoutMs`. The caller looks again. */
export async function waitForChange(
  control: Control,
  word: number,
  seen: number,
  timeoutMs: number,
): Promise<void> {
  const result = Atomics.waitAsync(control.words, word, seen, timeoutMs);
  if (!result.async) return;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs + 5);
  });
  await Promise.race([result.value, timeout]);
  clearTimeout(timer);
}

/** A pool worker's rest: until work is announced, at most a second. Does not keep the thread alive. */
export async function waitForWork(doorbell: Doorbell, seen: number): Promise<void> {
  const result = Atomics.waitAsync(doorbell.words, WORK_WORD, seen, WORK_WAIT_MS);
  if (result.async) await result.value;
}
