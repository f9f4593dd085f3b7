// The streams and triggers that a database has handed out: makes them, and ends them when it closes.

import type { Clock } from '../clock.js';
import type { Store } from '../engine/store.js';
import { DatabaseClosed, InvalidArgument } from '../errors.js';
import type { Random } from '../random.js';
import { DeadLetters } from './dead-letters.js';
import { Feed, type FeedStart } from './feed.js';
import { RecordStream } from './record-stream.js';
import { Trigger, type Subscription } from './trigger.js';
import { TriggerLease } from './trigger-lease.js';
import { readTriggerOptions, type TriggerHandler, type TriggerOptions } from './trigger-options.js';

export interface StreamOptions {
  /** Default 'LATEST': the changes from the call on. */
  from?: FeedStart;
  /** Ends the stream when it is aborted. */
  signal?: AbortSignal;
}

export interface ChangeFeedsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly horizonMs: () => Promise<number>;
}

const IDENTITY_BYTES = 16;

export class ChangeFeeds {
  readonly #parts: ChangeFeedsParts;
  readonly #streams = new Set<RecordStream>();
  readonly #triggers = new Map<string, Trigger>();
  #closed = false;

  constructor(parts: ChangeFeedsParts) {
    this.#parts = parts;
  }

  /** A fault in what was asked for is the stream's first answer. */
  stream(tableName: string, { from = 'LATEST', signal }: StreamOptions): RecordStream {
    const stream: RecordStream = new RecordStream(this.#opening(tableName, from), signal, () =>
      this.#streams.delete(stream),
    );
    if (!this.#closed) this.#streams.add(stream);
    return stream;
  }

  /** 'LATEST' is the moment of the call. */
  #opening(tableName: string, from: FeedStart): () => Feed {
    try {
      if (this.#closed) throw new DatabaseClosed();
      const feed = new Feed(this.#parts, tableName, from);
      return () => feed;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }

  on(tableName: string, options: TriggerOptions, handler: TriggerHandler): Subscription {
    const { store, random } = this.#parts;
    if (this.#closed) throw new DatabaseClosed();
    const settings = readTriggerOptions(options);
    if (typeof handler !== 'function') throw new InvalidArgument('handler', 'a function', handler);
    const { name, from, deadLetter } = settings;
    const id = `${tableName}/${name}`;
    if (this.#triggers.has(id)) {
      throw new InvalidArgument('name', 'free: this thread has a trigger of that name', name);
    }
    const first = new Feed(this.#parts, tableName, from);
    const me = Buffer.from(random.bytes(IDENTITY_BYTES)).toString('hex');
    const trigger = new Trigger(
      {
        ...this.#parts,
        ...{ tableName, settings, handler },
        lease: new TriggerLease(store, tableName, name, me),
        deadLetters:
          deadLetter === undefined
            ? undefined
            : new DeadLetters(store, deadLetter, tableName, name),
        ended: () => this.#triggers.delete(id),
      },
      first,
    );
    this.#triggers.set(id, trigger);
    return trigger;
  }

  /** Ends all of them. Resolves when no handler runs any more, but for one that this is called from. */
  async close(): Promise<void> {
    this.#closed = true;
    const streams = [...this.#streams];
    for (const stream of streams) stream.stop();
    await Promise.all([
      ...streams.map((stream) => stream.settled()),
      ...[...this.#triggers.values()].map((trigger) => trigger.close()),
    ]);
  }
}
