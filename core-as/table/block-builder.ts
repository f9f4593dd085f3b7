// Builds the raw bytes of a DATA or INDEX block, entry by entry (format.ts draws them).
//
//   one page:  BlockBuilder . last key . restarts . block bytes, with some to spare
//
// Relies on: keys ascend strictly; the caller closes the block by the rules of table-builder.ts,
// which keep it below BLOCK_RAW_MAX and RESTARTS_MAX.

import { KEY_BYTES_MAX } from '../layout';
import { copyBytes } from '../memory/bytes';
import { commonPrefix } from './common-prefix';
import {
  BLOCK_HEADER_BYTES, BLOCK_RAW_MAX, DELTA_SHIFT, ENTRY_WORD_BYTES, KIND_SHIFT, RESTART_INTERVAL,
  SHARED_MAX, UNSHARED_SHIFT, VALUE_SHIFT,
} from './format';

const RESTARTS_MAX: u32 = 512;
const LAST_KEY_AT: usize = 64;
const RESTARTS_AT: usize = LAST_KEY_AT + <usize>KEY_BYTES_MAX;
const BLOCK_AT: usize = RESTARTS_AT + <usize>(RESTARTS_MAX << 1);

@unmanaged
export class BlockBuilder {
  baseSequence: u64;
  used: u32; // bytes of header and entries
  entryCount: u32;
  restartCount: u32;
  lastKeyLength: u32; // stays after blockBegin: the key before the first entry
}

@inline
export function lastKey(builder: BlockBuilder): usize {
  return changetype<usize>(builder) + LAST_KEY_AT;
}

@inline
export function blockBytes(builder: BlockBuilder): usize {
  return changetype<usize>(builder) + BLOCK_AT;
}

/** Size of the finished block. */
@inline
export function builtBytes(builder: BlockBuilder): u32 {
  return builder.used + (builder.restartCount << 1);
}

export function blockBegin(builder: BlockBuilder): void {
  builder.used = BLOCK_HEADER_BYTES;
  builder.entryCount = 0;
  builder.restartCount = 0;
}

export function blockAdd(
  builder: BlockBuilder, key: usize, keyLength: u32, kind: u32, sequence: u64, value: usize,
  valueLength: u32,
): void {
  assert(keyLength > 0 && keyLength <= KEY_BYTES_MAX);
  const block = blockBytes(builder);
  const last = lastKey(builder);
  let shared: u32 = 0;
  if ((builder.entryCount & (RESTART_INTERVAL - 1)) == 0) {
    assert(builder.restartCount < RESTARTS_MAX);
    store<u16>(
      changetype<usize>(builder) + RESTARTS_AT + (builder.restartCount << 1), <u16>builder.used,
    );
    builder.restartCount++;
    if (builder.entryCount == 0) builder.baseSequence = sequence;
  } else {
    shared = commonPrefix(last, key, min<u32>(min<u32>(keyLength, builder.lastKeyLength), SHARED_MAX));
  }
  assert(builder.entryCount == 0 || keyLength > shared); // ascending
  const unshared = keyLength - shared;
  const difference = <i64>(sequence - builder.baseSequence);
  const delta = (<u64>difference << 1) ^ <u64>(difference >> 63);
  const deltaBytes = max<u32>((71 - <u32>clz<u64>(delta)) >> 3, 1);
  let to = block + builder.used;
  store<u64>(to, <u64>shared | (<u64>unshared << UNSHARED_SHIFT) | (<u64>valueLength << VALUE_SHIFT)
    | (<u64>kind << KIND_SHIFT) | (<u64>deltaBytes << DELTA_SHIFT));
  store<u64>(to, delta, ENTRY_WORD_BYTES);
  to += ENTRY_WORD_BYTES + deltaBytes;
  copyBytes(to, key + shared, unshared);
  to += unshared;
  copyBytes(to, value, valueLength);
  to += valueLength;
  builder.used = <u32>(to - block);
  builder.entryCount++;
  copyBytes(last + shared, key + shared, unshared);
  builder.lastKeyLength = keyLength;
  assert(builtBytes(builder) <= BLOCK_RAW_MAX);
}

/** Completes the block at blockBytes(builder) and returns its size. */
export function blockFinish(builder: BlockBuilder): u32 {
  assert(builder.entryCount > 0);
  const block = blockBytes(builder);
  store<u64>(block, builder.baseSequence);
  store<u16>(block, <u16>builder.entryCount, 8);
  store<u16>(block, <u16>builder.restartCount, 10);
  const restartBytes = builder.restartCount << 1;
  copyBytes(block + builder.used, changetype<usize>(builder) + RESTARTS_AT, restartBytes);
  return builder.used + restartBytes;
}
