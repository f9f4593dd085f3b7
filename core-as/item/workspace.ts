// Where the codec works: 512 bytes of the thread's scratch, between the area of the key and that of
// the second key.
//
//   scratch + 13,056  two Decimals, 56 B each         (item/decimal.ts)
//           + 13,168  a stack of 32 frames, 12 B each (item/validate.ts, item/size.ts)
//           + 13,056  or 31 pairs of valueEqual, 16 B each: it uses no Decimal and no other stack
//           + 147,456 OUT area: the names of a large map while one that stands twice is looked for
//
// Nothing here lives longer than one call of the codec. While a function uses a part it calls no
// other that uses the same one.

import { KEY2_AT, KEY_AT, KEY_BYTES_MAX } from '../layout';
import { scratch } from '../memory/thread';
import { Decimal, DECIMAL_BYTES } from './decimal';

/**
 * Levels of lists and maps around a value, the attribute itself counted: 31 containers around a
 * scalar.
 */
export const LEVELS_MAX: u32 = 32;

/** A list or map that a walk is inside of. */
@unmanaged
export class Frame {
  remaining: u32; // members not yet passed
  end: u32; // first byte after the body
  head: u32; // its tag
}
const FRAME_BYTES: usize = 12;

const WORKSPACE_AT: usize = KEY_AT + <usize>KEY_BYTES_MAX;
const FRAMES_AT: usize = WORKSPACE_AT + 2 * DECIMAL_BYTES;

/** The first or the second decimal of this thread. */
@inline
export function decimalAt(index: usize): Decimal {
  return changetype<Decimal>(scratch + WORKSPACE_AT + index * DECIMAL_BYTES);
}

@inline
export function frameAt(depth: u32): Frame {
  assert(depth < LEVELS_MAX && FRAMES_AT + <usize>LEVELS_MAX * FRAME_BYTES <= KEY2_AT);
  return changetype<Frame>(scratch + FRAMES_AT + <usize>depth * FRAME_BYTES);
}

/** The 512 bytes of pairs, for valueEqual. */
@inline
export function pairsArea(): usize {
  return scratch + WORKSPACE_AT;
}
