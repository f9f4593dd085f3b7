// A block comes from the disk into the cache of a shard.
//
// The raw bytes lie in the IN area of the calling thread. Checksum, decompression and the check of
// the whole structure need no latch: they work in the thread's own scratch. Only the copy into the
// cache and the pin do. Afterwards OUT holds nothing of use.

import { BAD_INPUT, CORRUPT, NO_MEMORY, OK, RETRY } from '../layout';
import { inPtr, outPtr, slot } from '../memory/thread';
import { leave, shardEnter } from '../shard/header';
import {
  BLOCK_DISK_MAX, BLOCK_RAW_MAX, blockRawBytes, isCacheable, unpackBlock, verifyBlock,
} from '../table/format';
import { verifyRaw } from '../table/verify';
import { cacheInsert, cachePin, cacheUnpin, pinsAreFull } from './cache';

const KEY_BUFFER_AT: usize = <usize>BLOCK_RAW_MAX; // in OUT, behind the raw block

/**
 * Puts the DATA, INDEX or FILTER block in the IN area into the cache and pins it for this thread
 * until blocksUnpin. OK; CORRUPT if it is not exactly that block; NO_MEMORY; RETRY when the thread
 * holds PINS_MAX blocks already: unpin and begin the operation again.
 */
export function blockProvide(file: u32, offset8: u32, kind: u32, bytes: u32): i32 {
  if (!isCacheable(kind) || bytes > BLOCK_DISK_MAX) return BAD_INPUT;
  const raw = outPtr();
  if (!verifyBlock(inPtr(), bytes, kind, file, offset8)) return CORRUPT;
  if (unpackBlock(inPtr(), bytes, raw) != OK) return CORRUPT;
  const rawBytes = blockRawBytes(inPtr(), bytes);
  if (!verifyRaw(raw, rawBytes, kind, raw + KEY_BUFFER_AT)) return CORRUPT;

  const status = shardEnter();
  if (status != OK) return status;
  if (pinsAreFull(slot)) return leave(RETRY);
  const block = cacheInsert(file, offset8, kind, raw, rawBytes);
  if (block == null) return leave(NO_MEMORY);
  cachePin(slot, block);
  return leave(OK);
}

/**
 * Releases the blocks that this thread has provided: the end of an operation that met NEED_BLOCK.
 */
export function blocksUnpin(): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  cacheUnpin(slot);
  return leave(OK);
}
