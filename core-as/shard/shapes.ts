// The shapes of a shard: each list of top-level attribute names in use, under a small number (R17).
//
//   directory   SHAPES_MAX x 16 B: names ptr u32 . bytes u32 . hash u32 . 0     by id; ptr 0 = none
//   hash table  8,192 x u16: id + 1, 0 = empty; linear probing
//   names       1 MiB, filled from the start
//
//   name list := ( u16 nameBytes . name )*
//
// A shape never changes and never goes. Each is also an ordinary entry of keyspace 0
// (SHAPE_KEY_BYTES), written in the apply that first uses it, from which recovery and a flush know
// it.
//
// Relies on: shapes are added under the latch, with the id's publication in the hash table as the
// last step. So finding one and reading its names needs no latch.
import {
  BAD_INPUT, CORRUPT, EXISTS, NOT_FOUND, OK, SHAPES_FULL, SHAPES_MAX, SHAPE_DIRECTORY_AT,
  SHAPE_HASH_AT, SHAPE_KEY_BYTES, SHAPE_LIST_BYTES_MAX, SHAPE_NAMES_AT, SHAPE_NAMES_BYTES_MAX,
  SHAPE_NAMES_MAX, SHAPE_STATE_AT,
} from '../layout';
import { equalBytes, loadU16BE, loadU32BE, storeU16BE } from '../memory/bytes';
import { result } from '../memory/thread';
import { keyHash } from '../memtable/hash-index';
import { leave, shardEnter, shardInfo } from './header';

const HASH_SLOTS: u32 = 8192;

@unmanaged
class ShapeState {
  next: u32; // the id that the next new shape gets: one above the highest in use
  count: u32;
  namesBytes: u32;
}

@unmanaged
class ShapeEntry {
  names: u32;
  bytes: u32;
  hash: u32;
  zero: u32;
}

@inline
function shapeState(): ShapeState {
  return changetype<ShapeState>(SHAPE_STATE_AT);
}

@inline
function shapeEntry(id: u32): ShapeEntry {
  return changetype<ShapeEntry>(SHAPE_DIRECTORY_AT + ((<usize>id) << 4));
}

export function shapesInit(): void {
  memory.fill(SHAPE_STATE_AT, 0, offsetof<ShapeState>());
  memory.fill(SHAPE_DIRECTORY_AT, 0, (<usize>SHAPES_MAX) << 4);
  memory.fill(SHAPE_HASH_AT, 0, (<usize>HASH_SLOTS) << 1);
}

export function shapeCount(): u32 {
  return shapeState().count;
}

export function shapeNamesBytes(): u32 {
  return shapeState().namesBytes;
}

@inline
function namesHash(names: usize, bytes: u32): u32 {
  return <u32>keyHash(shardInfo().seed, names, bytes);
}

/** The id of this name list, or NOT_FOUND. No latch. */
export function shapeFind(names: usize, bytes: u32): i32 {
  const hash = namesHash(names, bytes);
  let slot = hash & (HASH_SLOTS - 1);
  while (true) {
    const id = <i32>atomic.load<u16>(SHAPE_HASH_AT + ((<usize>slot) << 1)) - 1;
    if (id < 0) return NOT_FOUND;
    const entry = shapeEntry(id);
    if (entry.hash == hash && entry.bytes == bytes && equalBytes(entry.names, names, bytes)) {
      return id;
    }
    slot = (slot + 1) & (HASH_SLOTS - 1);
  }
}

/**
 * Pointer to the name list of a shape, its length in Result.bytes; NOT_FOUND. No latch; the list
 * never changes.
 */
export function shapeNames(id: u32): i32 {
  if (id >= SHAPES_MAX) return NOT_FOUND;
  const names = atomic.load<u32>(SHAPE_DIRECTORY_AT + ((<usize>id) << 4));
  if (names == 0) return NOT_FOUND;
  result().bytes = shapeEntry(id).bytes;
  return <i32>names;
}

/** Whether the bytes are a name list within the limits. */
export function shapeValid(names: usize, bytes: u32): bool {
  if (bytes == 0 || bytes > SHAPE_LIST_BYTES_MAX) return false;
  let at: u32 = 0;
  let count: u32 = 0;
  while (at + 2 <= bytes) {
    at += 2 + <u32>load<u16>(names + at);
    count++;
  }
  return at == bytes && count <= SHAPE_NAMES_MAX;
}

/** Whether `count` more shapes with together `bytes` bytes of names have room. */
export function shapesFit(count: u32, bytes: u32): bool {
  const state = shapeState();
  return state.next + count <= SHAPES_MAX && state.namesBytes + bytes <= SHAPE_NAMES_BYTES_MAX;
}

/** Gives a new list the next id. It is not known yet and there is room. */
export function shapeIntern(names: usize, bytes: u32): u32 {
  const id = shapeState().next;
  shapeAdd(id, names, bytes);
  return id;
}

function shapeAdd(id: u32, names: usize, bytes: u32): void {
  const state = shapeState();
  const entry = shapeEntry(id);
  const at = SHAPE_NAMES_AT + state.namesBytes;
  memory.copy(at, names, bytes);
  entry.hash = namesHash(names, bytes);
  entry.bytes = bytes;
  atomic.store<u32>(changetype<usize>(entry), <u32>at);
  let slot = entry.hash & (HASH_SLOTS - 1);
  while (load<u16>(SHAPE_HASH_AT + ((<usize>slot) << 1)) != 0) slot = (slot + 1) & (HASH_SLOTS - 1);
  atomic.store<u16>(SHAPE_HASH_AT + ((<usize>slot) << 1), <u16>(id + 1));
  state.namesBytes += bytes;
  state.count++;
  state.next = max<u32>(state.next, id + 1);
}

/** Writes the key of a shape's definition. */
export function shapeKeyWrite(key: usize, id: u32): void {
  store<u32>(key, 0);
  store<u64>(key, 0, 4);
  storeU16BE(key + 12, id);
}

/** The id that a key of keyspace 0 defines, or -1 if it is not such a key. */
export function shapeKeyId(key: usize, length: u32): i32 {
  if (length != SHAPE_KEY_BYTES || loadU32BE(key) != 0 || load<u64>(key, 4) != 0) return -1;
  return <i32>loadU16BE(key + 12);
}

/**
 * A definition met in the log or in a table, under the latch: OK, EXISTS, SHAPES_FULL, or CORRUPT
 * if it contradicts.
 */
export function shapeLoadLatched(id: u32, names: usize, bytes: u32): i32 {
  if (id >= SHAPES_MAX || !shapeValid(names, bytes)) return CORRUPT;
  const entry = shapeEntry(id);
  if (entry.names != 0) {
    return entry.bytes == bytes && equalBytes(entry.names, names, bytes) ? EXISTS : CORRUPT;
  }
  if (shapeFind(names, bytes) != NOT_FOUND) return CORRUPT;
  if (shapeState().namesBytes + bytes > SHAPE_NAMES_BYTES_MAX) return SHAPES_FULL;
  shapeAdd(id, names, bytes);
  return OK;
}

/**
 * The same for the host, from a scan of keyspace 0 of the tables when a shard is opened. EXISTS
 * counts as OK.
 */
export function shapeLoad(id: u32, names: usize, bytes: u32): i32 {
  if (bytes > SHAPE_LIST_BYTES_MAX) return BAD_INPUT;
  const status = shardEnter();
  if (status != OK) return status;
  const loaded = shapeLoadLatched(id, names, bytes);
  return leave(loaded == EXISTS ? OK : loaded);
}
