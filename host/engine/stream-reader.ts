// Reads and trims stream records (core/stream-format.ts) in the order of their sequences.
//
// Invariants:
//  * Nothing is handed out that a crash could take back (DESIGN R6): a page ends before the first record that is not
//    durable yet.
//  * Records are trimmed from the oldest on, and the mark of how far moves in the same apply, so a reader that was
//    overtaken always learns it.

import { CURSOR } from '../core/abi.js';
import { itemSizeOf } from '../core/codec/item-layout.js';
import {
  RECORD_BY_TTL,
  RECORD_HAD_OLD,
  RECORD_HAS_NEW,
  RECORD_KEYS,
  readRecordHeader,
  sequenceOfStreamKey,
  sequenceOfTrimMark,
  STREAM_RECORD_HEADER_BYTES,
  streamKey,
  trimMark,
} from '../core/stream-format.js';
import { StorageError } from '../../io/errors.js';
import { itemSize } from '../table/item-size.js';
import type { Item } from '../table/item-types.js';
import { keyOfItem } from '../table/key-schema.js';
import type { Attachment } from './attachment.js';
import { composeBatch } from './hidden-batch.js';
import type { HiddenCursor, HiddenEntry } from './hidden-cursor.js';
import type { Piece } from './scan-plan.js';
import type { ShapeIds } from './shape-ids.js';
import type { StreamChange, StreamKeyspace, StreamPage, StreamPageOptions } from './store.js';

const LAST_SEQUENCE = Number.MAX_SAFE_INTEGER;
const RUN_BYTES = 65_536;

export class StreamReader {
  readonly #attachment: Attachment;
  readonly #cursor: HiddenCursor;
  readonly #shapes: ShapeIds;

  constructor(attachment: Attachment, cursor: HiddenCursor, shapes: ShapeIds) {
    this.#attachment = attachment;
    this.#cursor = cursor;
    this.#shapes = shapes;
  }

  /** The highest sequence of a shard whose record may be shown. */
  readable(shard: number): number {
    const { exports } = this.#attachment.shards[shard];
    return this.#attachment.handles.options.temporary
      ? exports.lastSequence()
      : exports.durableSequence();
  }

  async page(
    stream: StreamKeyspace,
    shard: number,
    { after, sinceMs, limit, bytesMax }: StreamPageOptions,
  ): Promise<StreamPage> {
    // Behind the mark lie no tombstones to step over. Whether the reader was overtaken is asked last.
    const from = Math.max(after, await this.trimmedThrough(stream, shard));
    const page = await this.#records(stream, shard, from, { sinceMs, limit, bytesMax });
    const trimmed = page.trimmed || (await this.trimmedThrough(stream, shard)) > after;
    return { ...page, trimmed };
  }

