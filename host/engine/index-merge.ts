// The entries of an index in the order of their keys, merged from one run of each shard.
//
// A run is copied out of the shard's OUT area, because reading the items of its rows writes there. Memory is lent to one
// page at a time and used again, so a page allocates nothing for its runs or rows.

import { RESULT } from '../core/abi.js';
import { RunReader } from '../core/cursor-request.js';
import { itemSizeOf } from '../core/codec/item-layout.js';
import type { ShardCore } from '../core/shard-core.js';
import { moveBound, type Piece } from './scan-plan.js';

const RUN_BYTES_FIRST = 4096;

/** One shard's entries, and the one of them that comes next. */
export class IndexSource {
  core!: ShardCore;
  piece!: Piece;
  /** Entries wanted by the next cursor call. */
  countMax = 0;
  /** The shard has entries behind the run. */
  more = false;
  /** There is an entry to look at. */
  standing = false;
  u8 = new Uint8Array(0);
  readonly #run = new RunReader();
  #words = { u32: new Uint32Array(0) };
  #f64 = new Float64Array(0);
  #at = 0;
  #next = 0;
  #end = 0;

  begin(core: ShardCore, piece: Piece, countMax: number): void {
    this.core = core;
    this.piece = piece;
    this.countMax = countMax;
    this.more = true;
    this.standing = false;
    this.#next = this.#end = 0;
  }

  /** Copies the run in the OUT area and moves the bound behind it. */
  take(): void {
    const { core, piece } = this;
    const { u8, outAt } = core;
    const bytes = core.result(RESULT.BYTES);
    this.more = core.result(RESULT.MORE) !== 0;
    if (this.more) {
      const lastAt = core.result(RESULT.LAST_KEY_PTR);
      moveBound(piece, u8.slice(lastAt, lastAt + core.result(RESULT.LAST_KEY_LENGTH)));
    }
    if (bytes > this.u8.length) this.#grow(bytes);
    if (bytes > 0) this.u8.set(u8.subarray(outAt, outAt + bytes));
    this.#next = 0;
    this.#end = bytes;
  }

  /** Goes to the next entry; false at the end of the run. */
  advance(): boolean {
    this.standing = this.#next < this.#end;
    if (!this.standing) return false;
    this.#at = this.#next;
    this.#next = this.#run.read(this.#words, this.#at);
    return true;
  }

  get keyAt(): number {
    return this.#run.keyAt;
  }

  get keyLength(): number {
    return this.#run.keyLength;
  }

  get sequence(): number {
    return this.#f64[(this.#at + 16) >>> 3];
  }

  /** DynamoDB bytes of the index's view of the item. */
  get viewBytes(): number {
    return itemSizeOf(this.u8, this.#run.valueAt);
  }

  #grow(bytes: number): void {
    let room = RUN_BYTES_FIRST;
    while (room < bytes) room *= 2;
    const buffer = new ArrayBuffer(room);
    this.u8 = new Uint8Array(buffer);
    this.#words = { u32: new Uint32Array(buffer) };
    this.#f64 = new Float64Array(buffer);
  }
}

export class IndexMerge {
  readonly sources: IndexSource[];
  /** Those that stand on an entry, in the order of the page. */
  readonly #order: IndexSource[] = [];
  #reverse = false;
  #sharedBytes = 0;

  constructor(shards: number) {
    this.sources = Array.from({ length: shards }, () => new IndexSource());
  }

  begin(reverse: boolean, sharedBytes: number): void {
    this.#order.length = 0;
    this.#reverse = reverse;
    this.#sharedBytes = sharedBytes;
  }

  /** The source of the next row. */
  get first(): IndexSource | undefined {
    return this.#order[0];
  }

  /** Takes in a source that has a run; one whose run is empty stays outside. */
  admit(source: IndexSource): void {
    if (!source.advance()) return;
    const order = this.#order;
    order.push(source);
    let at = order.length - 1;
    for (; at > 0 && this.#goesBefore(source, order[at - 1]); at--) order[at] = order[at - 1];
    order[at] = source;
  }

  /** Steps over the first entry. Returns its source if that has to be filled and admitted again before the merge goes on. */
  step(): IndexSource | undefined {
    const order = this.#order;
    const source = order[0];
    const last = order.length - 1;
    if (!source.advance()) {
      for (let at = 0; at < last; at++) order[at] = order[at + 1];
      order.length = last;
      return source.more ? source : undefined;
    }
    let at = 0;
    for (; at < last && this.#goesBefore(order[at + 1], source); at++) order[at] = order[at + 1];
    order[at] = source;
    return undefined;
  }

  #goesBefore(one: IndexSource, other: IndexSource): boolean {
    const order = compare(one, other, this.#sharedBytes);
    return this.#reverse ? order > 0 : order < 0;
  }
}

/** Compares keys whose first `from` bytes are equal. Keys of two shards differ, and none is the beginning of another. */
function compare(one: IndexSource, other: IndexSource, from: number): number {
  const a = one.u8;
  const b = other.u8;
  let i = one.keyAt + from;
  let k = other.keyAt + from;
  for (const end = one.keyAt + one.keyLength; i < end; i++, k++) {
    if (a[i] !== b[k]) return a[i] - b[k];
  }
  return 0;
}
