// Separators: what an index and TOP hold instead of whole keys.

import { copyBytes } from '../memory/bytes';
import { commonPrefix } from './common-prefix';

/**
 * Writes the shortest key that is not below `last` and below `next` that is easily found; returns
 * its length.
 */
export function separatorOf(
  to: usize, last: usize, lastLength: u32, next: usize, nextLength: u32,
): u32 {
  const common = commonPrefix(last, next, min<u32>(lastLength, nextLength));
  if (common == lastLength) {
    copyBytes(to, last, lastLength);
    return lastLength;
  }
  const low: u32 = load<u8>(last + common);
  const high: u32 = load<u8>(next + common);
  assert(low < high);
  if (common + 1 == lastLength || (low + 1 == high && nextLength == common + 1)) {
    copyBytes(to, last, lastLength);
    return lastLength;
  }
  copyBytes(to, last, common);
  store<u8>(to + common, <u8>(low + 1));
  return common + 1;
}
