// The merge of sorted sources: an array of lanes in the order of their keys, newest first among
// equal ones.
//
// A Lane is the head of every source, in a shard's cursor (shard/cursor-lane.ts) and in a merge
// (merge/source.ts). The array is kept sorted: when its first lane has moved on, it is put back in
// place. One comparison suffices while one source has the next entries, as is usual; a binary
// search finds the place otherwise.

import { compareBytes } from '../memory/bytes';

@unmanaged
export class Lane {
  sequence: u64;
  key: usize;
  keyLength: u32;
  value: usize;
  valueLength: u32;
  kind: u32; // PUT, DELETE, LARGE_REF
  rank: u32; // 0 newest; different for each lane
}

@inline
export function laneAt(lanes: usize, index: u32): Lane {
  return changetype<Lane>(<usize>load<u32>(lanes + (<usize>index << 2)));
}

@inline
export function sameKey(a: Lane, b: Lane): bool {
  return a.keyLength == b.keyLength && compareBytes(a.key, a.keyLength, b.key, b.keyLength) == 0;
}

@inline
function goesBefore(a: Lane, b: Lane, reverse: bool): bool {
  const order = compareBytes(a.key, a.keyLength, b.key, b.keyLength);
  if (order != 0) return (order < 0) != reverse;
  return a.rank < b.rank;
}

/** Adds a lane to the sorted ones. */
export function lanesInsert(lanes: usize, count: u32, lane: Lane, reverse: bool): void {
  let at = count;
  while (at > 0 && goesBefore(lane, laneAt(lanes, at - 1), reverse)) {
    store<u32>(lanes + (<usize>at << 2), load<u32>(lanes + (<usize>(at - 1) << 2)));
    at--;
  }
  store<u32>(lanes + (<usize>at << 2), <u32>changetype<usize>(lane));
}

/** Puts the first lane, which has moved on, back in order. */
@inline
export function lanesSettle(lanes: usize, count: u32, reverse: bool): void {
  if (count > 1 && !goesBefore(laneAt(lanes, 0), laneAt(lanes, 1), reverse)) {
    lanesSink(lanes, count, reverse);
  }
}

function lanesSink(lanes: usize, count: u32, reverse: bool): void {
  const lane = laneAt(lanes, 0);
  let low: u32 = 2; // lanes below go before it
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (goesBefore(laneAt(lanes, middle), lane, reverse)) low = middle + 1;
    else high = middle;
  }
  for (let at: u32 = 1; at < low; at++) {
    store<u32>(lanes + (<usize>(at - 1) << 2), load<u32>(lanes + (<usize>at << 2)));
  }
  store<u32>(lanes + (<usize>(low - 1) << 2), <u32>changetype<usize>(lane));
}

/** Takes the first lane, which is at its end, out. */
export function lanesDrop(lanes: usize, count: u32): void {
  for (let at: u32 = 1; at < count; at++) {
    store<u32>(lanes + (<usize>(at - 1) << 2), load<u32>(lanes + (<usize>at << 2)));
  }
}
