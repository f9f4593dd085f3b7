// Waiting for the log: promises that resolve when what they depend on is on disk.
//
// Every write of one thread between two wake-ups shares one promise (a *batch*): nothing can look at a promise before
// the event loop turns, and the log commits groups in order, so sharing costs no write anything and saves a
// promise, a closure and a queue entry each. A batch remembers the highest sequence per shard; it resolves when each of
// them is durable and rejects when the log fails. The batch closes to newcomers at the first wake-up, so it cannot grow
// for ever.
//
// The bell is rung once for a burst of writes, not for its first: in a microtask, behind the reactions that make the
// other writes, or as soon as RING_BYTES wait, so that the log thread writes while this thread goes on. With
// them a batch ends: it resolves while what comes after is still being written.
//
// Who awaits each write waits in two ways. A lone write is waited for by short looks that block the thread, between
// which the event loop turns: waking an event loop that sleeps takes longer than half of a sync. Everything else, and a
// lone write on a slow disk, waits for the event loop's own wake-up.

import { CONTROL, type Control } from '../runtime/control.js';
import type { KeepAlive } from '../runtime/waiting.js';

const WAIT_MS = 1000;
/** A batch of so few writes counts as lone. */
const LONE_WRITES = 2;
const LOOK_MS = 0.05;
const LOOKS_MAX = 20;
const RING_BYTES = 32 * 1024;
const DONE = Promise.resolve();

interface Batch {
  readonly need: Float64Array; // highest sequence by shard, 0 = none
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  writes: number;
}

export interface DurabilitySource {
  readonly shardCount: number;
  durableSequence(shard: number): number;
  failure(): Error;
  /** Records wait in the rings: the log is wanted. */
  ring(): void;
  /** Another thread publishes durability, so this one may block for a moment to wait for it. */
  readonly elsewhere: boolean;
}

export class Durability {
  readonly #control: Control;
  readonly #source: DurabilitySource;
  readonly #queue: Batch[] = [];
  readonly #keepAlive: KeepAlive;
  #open: Batch | undefined;
  #waiting = false;
  #unrungBytes = 0;
  #ringPlanned = false;
  #looks = 0;

  constructor(control: Control, source: DurabilitySource, keepAlive: KeepAlive) {
    this.#control = control;
    this.#source = source;
    this.#keepAlive = keepAlive;
  }

  /** Resolves when `sequence` of `shard`, of a record of so many bytes, is durable. */
  wait(shard: number, sequence: number, bytes = 0): Promise<void> {
    if (this.#control.failed) return Promise.reject(this.#source.failure());
    const batch = this.#open ?? this.#begin();
    if (batch.need[shard] < sequence) batch.need[shard] = sequence;
    batch.writes++;
    this.#watch();
    this.announce(bytes);
    return batch.promise;
  }

  /** Bytes wait in a ring: the log thread will be rung, now or when this burst of calls is over. */
  announce(bytes: number): void {
    this.#unrungBytes += bytes;
    if (this.#unrungBytes >= RING_BYTES) {
      this.#open = undefined;
      this.#ring();
    } else if (!this.#ringPlanned) {
      this.#ringPlanned = true;
      queueMicrotask(this.#ringPlannedNow);
    }
  }

  readonly #ringPlannedNow = (): void => {
    this.#ringPlanned = false;
    this.#ring();
  };

  #ring(): void {
    this.#unrungBytes = 0;
    this.#source.ring();
  }

  /** Resolves when what was seen up to `sequence` of `shard` is durable: at once, if it is. */
  until(shard: number, sequence: number): Promise<void> {
    return this.isDurable(shard, sequence) ? DONE : this.wait(shard, sequence);
  }

  isDurable(shard: number, sequence: number): boolean {
    return this.#source.durableSequence(shard) >= sequence;
  }

  /** Once something has failed, what is not durable will never be: a read that met it fails (DESIGN R6). */
  requireKept(shard: number, sequence: number): void {
    if (this.#control.failed && !this.isDurable(shard, sequence)) throw this.#source.failure();
  }

  /** True while a promise of this thread is unresolved. */
  get pending(): boolean {
    return this.#queue.length > 0;
  }

  /** Checks what is durable by now; also called by a host that publishes durability on this very thread. */
  settle(): void {
    this.#open = undefined;
    if (this.#control.failed) {
      const error = this.#source.failure();
      for (const batch of this.#queue.splice(0)) batch.reject(error);
    } else {
      while (this.#queue.length > 0 && this.#isDurable(this.#queue[0]))
        this.#queue.shift()?.resolve();
    }
  }

  #begin(): Batch {
    let resolve!: () => void;
    let reject!: (error: Error) => void;
    const promise = new Promise<void>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    const need = new Float64Array(this.#source.shardCount);
    const batch = { need, promise, resolve, reject, writes: 0 };
    this.#queue.push(batch);
    this.#open = batch;
    return batch;
  }

  #isDurable(batch: Batch): boolean {
    for (let shard = 0; shard < batch.need.length; shard++) {
      const need = batch.need[shard];
      if (need > 0 && this.#source.durableSequence(shard) < need) return false;
    }
    return true;
  }

  /** Waits for publications for as long as anybody waits. */
  #watch(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#keepAlive.hold();
    this.#arm();
  }

  #arm(): void {
    this.#looks = 0;
    if (this.#source.elsewhere) setImmediate(this.#look);
    else this.#sleep();
  }

  /** One short wait for a lone write. */
  readonly #look = (): void => {
    if (this.#queue.length === 0) return this.#wake();
    const lone = this.#queue.length === 1 && this.#queue[0].writes <= LONE_WRITES;
    if (!lone || this.#looks++ === LOOKS_MAX) return this.#sleep();
    const { words } = this.#control;
    const seen = Atomics.load(words, CONTROL.DURABLE_SIGNAL);
    if (!this.#control.failed && !this.#isDurable(this.#queue[0])) {
      if (Atomics.wait(words, CONTROL.DURABLE_SIGNAL, seen, LOOK_MS) === 'timed-out') {
        setImmediate(this.#look);
        return;
      }
    }
    this.#wake();
  };

  #sleep(): void {
    const { words } = this.#control;
    const seen = Atomics.load(words, CONTROL.DURABLE_SIGNAL);
    if (this.#queue.length > 0 && (this.#control.failed || this.#isDurable(this.#queue[0]))) {
      this.#wake();
      return;
    }
    const result = Atomics.waitAsync(words, CONTROL.DURABLE_SIGNAL, seen, WAIT_MS);
    if (result.async) void result.value.then(this.#wake);
    else setImmediate(this.#wake);
  }

  readonly #wake = (): void => {
    this.settle();
    if (this.#queue.length > 0) return this.#arm();
    this.#waiting = false;
    this.#keepAlive.release();
  };
}
