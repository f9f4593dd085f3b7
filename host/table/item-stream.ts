// The items of a query or scan as an async iterable, fetched a page at a time and only when asked.
//
// Invariants:
//  * Back-pressure: a source's next page is asked for only once its last one has been consumed, so a
//    stream holds at most one page for each source (a query has one source, a parallel scan one for
//    each segment).
//  * Calls of next() resolve in the order they were made, also when they are not awaited one by one.
//  * After the end, an error, an abort or return() the stream is over: next() answers done.

import type { Page } from '../engine/store.js';
import type { Item } from './item-types.js';

/** Fetches one page: after this key, that many rows at most. */
export type PageSource = (startKey: Item | undefined, limit: number | undefined) => Promise<Page>;

interface Arrival {
  readonly source: number;
  readonly page: Page;
}

const DONE: IteratorResult<never, undefined> = Object.freeze({ done: true, value: undefined });

/**
 * What `query` and `scan` of a table return. Iterate it once: item by item, or page by page, which
 * saves a promise for each item.
 *
 * @example
 * for await (const order of orders.query({ user_id: 'u1' })) console.log(order);
 * for await (const page of orders.scan().pages()) console.log(page.length);
 * const all = await orders.query({ user_id: 'u1' }).toArray();
 */
export class ItemStream<T = Item> implements AsyncIterableIterator<T, undefined> {
  readonly #sources: readonly PageSource[];
  readonly #signal: AbortSignal | undefined;
  /**
   * For each source with a page under way. Empty and not started means the first call begins them
   * all.
   */
  readonly #pending = new Map<number, Promise<Arrival>>();
  #started = false;
  #over = false;
  #left: number;
  #items: Item[] = [];
  #at = 0;
  /** The source of the page being consumed, and where its next page begins. */
  #current: { source: number; startKey: Item } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(
    sources: readonly PageSource[],
    limit: number | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#sources = sources;
    this.#left = limit ?? Infinity;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#waiting === 0 && this.#at < this.#items.length && this.#signal?.aborted !== true) {
      return Promise.resolve({ done: false, value: this.#items[this.#at++] as T });
    }
    return this.#inTurn(async () => {
      while (this.#at >= this.#items.length) {
        const page = await this.#nextPage();
        if (page === undefined) return DONE;
        this.#items = page;
        this.#at = 0;
      }
      this.#throwIfAborted();
      return { done: false, value: this.#items[this.#at++] as T };
    });
  }

  /** Ends the stream: what `break` in a `for await` calls. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return Promise.resolve(DONE);
  }

  /** The rest of the stream, page by page. Pages are never empty. */
  async *pages(): AsyncGenerator<T[], undefined, undefined> {
    try {
      for (;;) {
        const page = await this.#inTurn(() => this.#restOfPage());
        if (page === undefined) return undefined;
        yield page as T[];
      }
    } finally {
      this.#end();
    }
  }

  /** The rest of the stream as one array. */
  async toArray(): Promise<T[]> {
    const items: T[] = [];
    for await (const page of this.pages()) for (const item of page) items.push(item);
    return items;
  }

  #inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    this.#waiting++;
    const turn = this.#turn.then(step).finally(() => this.#waiting--);
    // The caller of this turn has the error; the next turn goes on.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #restOfPage(): Promise<Item[] | undefined> {
    if (this.#at < this.#items.length) {
      const rest = this.#items.slice(this.#at);
      this.#at = this.#items.length;
      return rest;
    }
    for (;;) {
      const page = await this.#nextPage();
      if (page === undefined || page.length > 0) return page;
    }
  }

  /** The next page of whichever source has one first; undefined at the end. */
  async #nextPage(): Promise<Item[] | undefined> {
    if (this.#over) return undefined;
    try {
      this.#throwIfAborted();
      if (this.#left <= 0) return this.#end();
      if (!this.#started) {
        this.#started = true;
        this.#sources.forEach((_, source) => this.#fetch(source, undefined));
      } else if (this.#current !== undefined) {
        this.#fetch(this.#current.source, this.#current.startKey);
      }
      this.#current = undefined;
      if (this.#pending.size === 0) return this.#end();
      const { source, page } = await Promise.race(this.#pending.values());
      this.#pending.delete(source);
      if (this.#over) return undefined;
      if (page.lastKey !== undefined) this.#current = { source, startKey: page.lastKey };
      const items = page.items.length > this.#left ? page.items.slice(0, this.#left) : page.items;
      this.#left -= items.length;
      return items;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  #fetch(source: number, startKey: Item | undefined): void {
    const limit = this.#left === Infinity ? undefined : this.#left;
    const arrival = this.#sources[source](startKey, limit).then((page) => ({ source, page }));
    // Another source may fail first and end the stream; then nobody awaits this one.
    arrival.catch(() => undefined);
    this.#pending.set(source, arrival);
  }

  #throwIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  #end(): undefined {
    this.#over = true;
    this.#items = [];
    this.#at = 0;
    this.#current = undefined;
    this.#pending.clear();
    return undefined;
  }
}
