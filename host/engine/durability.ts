// Waiting for the log: promises that resolve when what they depend on is on disk.
//
// Every write of one thread between two wake-ups shares one promise (a *batch*): nothing can look at a promise before
// the event loop turns, and the log commits groups in order, so sharing costs no write anything and saves a
// promise, a closure and a queue entry each. A batch remembers the highest sequence per shard; it resolves when each of
// them is durable and rejects when the log fails. The batch closes to newcomers at the first wake-up, so it cannot grow
// for ever.

import { CONTROL, type Control } from '../runtime/control.js';
import type { KeepAlive } from '../runtime/waiting.js';

const WAIT_MS = 1000;

interface Batch {
  readonly need: Float64Array; // highest sequence by shard, 0 = none
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface DurabilitySource {
  readonly shardCount: number;
  durableSequence(shard: number): number;
  failure(): Error;
  /** Called once whenever somebody begins to wait (rings the doorbell). */
  ring(): void;
}

export class Durability {
  readonly #control: Control;
  readonly #source: DurabilitySource;
  readonly #queue: Batch[] = [];
  readonly #keepAlive: KeepAlive;
  #open: Batch | undefined;
  #waiting = false;

  constructor(control: Control, source: DurabilitySource, keepAlive: KeepAlive) {
    this.#control = control;
    this.#source = source;
    this.#keepAlive = keepAlive;
  }

  /** Resolves when `sequence` of `shard` is durable. Rings the log thread. */
  wait(shard: number, sequence: number): Promise<void> {
    if (this.#control.failed) return Promise.reject(this.#source.failure());
    let batch = this.#open;
    if (batch === undefined) {
      batch = this.#begin();
      this.#watch();
    }
    if (batch.need[shard] < sequence) batch.need[shard] = sequence;
    this.#source.ring();
    return batch.promise;
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
    const batch = { need: new Float64Array(this.#source.shardCount), promise, resolve, reject };
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
    const seen = this.#control.load(CONTROL.DURABLE_SIGNAL);
    const wake = (): void => {
      this.settle();
      if (this.#queue.length > 0) return this.#arm();
      this.#waiting = false;
      this.#keepAlive.release();
    };
    const result = Atomics.waitAsync(this.#control.words, CONTROL.DURABLE_SIGNAL, seen, WAIT_MS);
    if (result.async) void result.value.then(wake);
    else setImmediate(wake);
  }
}
