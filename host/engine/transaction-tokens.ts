// Client tokens of transactions, remembered for ten minutes with a digest of the request. A token is an item of its
// transaction, locked, decided and written with the others, so it survives exactly if they do.
//
//   token   an item of a keyspace in no catalog: { token, digest, atMs }
//   time    key := KEYSPACE_TOKEN_TIMES u32 BE . 0 u64 . atMs u64 BE . token UTF-8, in the token's shard: the oldest first
//
// Tokens that are over are removed now and then, by threads that write new ones.

import { TRANSACTION_TOKEN_LIFE_MS } from '../limits.js';
import type { Clock } from '../clock.js';
import { ENTRY, STATUS } from '../core/abi.js';
import type { EncodedItem } from '../core/codec/encoded-item.js';
import { IdempotentParameterMismatchException } from '../errors.js';
import type { Decision } from './change-composer.js';
import { composeBatch } from './hidden-batch.js';
import { HiddenCursor } from './hidden-cursor.js';
import { KEYSPACE_TOKEN_TIMES, KEYSPACE_TOKENS } from './keyspace-ids.js';
import { EMPTY_ITEM, hiddenTable, type HiddenParts } from './lsm-hidden.js';
import { Replayed, type Member } from './transaction-members.js';

const PREFIX_BYTES = 12;
const TIME_BYTES = 8;
const U32 = 2 ** 32;
const TIDY_EVERY_MS = 10_000;
const TIDY_ENTRIES = 256;
const TIDY_BYTES = 32_768;

export interface Token {
  readonly text: string;
  readonly digest: string;
}

export class TransactionTokens {
  readonly #table = hiddenTable(KEYSPACE_TOKENS, 'tokens', 'token');
  readonly #parts: HiddenParts;
  readonly #clock: Clock;
  readonly #cursor: HiddenCursor;
  #tidiedMs: number;
  #tidying: Promise<void> | undefined;

  constructor(parts: HiddenParts, clock: Clock) {
    const { attachment, catalog, reader, blocks } = parts;
    this.#parts = parts;
    this.#clock = clock;
    this.#cursor = new HiddenCursor(attachment, catalog, reader, blocks);
    this.#tidiedMs = clock.monotonicMs();
  }

  member({ text, digest }: Token): Member {
    const { keys, attachment } = this.#parts;
    const core = attachment.shards[keys.key(this.#table, { token: text })];
    const key = keys.bytes();
    let atMs = 0;
    const decide = (old: EncodedItem | undefined): Decision => {
      atMs = this.#clock.nowMs();
      if (old !== undefined && atMs - Number(old.value('atMs')) < TRANSACTION_TOKEN_LIFE_MS) {
        if (old.value('digest') === digest) throw new Replayed();
        throw new IdempotentParameterMismatchException();
      }
      return { kind: 'put', item: { token: text, digest, atMs } };
    };
    return {
      table: this.#table,
      core,
      key,
      byTtl: false,
      isToken: true,
      decide,
      also: (buffer) => buffer.add(ENTRY.PUT, 0, timeKey(atMs, text), EMPTY_ITEM),
    };
  }

  /** Removes tokens that are over, if that has not been done for a while. Nobody waits for it. */
  tidy(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#tidying !== undefined || nowMs - this.#tidiedMs < TIDY_EVERY_MS) return;
    this.#tidiedMs = nowMs;
    // What goes wrong here is met by the next write too; the tokens are tried again.
    this.#tidying = this.#tidyAll()
      .catch(() => undefined)
      .finally(() => (this.#tidying = undefined));
  }

  /** Resolves when nothing is being removed. */
  async idle(): Promise<void> {
    await this.#tidying;
  }

  async #tidyAll(): Promise<void> {
    const through = this.#clock.nowMs() - TRANSACTION_TOKEN_LIFE_MS;
    for (const { shard } of this.#parts.attachment.shards) {
      const piece = { shard, low: timeKey(0, ''), high: timeKey(through, ''), flags: 0 };
      const { entries } = await this.#cursor.next(piece, TIDY_ENTRIES, TIDY_BYTES);
      for (const { key } of entries) await this.#remove(shard, key);
    }
  }

  /** The time, and the token itself if it was not written anew since. */
  async #remove(shard: number, time: Uint8Array): Promise<void> {
    const { attachment, batch, keys, reader, shapes, writer } = this.#parts;
    const core = attachment.shards[shard];
    const { token, atMs } = readTimeKey(time);
    keys.key(this.#table, { token });
    const key = keys.bytes();
    batch.touch();
    const looked = reader.getEncoded(core, key);
    const { view, at, length, sequence, readSequence } =
      looked instanceof Promise ? await looked : looked;
    const item = length < 0 ? undefined : shapes.decode(core, view, at, length);
    const entries = item?.atMs === atMs ? [{ key }, { key: time }] : [{ key: time }];
    const guard = { kind: 'sequence', sequence, readSequence } as const;
    const bytes = composeBatch(entries, entries.length === 2 ? guard : undefined);
    const staged = batch.restage(shard, bytes);
    const status = writer.tryApply(staged);
    batch.release(staged);
    // Anything else: it stays, and is looked at again.
    if (status === STATUS.OK) await writer.applied(core);
  }
}

function timeKey(atMs: number, token: string): Uint8Array {
  const text = new TextEncoder().encode(token);
  const key = new Uint8Array(PREFIX_BYTES + TIME_BYTES + text.length);
  const view = new DataView(key.buffer);
  view.setUint32(0, KEYSPACE_TOKEN_TIMES);
  view.setUint32(PREFIX_BYTES, Math.floor(Math.max(0, atMs) / U32));
  view.setUint32(PREFIX_BYTES + 4, Math.max(0, atMs) % U32);
  key.set(text, PREFIX_BYTES + TIME_BYTES);
  return key;
}

function readTimeKey(key: Uint8Array): { token: string; atMs: number } {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const atMs = view.getUint32(PREFIX_BYTES) * U32 + view.getUint32(PREFIX_BYTES + 4);
  return { token: new TextDecoder().decode(key.subarray(PREFIX_BYTES + TIME_BYTES)), atMs };
}
