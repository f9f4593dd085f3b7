// The order of a memtable: a B+tree of fat nodes whose slots hold the first 8 bytes of a key beside
// a pointer to it.
//
//   leaf, 512 B    +0 count u16 . level u16 = 0 . +4 previous leaf . +8 next leaf
//                  +12 slot of the last insert u32
//                  +16 prefix u64 x 41 . +344 entry u32 x 41
//   inner, 512 B   +0 count u16 . level u16 > 0 . +4 unused
//                  +16 prefix u64 x 31 . +264 separator u32 x 31 (an Entry whose key it is)
//                  +388 child u32 x 31
//                  child i holds the keys from separator i on; separator 0 stands for "below
//                  everything" and is not read
//
// Most comparisons end at the prefixes, inside one node. Keys that share theirs (one partition) are
// compared in full.
//
// Relies on: the latch is held, or the memtable is frozen and the call only reads. Keys are never
// removed.
//
// Invariants: prefixes are in order, and whole keys strictly so; every leaf but the root's first
// has an entry. An insert splits full nodes on its way down, so a parent always has room for one
// more child and nothing climbs back up.
import { ENTRY_BYTES, Entry } from '../layout';
import { compareBytes, keyPrefix } from '../memory/bytes';
import { nodeAllocate } from './arena';
import { Memtable } from './memtable';

export const NODE_BYTES: u32 = 512;
const LEAF_SLOTS: u32 = 41;
const INNER_SLOTS: u32 = 31;
const PREFIX: usize = 16;
const LEAF_ENTRY: usize = PREFIX + LEAF_SLOTS * 8;
const SEPARATOR: usize = PREFIX + INNER_SLOTS * 8;
const CHILD: usize = SEPARATOR + INNER_SLOTS * 4;

// Modes of treeSeek.
export const SEEK_AT_LEAST: u32 = 0; // first >= key
export const SEEK_ABOVE: u32 = 1; // first > key
export const SEEK_AT_MOST: u32 = 2; // last <= key
export const SEEK_BELOW: u32 = 3; // last < key

/** A position: leaf pointer in the high half, slot in the low one; 0 when there is no entry. */
export const NO_POSITION: u64 = 0;

@unmanaged
class Node {
  count: u16;
  level: u16;
  previous: u32;
  next: u32;
  lastInsert: u32;
}

@inline
function prefixAt(node: usize, slot: u32): usize {
  return node + PREFIX + ((<usize>slot) << 3);
}

@inline
function entryAt(leaf: usize, slot: u32): usize {
  return leaf + LEAF_ENTRY + ((<usize>slot) << 2);
}

@inline
function separatorAt(inner: usize, slot: u32): usize {
  return inner + SEPARATOR + ((<usize>slot) << 2);
}

@inline
function childAt(inner: usize, slot: u32): usize {
  return inner + CHILD + ((<usize>slot) << 2);
}

@inline
function compareEntry(entry: usize, key: usize, length: u32): i32 {
  return compareBytes(entry + ENTRY_BYTES, changetype<Entry>(entry).keyLength, key, length);
}

function nodeCreate(memtable: Memtable, level: u32): usize {
  const node = nodeAllocate(memtable, NODE_BYTES);
  const head = changetype<Node>(node);
  head.count = 0;
  head.level = <u16>level;
  head.previous = 0;
  head.next = 0;
  head.lastInsert = 0;
  return node;
}

export function treeInit(memtable: Memtable): void {
  const leaf = <u32>nodeCreate(memtable, 0);
  memtable.root = leaf;
  memtable.firstLeaf = leaf;
  memtable.lastLeaf = leaf;
}

/**
 * Slots from `first` whose prefix is below `prefix` (or equal to it, with `orEqual`), without a
 * branch to mispredict.
 */
