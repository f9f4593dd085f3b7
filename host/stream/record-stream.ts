// What `table.stream()` gives: the changes of a table as an async iterable, for as long as somebody takes them.
//
// Invariants:
//  * Back-pressure: records are read only when the last ones have been taken, one page at a time.
//  * Calls of next() resolve in the order they were made.
//  * It ends, without an error, when its signal is aborted, the database is closed, return() is called, or its table's last
//    stream has been read to the end; after an error it is over too.

import type { ChangeRecord, Feed } from './feed.js';

const PAGE_RECORDS = 250;
const DONE: IteratorResult<never, undefined> = Object.freeze({ done: true, value: undefined });

/**
 * Changes of a table. Iterate it once.
 *
 * @example
 * for await (const { eventName, dynamodb, checkpoint } of orders.stream({ from: 'LATEST', signal })) {
 *   console.log(eventName, dynamodb.Keys);
 * }
 */
export class RecordStream<T = object> implements AsyncIterableIterator<ChangeRecord<T>, undefined> {
  readonly #open: () => Feed;
  readonly #stop = new AbortController();
  readonly #ended: () => void;
  #feed: Feed | undefined;
  #records: ChangeRecord[] = [];
  #at = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** `open` gives the feed, or throws what the first next() rejects with; `ended` is called once it is over. */
  constructor(open: () => Feed, signal: AbortSignal | undefined, ended: () => void) {
    this.#open = open;
    const abort = (): void => this.stop();
    this.#ended = () => {
      signal?.removeEventListener('abort', abort);
      ended();
    };
    if (signal?.aborted === true) this.stop();
    else signal?.addEventListener('abort', abort);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ChangeRecord<T>, undefined>> {
    const turn = this.#turn.then(() => this.#next());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the stream, also while next() waits: what `break` in a `for await` calls. */
  return(): Promise<IteratorResult<ChangeRecord<T>, undefined>> {
    this.stop();
    return Promise.resolve(DONE);
  }

  /** Ends the stream. */
  stop(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#ended();
  }

  /** Resolves once nothing of it runs any more. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  async #next(): Promise<IteratorResult<ChangeRecord<T>, undefined>> {
    const { signal } = this.#stop;
    if (signal.aborted) return DONE;
    try {
      if (this.#at === this.#records.length) {
        this.#feed ??= this.#open();
        const records = await this.#feed.read(PAGE_RECORDS, signal, true);
        if (records === undefined || signal.aborted) {
          this.stop();
          return DONE;
        }
        this.#records = records;
        this.#at = 0;
      }
      return { done: false, value: this.#records[this.#at++] as ChangeRecord<T> };
    } catch (error) {
      this.stop();
      throw error;
    }
  }
}
