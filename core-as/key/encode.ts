// Keys: bytes whose memcmp order is the order of the engine.
//
//   key := tableId u32 BE . hash u64 BE . component(pk) [ . component(sk) ] [ . more in indexes ]
//   component of a string or binary := its bytes with 00 -> 01 01 and 01 -> 01 02, then 00
//   component of a number := number.ts
//
// hash is XXH64 of the encoded pk component, terminator included, under the database's seed. Its
// top bits are the shard.

import { KEY_BYTES_MAX } from '../layout';
import { xxh64 } from '../hash/xxh64';
import { storeU32BE, storeU64BE } from '../memory/bytes';
import { keyPtr } from '../memory/thread';
import { shardInfo } from '../shard/header';
import { bytesAt, bytesLength, isNumber, tagOf } from '../item/value';
import { writeNumberKeyValue } from './number';

/** Bytes before the first component. */
export const KEY_PREFIX_BYTES: usize = 12;

/**
 * Writes table and hash before the pk component that lies behind them in the key area. The top 16
 * bits of the hash.
 */
export function sealKey(tableId: u32, pkBytes: u32): i32 {
  assert(pkBytes <= KEY_BYTES_MAX - <u32>KEY_PREFIX_BYTES);
  const key = keyPtr();
  const hash = xxh64(key + KEY_PREFIX_BYTES, pkBytes, shardInfo().seed);
  storeU32BE(key, tableId);
  storeU64BE(key + 4, hash);
  return <i32>(hash >> 48);
}

/** Writes the component of a string or binary: at most 2 x length + 1 bytes. Bytes written. */
export function writeBytesKey(ptr: usize, length: u32, out: usize): i32 {
  const start = out;
  const end = ptr + <usize>length;
  for (; ptr < end; ptr++) {
    const byte = load<u8>(ptr);
    if (byte > 1) {
      store<u8>(out++, byte);
    } else {
      store<u8>(out, 1);
      store<u8>(out, byte + 1, 1);
      out += 2;
    }
  }
  store<u8>(out++, 0);
  return <i32>(out - start);
}

/** Writes the component of a valid string, number or binary value of an item. Bytes written. */
export function writeValueKey(value: usize, out: usize): i32 {
  if (isNumber(tagOf(value))) return writeNumberKeyValue(value, out);
  return writeBytesKey(bytesAt(value), bytesLength(value), out);
}
