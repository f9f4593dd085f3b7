// CRC32C (Castagnoli, reflected 0x82F63B78), the checksum of log groups, of blocks and of the
// manifest.
//
// Slicing by eight: eight bytes cost eight independent table reads and one dependent step. The
// running value is the finished one: crc32c(b, crc32c(a, 0)) is the checksum of a followed by b, as
// in RFC 3720 and in Node's zlib.crc32.

import { CRC32C_TABLES } from './crc32c-tables';

/** T[table][index & 0xFF]. */
@inline
function entry(table: usize, index: u32): u32 {
  return load<u32>(CRC32C_TABLES + (table << 10) + ((<usize>(index & 0xff)) << 2));
}

@inline
function stepByte(crc: u32, byte: u32): u32 {
  return (crc >> 8) ^ entry(0, crc ^ byte);
}

@inline
function stepWord(crc: u32, low: u32, high: u32): u32 {
  low ^= crc;
  return (
    entry(7, low) ^
    entry(6, low >> 8) ^
    entry(5, low >> 16) ^
    entry(4, low >> 24) ^
    entry(3, high) ^
    entry(2, high >> 8) ^
    entry(1, high >> 16) ^
    entry(0, high >> 24)
  );
}

/** The checksum of what `running` covers (0: nothing) followed by `length` bytes at `ptr`. */
export function crc32c(ptr: usize, length: u32, running: u32): u32 {
  const end = ptr + <usize>length;
  let crc = ~running;
  while (end - ptr >= 32) {
    crc = stepWord(crc, load<u32>(ptr), load<u32>(ptr, 4));
    crc = stepWord(crc, load<u32>(ptr, 8), load<u32>(ptr, 12));
    crc = stepWord(crc, load<u32>(ptr, 16), load<u32>(ptr, 20));
    crc = stepWord(crc, load<u32>(ptr, 24), load<u32>(ptr, 28));
    ptr += 32;
  }
  while (end - ptr >= 8) {
    crc = stepWord(crc, load<u32>(ptr), load<u32>(ptr, 4));
    ptr += 8;
  }
  while (ptr < end) {
    crc = stepByte(crc, load<u8>(ptr));
    ptr++;
  }
  return ~crc;
}