  async #records(
    stream: StreamKeyspace,
    shard: number,
    from: number,
    { sinceMs, limit, bytesMax }: Omit<StreamPageOptions, 'after'>,
  ): Promise<StreamPage> {
    const changes: StreamChange[] = [];
    const piece = pieceOf(stream, shard, from);
    let last = from;
    let trimmed = false;
    for (let sizeBytes = 0; ; ) {
      const readable = this.readable(shard);
      const { entries, more } = await this.#cursor.next(piece, limit - changes.length, RUN_BYTES);
      for (const entry of entries) {
        const sequence = sequenceOfStreamKey(entry.key);
        if (sequence > readable) return { changes, last, trimmed, end: true };
        const change = this.#decode(stream, shard, entry);
        if (change.timeMs < sinceMs && changes.length === 0) {
          trimmed = true;
        } else {
          sizeBytes += change.sizeBytes;
          if (sizeBytes > bytesMax && changes.length > 0)
            return { changes, last, trimmed, end: false };
          changes.push(change);
        }
        last = sequence;
      }
      if (!more) return { changes, last, trimmed, end: true };
      if (changes.length >= limit) return { changes, last, trimmed, end: false };
    }
  }

  /** The last trimmed record's sequence, or 0. */
  async trimmedThrough(stream: StreamKeyspace, shard: number): Promise<number> {
    const key = streamKey(stream.id, 0);
    const mark: Piece = { shard, low: key, high: key, flags: 0 };
    const { entries } = await this.#cursor.next(mark, 1, RUN_BYTES);
    return entries.length === 0 ? 0 : sequenceOfTrimMark(entries[0].value);
  }

  /** The last durable record's sequence, or 0. */
  async last(stream: StreamKeyspace, shard: number): Promise<number> {
    const readable = this.readable(shard);
    const piece = pieceOf(stream, shard, 0);
    const { entries } = await this.#cursor.next(
      {
        shard,
        low: piece.low,
        high: streamKey(stream.id, readable),
        flags: CURSOR.REVERSE | CURSOR.LOW_EXCLUSIVE,
      },
      1,
      RUN_BYTES,
    );
    return entries.length === 0 ? 0 : sequenceOfStreamKey(entries[0].key);
  }

  /** A batch that trims the records logged before `beforeMs`, `limit` at most; undefined if there are none. */
  async trimBatch(
    stream: StreamKeyspace,
    shard: number,
    beforeMs: number,
    limit: number,
  ): Promise<{ batch: Uint8Array; count: number } | undefined> {
    const piece = pieceOf(stream, shard, await this.trimmedThrough(stream, shard));
    const old: HiddenEntry[] = [];
    for (let more = true; more && old.length < limit; ) {
      const run = await this.#cursor.next(piece, limit - old.length, RUN_BYTES);
      const young = run.entries.findIndex(
        (entry) => this.#header(stream, shard, entry).timeMs >= beforeMs,
      );
      old.push(...(young < 0 ? run.entries : run.entries.slice(0, young)));
      more = run.more && young < 0;
    }
    if (old.length === 0) return undefined;
    const through = sequenceOfStreamKey(old[old.length - 1].key);
    const mark = { key: streamKey(stream.id, 0), value: trimMark(through) };
    const batch = composeBatch([mark, ...old.map(({ key }) => ({ key }))]);
    return { batch, count: old.length };
  }

  #decode(stream: StreamKeyspace, shard: number, entry: HiddenEntry): StreamChange {
    const { value } = entry;
    const { flags, timeMs, oldLength } = this.#header(stream, shard, entry);
    const newAt = STREAM_RECORD_HEADER_BYTES + oldLength;
    const old = this.#item(shard, value, STREAM_RECORD_HEADER_BYTES, newAt);
    const after = this.#item(shard, value, newAt, value.length);
    const whole = after ?? old;
    if (whole === undefined) throw malformed(stream, shard, entry);
    const keys = keyOfItem(stream.key, whole.item);
    const image = (flags & RECORD_KEYS) === 0 ? after : undefined;
    return {
      sequence: sequenceOfStreamKey(entry.key),
      timeMs,
      kind: kindOf(flags),
      keys,
      ...(old === undefined ? {} : { old: old.item }),
      ...(image === undefined ? {} : { new: image.item }),
      byTtl: (flags & RECORD_BY_TTL) !== 0,
      sizeBytes: itemSize(keys) + (old?.sizeBytes ?? 0) + (image?.sizeBytes ?? 0),
    };
  }

  #item(
    shard: number,
    value: Uint8Array,
    at: number,
    end: number,
  ): { item: Item; sizeBytes: number } | undefined {
    if (end <= at) return undefined;
    const core = this.#attachment.shards[shard];
    const item = this.#shapes.decode(core, value, at, end - at);
    return { item, sizeBytes: itemSizeOf(value, at) };
  }

  #header(stream: StreamKeyspace, shard: number, entry: HiddenEntry) {
    const header = readRecordHeader(entry.value);
    if (header === undefined) throw malformed(stream, shard, entry);
    return header;
  }
}

/** The records after a sequence. */
function pieceOf({ id }: StreamKeyspace, shard: number, after: number): Piece {
  return {
    shard,
    low: streamKey(id, after),
    high: streamKey(id, LAST_SEQUENCE),
    flags: CURSOR.LOW_EXCLUSIVE,
  };
}

function kindOf(flags: number): StreamChange['kind'] {
  if ((flags & RECORD_HAS_NEW) === 0) return 'REMOVE';
  return (flags & RECORD_HAD_OLD) === 0 ? 'INSERT' : 'MODIFY';
}

function malformed({ id }: StreamKeyspace, shard: number, { key }: HiddenEntry): StorageError {
  return new StorageError(
    'Corruption',
    `Record ${sequenceOfStreamKey(key)} of stream ${id} in shard ${shard} is not what a stream record looks like.`,
    {},
  );
}
