// The private memory in which requests of the IPC door are looked at: bytes from sockets are copied in as they came, the core
// checks them, finds their parts and makes keys and items of them (core-as/item/frame.ts, msgpack-item.ts).
//
//   frames     what came from one socket, one stretch at a time
//   item       the item that was encoded last, its list of names beside it
//   schemas    the key attributes of the tables that were asked for
//
// Like all scratch it is good until the next await. Nothing that a socket says is trusted before `open` has passed it.

import { SCRATCH, RESULT, STATUS } from './abi.js';
import { type CompiledCore, Workbench } from './workbench.js';

/** A BatchWriteItem of 16 MB, with its frame. Longer ones are refused by their length. */
export const FRAME_BYTES_MAX = 17 * 1024 * 1024;
const ITEM_ROOM_BYTES = 4 * 1024 * 1024;
const NAMES_BYTES = 8 * 1024;
const SCHEMAS_BYTES = 1024 * 1024;
const SCHEMA_BYTES_MAX = 2 * 65_536 + 16;
const FRAMES_ROOM_BYTES = FRAME_BYTES_MAX + 128 * 1024;
const ROOM_BYTES = FRAMES_ROOM_BYTES + ITEM_ROOM_BYTES + NAMES_BYTES + SCHEMAS_BYTES;
const MEMORY_BYTES = ROOM_BYTES + 2 * 1024 * 1024;

/** What a request wants that can be done without values. */
export const DIRECT = { NONE: 0, GET: 1, PUT: 2, DELETE: 3 } as const;

/** Index of each field of OpenedFrame (core-as/item/frame.ts). */
const OPENED = {
  ID: 0,
  HAS_ID: 1,
  CODE: 2,
  NAME: 3,
  NAME_BYTES: 4,
  ARGUMENTS: 5,
  KIND: 6,
  TABLE: 7,
  TABLE_BYTES: 8,
  BODY: 9,
  CONSISTENT: 10,
} as const;

/** The key attributes of a table. */
export interface KeyAttributes {
  readonly id: number;
  readonly key: {
    readonly partition: { readonly name: string; readonly type: string };
    readonly sort?: { readonly name: string; readonly type: string };
  };
}

export class FrameBench extends Workbench {
  /** Where bytes of sockets go. */
  readonly framesAt: number;
  readonly framesBytes = FRAMES_ROOM_BYTES;
  readonly namesAt: number;
  readonly #itemAt: number;
  readonly #schemasAt: number;
  readonly #schemas = new Map<number, number>();
  readonly #openedAt: number;
  readonly #resultAt: number;
  #schemasEnd: number;
  /** Of the item that was encoded last: where it lies, and the bytes of its list of names. */
  itemAt = 0;
  namesBytes = 0;
  /** Of the key that was made last. */
  keyLength = 0;
  prefixLength = 0;

  constructor(module: CompiledCore, seedLow: number, seedHigh: number) {
    super(module, seedLow, seedHigh, MEMORY_BYTES);
    const room = this.exports.largeReserve(ROOM_BYTES);
    if (room <= 0) throw new Error(`memory for frames: status ${room}`);
    this.framesAt = room;
    this.#itemAt = room + FRAMES_ROOM_BYTES;
    this.namesAt = this.#itemAt + ITEM_ROOM_BYTES;
    this.#schemasAt = this.#schemasEnd = this.namesAt + NAMES_BYTES;
    this.#openedAt = (this.scratch + SCRATCH.PARAMS) >>> 2;
    this.#resultAt = (this.scratch + SCRATCH.RESULT) >>> 2;
  }

  /** Opens the request of `length` bytes at `at`: whether it is one. */
  open(at: number, length: number): boolean {
    return this.exports.openFrame(at, length) === STATUS.OK;
  }

  #opened(field: number): number {
    return this.u32[this.#openedAt + field];
  }

  /** The id of the request that was opened; undefined if not even that could be read. */
  get id(): number | undefined {
    return this.#opened(OPENED.HAS_ID) === 0 ? undefined : this.#opened(OPENED.ID);
  }

  get kind(): number {
    return this.#opened(OPENED.KIND);
  }

  get code(): number {
    return this.#opened(OPENED.CODE);
  }

  get nameAt(): number {
    return this.#opened(OPENED.NAME);
  }

  get nameBytes(): number {
    return this.#opened(OPENED.NAME_BYTES);
  }

  get argumentsAt(): number {
    return this.#opened(OPENED.ARGUMENTS);
  }

  get tableAt(): number {
    return this.#opened(OPENED.TABLE);
  }

  get tableBytes(): number {
    return this.#opened(OPENED.TABLE_BYTES);
  }

  get bodyAt(): number {
    return this.#opened(OPENED.BODY);
  }

  get consistent(): boolean {
    return this.#opened(OPENED.CONSISTENT) !== 0;
  }

  /** Whether the arguments of a request that was opened as a direct one are sound as a whole: their text was not looked at. */
  argumentsAreSound(limit: number): boolean {
    return this.exports.packedEnd(this.argumentsAt, limit, 1) === limit;
  }

  /** Makes the key of a map, sealed, in the key area: the top of its hash, or a negative number: not plainly a key. */
  key(table: KeyAttributes, mapAt: number, limit: number, exact: boolean): number {
    const schema = this.#schemaOf(table);
    const top = this.exports.packedKey(mapAt, limit, schema, table.id, exact ? 1 : 0);
    if (top < 0) return top;
    this.keyLength = this.u32[this.#resultAt + RESULT.BYTES];
    this.prefixLength = this.u32[this.#resultAt + RESULT.COUNT];
    return top;
  }

  /**
   * Encodes a map as an item, as far behind a word's begin as `misalignment` says: its bytes, or a negative number: not
   * plainly an item that fits a shape.
   */
  item(mapAt: number, limit: number, misalignment: number): number {
    this.itemAt = this.#itemAt + misalignment;
    const room = ITEM_ROOM_BYTES - 8;
    const length = this.exports.packedItem(mapAt, limit, this.itemAt, room, this.namesAt);
    if (length >= 0) this.namesBytes = this.u32[this.#resultAt + RESULT.BYTES];
    return length;
  }

  get namesRepeat(): boolean {
    return this.exports.namesRepeat(this.namesAt, this.namesBytes) !== STATUS.OK;
  }

  #schemaOf(table: KeyAttributes): number {
    const known = this.#schemas.get(table.id);
    if (known !== undefined) return known;
    if (this.#schemasEnd + SCHEMA_BYTES_MAX > this.#schemasAt + SCHEMAS_BYTES) {
      this.#schemas.clear();
      this.#schemasEnd = this.#schemasAt;
    }
    const at = this.#schemasEnd;
    const end = this.#writeAttribute(at, table.key.partition);
    this.#schemasEnd = (this.#writeAttribute(end, table.key.sort) + 7) & ~7;
    this.#schemas.set(table.id, at);
    return at;
  }

  #writeAttribute(at: number, attribute: { name: string; type: string } | undefined): number {
    const name = Buffer.from(attribute?.name ?? '', 'utf8');
    this.u8[at] = attribute?.type.charCodeAt(0) ?? 0;
    this.u8[at + 1] = 0;
    this.u8[at + 2] = name.length;
    this.u8[at + 3] = name.length >>> 8;
    this.u8.set(name, at + 4);
    return at + 4 + name.length;
  }
}
