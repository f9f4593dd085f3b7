// Item to msgpack (msgpack-format.ts): a map of its attributes. What the IPC door answers a read with.
//
// Relies on a valid item (validate.ts) that lies outside the output. No recursion: open lists and maps
// are frames in the thread's workspace. Nothing is written at or beyond the limit.

import { BAD_INPUT, TOO_LARGE } from '../layout';
import { isInline, namesOf, nameEntry, nextName, valueOf } from './attributes';
import { NUMBER_TEXT_MAX } from './decimal';
import { attributeCount } from './item';
import { EXT_BS, EXT_NS, EXT_NUMBER, EXT_SS, NIL, PACKED_FALSE, PACKED_TRUE } from './msgpack-format';
import {
  closeExt, EXT_HEAD_MAX, packByte, packBytes, packFloat, packHead, packInteger, packText,
} from './msgpack-pieces';
import { nearestDouble, numberText, scaledDouble } from './number';
import {
  bodyAt, bytesAt, bytesLength, DECIMAL, FALSE, FLOAT64, INT16, INT32, INT8, isBinary, isContainer,
  isMap, isSet, isString, memberCount, namedValue, NS, NS32, NULL, SS, SS32, tagOf, valueSkip,
} from './value';
import { Frame, frameAt } from './workspace';

/** Whole numbers up to here are integers to all who read them, beyond it they are floats. */
const SAFE_INTEGER_MAX: f64 = 9007199254740992;

/**
 * Writes the item. Bytes written; TOO_LARGE if it does not fit, or if a set or an exact decimal would
 * end less than 180 bytes before the end; BAD_INPUT if the shard does not know its shape. `names`: the
 * name list of its shape, or 0 for the one this shard has.
 */
export function itemMsgpack(item: usize, length: u32, names: usize, out: usize, outMax: u32): i32 {
  const inline = isInline(item);
  let name = namesOf(item, names);
  const count = attributeCount(item, length);
  if (name == 0 && !inline && count != 0) return BAD_INPUT;
  const limit = out + <usize>outMax;
  let at = packHead(true, count, out, limit);
  for (let i: u32 = 0; i < count && at != 0; i++) {
    const entry = nameEntry(item, i, name, inline);
    at = packText(entry + 2, <u32>load<u16>(entry), at, limit);
    if (at != 0) at = packValue(valueOf(item, i, inline), at, limit);
    name = nextName(name, inline);
  }
  return at == 0 ? TOO_LARGE : <i32>(at - out);
}

/** A value with all that is in it. */
function packValue(value: usize, out: usize, limit: usize): usize {
  let ptr = value;
  let depth: u32 = 0;
  while (true) {
    const tag = tagOf(ptr);
    if (isContainer(tag)) {
      const map = isMap(tag);
      const count = memberCount(ptr);
      out = packHead(map, count, out, limit);
      if (out == 0) return 0;
      if (count != 0) {
        const frame = frameAt(depth++);
        frame.remaining = count;
        frame.head = <u32>map;
        ptr = bodyAt(ptr);
        if (!map) continue;
        out = packText(ptr + 2, <u32>load<u16>(ptr), out, limit);
        if (out == 0) return 0;
        ptr = namedValue(ptr);
        continue;
      }
    } else {
      out = isSet(tag) ? packSet(ptr, tag, out, limit) : packScalar(ptr, tag, out, limit);
      if (out == 0) return 0;
    }
    ptr = valueSkip(ptr);

    let frame: Frame;
    while (true) {
      if (depth == 0) return out;
      frame = frameAt(depth - 1);
      if (--frame.remaining != 0) break;
      depth--;
    }
    if (frame.head == 0) continue;
    out = packText(ptr + 2, <u32>load<u16>(ptr), out, limit);
    if (out == 0) return 0;
    ptr = namedValue(ptr);
  }
}

function packScalar(value: usize, tag: u32, out: usize, limit: usize): usize {
  if (isString(tag)) return packText(bytesAt(value), bytesLength(value), out, limit);
  if (isBinary(tag)) return packBytes(bytesAt(value), bytesLength(value), out, limit);
  if (tag < INT8) {
    return packByte(tag == NULL ? NIL : tag == FALSE ? PACKED_FALSE : PACKED_TRUE, out, limit);
  }
  return packNumber(value, tag, out, limit);
}

function packNumber(value: usize, tag: u32, out: usize, limit: usize): usize {
  if (tag == INT8) return packInteger(load<i8>(value, 1), out, limit);
  if (tag == INT16) return packInteger(load<i16>(value, 1), out, limit);
  if (tag == INT32) return packInteger(load<i32>(value, 1), out, limit);
  if (tag == DECIMAL) return packExact(value, out, limit);
  let number = nearestDouble(value);
  if (tag != FLOAT64 && number != number) number = scaledDouble(value);
  if (abs(number) <= SAFE_INTEGER_MAX && floor(number) == number) {
    return packInteger(<i64>number, out, limit);
  }
  return packFloat(number, out, limit);
}

/** A number that no float64 shows. */
function packExact(value: usize, out: usize, limit: usize): usize {
  if (limit - out < <usize>NUMBER_TEXT_MAX + EXT_HEAD_MAX) return 0;
  const end = out + EXT_HEAD_MAX + <usize>numberText(value, out + EXT_HEAD_MAX);
  return closeExt(EXT_NUMBER, out, end);
}

function packSet(value: usize, tag: u32, out: usize, limit: usize): usize {
  const count = memberCount(value);
  if (limit - out < EXT_HEAD_MAX) return 0;
  let end = packHead(false, count, out + EXT_HEAD_MAX, limit);
  let member = bodyAt(value);
  for (let i = count; i > 0 && end != 0; i--) {
    end = packScalar(member, tagOf(member), end, limit);
    member = valueSkip(member);
  }
  if (end == 0) return 0;
  const type = tag == SS || tag == SS32 ? EXT_SS : tag == NS || tag == NS32 ? EXT_NS : EXT_BS;
  return closeExt(type, out, end);
}