@inline
function slotsBelow(node: usize, first: u32, count: u32, prefix: u64, orEqual: bool): u32 {
  let base = prefixAt(node, first);
  let length = count - first;
  while (length > 0) {
    const half = (length + 1) >> 1;
    const seen = load<u64>(base + ((<usize>half) << 3) - 8);
    const below = orEqual ? seen <= prefix : seen < prefix;
    base += ((<usize>half) << 3) & (0 - <usize>below);
    length -= half;
  }
  return <u32>((base - prefixAt(node, 0)) >> 3);
}

/** The child that holds `key`: the last one whose separator is <= key. */
@inline
function childSlot(inner: usize, prefix: u64, key: usize, length: u32): u32 {
  const count: u32 = changetype<Node>(inner).count;
  const slot = slotsBelow(inner, 1, count, prefix, true) - 1;
  if (slot == 0 || load<u64>(prefixAt(inner, slot)) != prefix) return slot;
  return childSlotAmongEqual(inner, slot, prefix, key, length);
}

function childSlotAmongEqual(inner: usize, last: u32, prefix: u64, key: usize, length: u32): u32 {
  let low = slotsBelow(inner, 1, last, prefix, false);
  let high = last + 1; // separators below `low` are <= key, from `high` on above it
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareEntry(load<u32>(separatorAt(inner, middle)), key, length) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The first slot of the leaf whose key is >= `key`. */
@inline
function leafSlot(leaf: usize, prefix: u64, key: usize, length: u32): u32 {
  const count: u32 = changetype<Node>(leaf).count;
  const slot = slotsBelow(leaf, 0, count, prefix, false);
  if (slot == count || load<u64>(prefixAt(leaf, slot)) != prefix) return slot;
  return leafSlotAmongEqual(leaf, slot, count, prefix, key, length);
}

function leafSlotAmongEqual(
  leaf: usize, first: u32, count: u32, prefix: u64, key: usize, length: u32,
): u32 {
  let low = first;
  let high = slotsBelow(leaf, first, count, prefix, true);
  // Most partitions grow at their end: look there first.
  if (compareEntry(load<u32>(entryAt(leaf, high - 1)), key, length) < 0) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareEntry(load<u32>(entryAt(leaf, middle)), key, length) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function leafOf(memtable: Memtable, prefix: u64, key: usize, length: u32): usize {
  let node: usize = memtable.root;
  for (let level = memtable.height; level > 0; level--) {
    node = load<u32>(childAt(node, childSlot(node, prefix, key, length)));
  }
  return node;
}

/**
 * Inserts an entry whose key is not in the tree. At most one node a level, and a root, are
 * allocated.
 */
export function treeInsert(memtable: Memtable, entry: usize): void {
  const key = entry + ENTRY_BYTES;
  const length: u32 = changetype<Entry>(entry).keyLength;
  const prefix = keyPrefix(key, length);
  let node: usize = memtable.root;
  if (isFull(node)) node = growRoot(memtable);
  for (let level = memtable.height; level > 0; level--) {
    const slot = childSlot(node, prefix, key, length);
    let child: usize = load<u32>(childAt(node, slot));
    if (isFull(child)) {
      if (level > 1) splitInner(memtable, node, slot, child);
      else splitLeaf(memtable, node, slot, child, prefix, key, length);
      child = load<u32>(childAt(node, childSlot(node, prefix, key, length)));
    }
    node = child;
  }
  leafInsert(node, leafSlot(node, prefix, key, length), prefix, entry);
}

@inline
function isFull(node: usize): bool {
  const head = changetype<Node>(node);
  return head.count == (head.level == 0 ? LEAF_SLOTS : INNER_SLOTS);
}

/** Puts a new root above a full one, which is then its only child and is split like any other. */
function growRoot(memtable: Memtable): usize {
  const root = nodeCreate(memtable, memtable.height + 1);
  store<u64>(prefixAt(root, 0), 0);
  store<u32>(separatorAt(root, 0), 0);
  store<u32>(childAt(root, 0), memtable.root);
  changetype<Node>(root).count = 1;
  memtable.root = <u32>root;
  memtable.height++;
  return root;
}

@inline
function leafInsert(leaf: usize, slot: u32, prefix: u64, entry: usize): void {
  const head = changetype<Node>(leaf);
  const above = <u32>head.count - slot;
  shiftUp8(prefixAt(leaf, slot), above);
  shiftUp4(entryAt(leaf, slot), above);
  store<u64>(prefixAt(leaf, slot), prefix);
  store<u32>(entryAt(leaf, slot), <u32>entry);
  head.count++;
  head.lastInsert = slot;
}

function innerInsert(inner: usize, slot: u32, prefix: u64, separator: u32, child: usize): void {
  const head = changetype<Node>(inner);
  const above = <u32>head.count - slot;
  shiftUp8(prefixAt(inner, slot), above);
  shiftUp4(separatorAt(inner, slot), above);
  shiftUp4(childAt(inner, slot), above);
  store<u64>(prefixAt(inner, slot), prefix);
  store<u32>(separatorAt(inner, slot), separator);
  store<u32>(childAt(inner, slot), <u32>child);
  head.count++;
}

/** Moves `count` words one up. Backwards, two at a time; a call of memory.copy would cost more. */
@inline
function shiftUp8(at: usize, count: u32): void {
  let end = at + ((<usize>count) << 3);
  for (; end >= at + 16; end -= 16) v128.store(end - 8, v128.load(end - 16));
  if (end > at) store<u64>(at, load<u64>(at), 8);
}

@inline
function shiftUp4(at: usize, count: u32): void {
  let end = at + ((<usize>count) << 2);
  for (; end >= at + 16; end -= 16) v128.store(end - 12, v128.load(end - 16));
  for (; end > at; end -= 4) store<u32>(end, load<u32>(end - 4));
}

/**
 * Splits a full leaf. Keys that arrive in ascending order, at the end of the tree or of a partition
 * inside it, leave full leaves behind: if the key goes right after the last insert, the split is
 * made there.
 */
function splitLeaf(
  memtable: Memtable, parent: usize, slot: u32, leaf: usize, prefix: u64, key: usize, length: u32,
): void {
  const head = changetype<Node>(leaf);
  const at = leafSlot(leaf, prefix, key, length);
  const ascending = at > LEAF_SLOTS / 2 && head.lastInsert + 1 == at;
  const kept = ascending ? min<u32>(at, LEAF_SLOTS - 1) : LEAF_SLOTS / 2;
  const moved = LEAF_SLOTS - kept;
  const right = nodeCreate(memtable, 0);
  memory.copy(prefixAt(right, 0), prefixAt(leaf, kept), moved << 3);
  memory.copy(entryAt(right, 0), entryAt(leaf, kept), moved << 2);
  const rightHead = changetype<Node>(right);
  rightHead.count = <u16>moved;
  rightHead.lastInsert = LEAF_SLOTS;
  head.count = <u16>kept;
  head.lastInsert = ascending ? kept - 1 : LEAF_SLOTS;
  // the run of inserts goes on to the right
  if (ascending && at == LEAF_SLOTS) rightHead.lastInsert = 0;
  rightHead.previous = <u32>leaf;
  rightHead.next = head.next;
  if (head.next != 0) changetype<Node>(<usize>head.next).previous = <u32>right;
  else memtable.lastLeaf = <u32>right;
  head.next = <u32>right;
  innerInsert(parent, slot + 1, load<u64>(prefixAt(right, 0)), load<u32>(entryAt(right, 0)), right);
}

/**
 * Splits a full inner node in the middle; the last one of its level keeps most, for ascending
 * inserts.
 */
function splitInner(memtable: Memtable, parent: usize, slot: u32, inner: usize): void {
  const head = changetype<Node>(inner);
  const last = slot + 1 == <u32>changetype<Node>(parent).count;
  const kept = last ? INNER_SLOTS - INNER_SLOTS / 4 : INNER_SLOTS / 2;
  const moved = INNER_SLOTS - kept;
  const right = nodeCreate(memtable, head.level);
  memory.copy(prefixAt(right, 0), prefixAt(inner, kept), moved << 3);
  memory.copy(separatorAt(right, 0), separatorAt(inner, kept), moved << 2);
  memory.copy(childAt(right, 0), childAt(inner, kept), moved << 2);
  changetype<Node>(right).count = <u16>moved;
  head.count = <u16>kept;
  innerInsert(
    parent, slot + 1, load<u64>(prefixAt(right, 0)), load<u32>(separatorAt(right, 0)), right,
  );
}

/** Makes the slot of a key that is in the tree point to a new entry of the same key. */
export function treeReplace(memtable: Memtable, key: usize, length: u32, entry: usize): void {
  const prefix = keyPrefix(key, length);
  const leaf = leafOf(memtable, prefix, key, length);
  const slot = leafSlot(leaf, prefix, key, length);
  assert(slot < <u32>changetype<Node>(leaf).count);
  assert(compareEntry(load<u32>(entryAt(leaf, slot)), key, length) == 0);
  store<u32>(entryAt(leaf, slot), <u32>entry);
}

@inline
function position(leaf: usize, slot: u32): u64 {
  return (<u64>leaf << 32) | slot;
}

/** Position of the entry that `mode` (SEEK_*) asks for, or NO_POSITION. */
export function treeSeek(memtablePtr: usize, key: usize, length: u32, mode: u32): u64 {
  const memtable = changetype<Memtable>(memtablePtr);
  const prefix = keyPrefix(key, length);
  const leaf = leafOf(memtable, prefix, key, length);
  const slot = leafSlot(leaf, prefix, key, length);
  const count: u32 = changetype<Node>(leaf).count;
  const equal = slot < count && compareEntry(load<u32>(entryAt(leaf, slot)), key, length) == 0;
  if (mode == SEEK_AT_LEAST || (mode == SEEK_ABOVE && !equal)) {
    return slot < count ? position(leaf, slot) : leafAfter(leaf);
  }
  if (mode == SEEK_ABOVE) return treeNext(position(leaf, slot));
  if (mode == SEEK_AT_MOST && equal) return position(leaf, slot);
  return slot > 0 ? position(leaf, slot - 1) : leafBefore(leaf);
}

/** Position of the first entry, or NO_POSITION. */
export function treeFirst(memtablePtr: usize): u64 {
  const leaf: usize = changetype<Memtable>(memtablePtr).firstLeaf;
  return changetype<Node>(leaf).count > 0 ? position(leaf, 0) : NO_POSITION;
}

/** Position of the last entry, or NO_POSITION. */
export function treeLast(memtablePtr: usize): u64 {
  const leaf: usize = changetype<Memtable>(memtablePtr).lastLeaf;
  const count: u32 = changetype<Node>(leaf).count;
  return count > 0 ? position(leaf, count - 1) : NO_POSITION;
}

function leafAfter(leaf: usize): u64 {
  const next: usize = changetype<Node>(leaf).next;
  return next != 0 ? position(next, 0) : NO_POSITION;
}

function leafBefore(leaf: usize): u64 {
  const previous: usize = changetype<Node>(leaf).previous;
  return previous != 0
    ? position(previous, <u32>changetype<Node>(previous).count - 1)
    : NO_POSITION;
}

/** The next position in key order, or NO_POSITION. */
@inline
export function treeNext(at: u64): u64 {
  const leaf = <usize>(at >> 32);
  return <u32>at + 1 < <u32>changetype<Node>(leaf).count ? at + 1 : leafAfter(leaf);
}

/** Position of the last entry of the same leaf. */
@inline
export function treeLeafLast(at: u64): u64 {
  const leaf = <usize>(at >> 32);
  return position(leaf, <u32>changetype<Node>(leaf).count - 1);
}

/** The previous position in key order, or NO_POSITION. */
@inline
export function treePrev(at: u64): u64 {
  return <u32>at > 0 ? at - 1 : leafBefore(<usize>(at >> 32));
}

/** The Entry at a position; 0 for NO_POSITION. */
@inline
export function treeEntry(at: u64): usize {
  return at == NO_POSITION ? 0 : <usize>load<u32>(entryAt(<usize>(at >> 32), <u32>at));
}
