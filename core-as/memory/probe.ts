// The stack probe (R18): latchAcquire calls it before it touches the latch.
//
// A user's deep recursion may call us with almost no stack left. Were the overflow to happen inside the core, the latch
// would stay held and the shard half changed. So the probe first reaches deeper than any path of the core does; if that
// overflows, the caller gets its RangeError before the latch is touched.
//
// The engine checks the stack limit on entry of every function, against the size of its whole frame when that is above
// 4 KiB. So a few calls of a function with a big frame reach far at little cost (four frames of 4.2 KiB, 12 ns).
// What makes the frame big are 256 vectors that have to survive a call: that branch is never taken, but the frame has
// room for it all the same. Relies on: no recursion in the core but here, no path of it deeper than the probe (tested).
import { INFO_AT } from '../layout';

const LEVELS: u32 = 3; // below the first
const NEVER_AT: usize = INFO_AT + 68; // a word that is always 0, which the compiler cannot know

@inline
export function stackProbe(): void {
  reach(INFO_AT, LEVELS, load<u32>(NEVER_AT));
}

@inline
function at(p: usize, index: usize): v128 {
  return v128.load(p + (index << 4));
}

/** The eight are loaded before `rest` is evaluated and used after it. */
@inline
function keep(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, rest: v128): v128 {
  const left = v128.xor(v128.xor(a, b), v128.xor(c, d));
  const right = v128.xor(v128.xor(e, f), v128.xor(g, h));
  return v128.xor(v128.xor(left, right), rest);
}

function reach(p: usize, levels: u32, never: u32): u32 {
  if (never != 0) {
    // prettier-ignore
    return v128.any_true(
        keep(at(p, 0), at(p, 1), at(p, 2), at(p, 3), at(p, 4), at(p, 5), at(p, 6), at(p, 7),
        keep(at(p, 8), at(p, 9), at(p, 10), at(p, 11), at(p, 12), at(p, 13), at(p, 14), at(p, 15),
        keep(at(p, 16), at(p, 17), at(p, 18), at(p, 19), at(p, 20), at(p, 21), at(p, 22), at(p, 23),
        keep(at(p, 24), at(p, 25), at(p, 26), at(p, 27), at(p, 28), at(p, 29), at(p, 30), at(p, 31),
        keep(at(p, 32), at(p, 33), at(p, 34), at(p, 35), at(p, 36), at(p, 37), at(p, 38), at(p, 39),
        keep(at(p, 40), at(p, 41), at(p, 42), at(p, 43), at(p, 44), at(p, 45), at(p, 46), at(p, 47),
        keep(at(p, 48), at(p, 49), at(p, 50), at(p, 51), at(p, 52), at(p, 53), at(p, 54), at(p, 55),
        keep(at(p, 56), at(p, 57), at(p, 58), at(p, 59), at(p, 60), at(p, 61), at(p, 62), at(p, 63),
        keep(at(p, 64), at(p, 65), at(p, 66), at(p, 67), at(p, 68), at(p, 69), at(p, 70), at(p, 71),
        keep(at(p, 72), at(p, 73), at(p, 74), at(p, 75), at(p, 76), at(p, 77), at(p, 78), at(p, 79),
        keep(at(p, 80), at(p, 81), at(p, 82), at(p, 83), at(p, 84), at(p, 85), at(p, 86), at(p, 87),
        keep(at(p, 88), at(p, 89), at(p, 90), at(p, 91), at(p, 92), at(p, 93), at(p, 94), at(p, 95),
        keep(at(p, 96), at(p, 97), at(p, 98), at(p, 99), at(p, 100), at(p, 101), at(p, 102), at(p, 103),
        keep(at(p, 104), at(p, 105), at(p, 106), at(p, 107), at(p, 108), at(p, 109), at(p, 110), at(p, 111),
        keep(at(p, 112), at(p, 113), at(p, 114), at(p, 115), at(p, 116), at(p, 117), at(p, 118), at(p, 119),
        keep(at(p, 120), at(p, 121), at(p, 122), at(p, 123), at(p, 124), at(p, 125), at(p, 126), at(p, 127),
        keep(at(p, 128), at(p, 129), at(p, 130), at(p, 131), at(p, 132), at(p, 133), at(p, 134), at(p, 135),
        keep(at(p, 136), at(p, 137), at(p, 138), at(p, 139), at(p, 140), at(p, 141), at(p, 142), at(p, 143),
        keep(at(p, 144), at(p, 145), at(p, 146), at(p, 147), at(p, 148), at(p, 149), at(p, 150), at(p, 151),
        keep(at(p, 152), at(p, 153), at(p, 154), at(p, 155), at(p, 156), at(p, 157), at(p, 158), at(p, 159),
        keep(at(p, 160), at(p, 161), at(p, 162), at(p, 163), at(p, 164), at(p, 165), at(p, 166), at(p, 167),
        keep(at(p, 168), at(p, 169), at(p, 170), at(p, 171), at(p, 172), at(p, 173), at(p, 174), at(p, 175),
        keep(at(p, 176), at(p, 177), at(p, 178), at(p, 179), at(p, 180), at(p, 181), at(p, 182), at(p, 183),
        keep(at(p, 184), at(p, 185), at(p, 186), at(p, 187), at(p, 188), at(p, 189), at(p, 190), at(p, 191),
        keep(at(p, 192), at(p, 193), at(p, 194), at(p, 195), at(p, 196), at(p, 197), at(p, 198), at(p, 199),
        keep(at(p, 200), at(p, 201), at(p, 202), at(p, 203), at(p, 204), at(p, 205), at(p, 206), at(p, 207),
        keep(at(p, 208), at(p, 209), at(p, 210), at(p, 211), at(p, 212), at(p, 213), at(p, 214), at(p, 215),
        keep(at(p, 216), at(p, 217), at(p, 218), at(p, 219), at(p, 220), at(p, 221), at(p, 222), at(p, 223),
        keep(at(p, 224), at(p, 225), at(p, 226), at(p, 227), at(p, 228), at(p, 229), at(p, 230), at(p, 231),
        keep(at(p, 232), at(p, 233), at(p, 234), at(p, 235), at(p, 236), at(p, 237), at(p, 238), at(p, 239),
        keep(at(p, 240), at(p, 241), at(p, 242), at(p, 243), at(p, 244), at(p, 245), at(p, 246), at(p, 247),
        keep(at(p, 248), at(p, 249), at(p, 250), at(p, 251), at(p, 252), at(p, 253), at(p, 254), at(p, 255),
        i32x4.splat(reach(p, 0, 0))
        ))))))))))))))))))))))))))))))))
    ) ? 1 : 0;
  }
  return levels == 0 ? 0 : reach(p, levels - 1, load<u32>(NEVER_AT)) + 1;
}
