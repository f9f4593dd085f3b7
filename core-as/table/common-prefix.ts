// How far two keys agree: what a builder leaves out and a reader skips.

/** How many of the first `length` bytes are the same. */
@inline
export function commonPrefix(a: usize, b: usize, length: u32): u32 {
  let at: u32 = 0;
  for (; at + 8 <= length; at += 8) {
    const difference = load<u64>(a + at) ^ load<u64>(b + at);
    if (difference != 0) return at + (<u32>ctz<u64>(difference) >> 3);
  }
  while (at < length && load<u8>(a + at) == load<u8>(b + at)) at++;
  return at;
}
