// Which transactions over shards are under way, in control memory, so that other threads can see when all that began
// before a moment are over.
//
//   word 0            tickets drawn so far: each transaction has one, they count up and wrap
//   word 1            the generation of this open: higher than that of any transaction in the log
//   words 2 + 2 slot  of each thread: its oldest ticket that is open, 0 = none; a beat, which counts on while one is
//
//   id of a transaction := generation (21 bits) . ticket (32 bits), never used twice in one log
//
// Who asks: the log, before it forgets a decision (log-retention.ts); a backfill, which must not meet writes that were planned
// before its index (backfill.ts); a worker that watches for threads that ended in the middle (transaction-watch.ts).
//
// Invariant: a thread's word is set before its transaction takes the first lock, and cleared after its last part is applied.

import type { Control } from '../runtime/control.js';

const TICKETS = 0;
const GENERATION = 1;
const SLOTS_AT = 2;
const SLOTS = 64;
const BEAT_MS = 1000;
const TICKETS_MAX = 2 ** 32;

/** The transactions of one thread. */
export class OpenTransactions {
  readonly #words: Int32Array;
  readonly #at: number;
  /** In the order in which they were drawn. */
  readonly #open = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(control: Control, slot: number) {
    this.#words = control.transactions;
    this.#at = SLOTS_AT + 2 * slot;
  }

  /** Draws a ticket; gives the id of the transaction. */
  begin(): number {
    const ticket = (Atomics.add(this.#words, TICKETS, 1) + 1) | 0;
    if (ticket === 0) return this.begin(); // 0 means none
    this.#open.add(ticket);
    if (this.#open.size === 1) Atomics.store(this.#words, this.#at, ticket);
    return Atomics.load(this.#words, GENERATION) * TICKETS_MAX + (ticket >>> 0);
  }

  /** All parts are applied, or none will be. */
  end(id: number): void {
    this.#open.delete((id % TICKETS_MAX) | 0);
    const oldest = this.#open.values().next();
    Atomics.store(this.#words, this.#at, oldest.done === true ? 0 : oldest.value);
    if (oldest.done !== true || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A transaction waits for something: from now on this thread gives signs of life. */
  beat(): void {
    this.#timer ??= setInterval(() => Atomics.add(this.#words, this.#at + 1, 1), BEAT_MS).unref();
  }
}

export function generationOf(id: number): number {
  return Math.floor(id / TICKETS_MAX);
}

/** Before the first transaction of an open. */
export function setGeneration(control: Control, generation: number): void {
  Atomics.store(control.transactions, GENERATION, generation);
}

/** The last ticket drawn. */
export function lastTicket(control: Control): number {
  return Atomics.load(control.transactions, TICKETS);
}

/** Whether a transaction with this ticket or an older one is still open. */
export function isOpenThrough(control: Control, ticket: number): boolean {
  const words = control.transactions;
  for (let slot = 0; slot < SLOTS; slot++) {
    const oldest = Atomics.load(words, SLOTS_AT + 2 * slot);
    if (oldest !== 0 && ((oldest - ticket) | 0) <= 0) return true;
  }
  return false;
}

/** A thread's oldest open ticket and its beat; undefined if it has no transaction under way. */
export function lifeSign(control: Control, slot: number): string | undefined {
  const words = control.transactions;
  const oldest = Atomics.load(words, SLOTS_AT + 2 * slot);
  return oldest === 0 ? undefined : `${oldest} ${Atomics.load(words, SLOTS_AT + 2 * slot + 1)}`;
}
