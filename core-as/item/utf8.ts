// Well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no overlong forms, nothing above
// U+10FFFF).

const LANES: usize = 16;

/** Whether every byte is below 0x80. */
export function isAsciiText(ptr: usize, length: u32): bool {
  const end = ptr + <usize>length;
  while (end - ptr >= LANES) {
    if (i8x16.bitmask(v128.load(ptr)) != 0) return false;
    ptr += LANES;
  }
  let bits: u32 = 0;
  for (; ptr < end; ptr++) bits |= <u32>load<u8>(ptr);
  return bits < 0x80;
}

export function isUtf8(ptr: usize, length: u32): bool {
  const end = ptr + <usize>length;
  while (ptr < end) {
    if (end - ptr >= LANES && i8x16.bitmask(v128.load(ptr)) == 0) {
      ptr += LANES;
      continue;
    }
    const lead = <u32>load<u8>(ptr++);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const more: usize = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (end - ptr < more) return false;
    // The first continuation byte alone tells overlong forms, surrogates and what lies beyond
    // U+10FFFF.
    const second = <u32>load<u8>(ptr);
    const low: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const high: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (let i: usize = 1; i < more; i++) {
      if (((<u32>load<u8>(ptr + i)) & 0xc0) != 0x80) return false;
    }
    ptr += more;
  }
  return true;
}
