// Item to DynamoDB JSON, as UTF-8: `{"pk":{"S":"a"},"n":{"N":"12.5"}}`. What a server answers a read
// with, made from the encoded item with nothing in between.
//
// Relies on a valid item (validate.ts) that lies outside the output. Numbers as plain text, bytes in
// base64, text escaped as JSON.stringify does. No recursion: open lists and maps are frames in the
// thread's workspace. Nothing is written at or beyond the limit.

import { BAD_INPUT, TOO_LARGE } from '../layout';
import { isInline, namesOf, nameEntry, nextName, valueOf } from './attributes';
import { digitCount, NUMBER_TEXT_MAX } from './decimal';
import { attributeCount } from './item';
import { putBase64, putByte, putText } from './json-text';
import { numberText } from './number';
import {
  bodyAt, bytesAt, bytesLength, FALSE, INT16, INT32, INT8, isBinary, isContainer, isMap, isNumber, isSet, isString,
  memberCount, namedValue, NS, NS32, NULL, SS, SS32, tagOf, valueSkip,
} from './value';
import { Frame, frameAt } from './workspace';

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN: u32 = 0x7b;
const CLOSE: u32 = 0x7d;
const CLOSE_LIST: u32 = 0x5d;
const LETTER_S: u32 = 0x53;
const LETTER_N: u32 = 0x4e;
const LETTER_B: u32 = 0x42;

/**
 * Writes the item. Bytes written; TOO_LARGE if it does not fit, or if one of its numbers would begin
 * less than 172 bytes before the end; BAD_INPUT if the shard does not
 * know its shape. `names`: the name list of its shape, or 0 for the one this shard has.
 */
export function itemJson(item: usize, length: u32, names: usize, out: usize, outMax: u32): i32 {
  const inline = isInline(item);
  let name = namesOf(item, names);
  const count = attributeCount(item, length);
  if (name == 0 && !inline && count != 0) return BAD_INPUT;
  const limit = out + <usize>outMax;
  let at = putByte(OPEN, out, limit);
  for (let i: u32 = 0; i < count && at != 0; i++) {
    if (i != 0) at = putByte(COMMA, at, limit);
    if (at != 0) at = putName(nameEntry(item, i, name, inline), at, limit);
    if (at != 0) at = putValue(valueOf(item, i, inline), at, limit);
    name = nextName(name, inline);
  }
  if (at != 0) at = putByte(CLOSE, at, limit);
  return at == 0 ? TOO_LARGE : <i32>(at - out);
}

/** `"name":` */
@inline
function putName(entry: usize, out: usize, limit: usize): usize {
  const at = putText(entry + 2, <u32>load<u16>(entry), out, limit);
  return at == 0 ? 0 : putByte(COLON, at, limit);
}

/** A value with all that is in it. */
function putValue(value: usize, out: usize, limit: usize): usize {
  let ptr = value;
  let depth: u32 = 0;
  while (true) {
    const tag = tagOf(ptr);
    if (isContainer(tag)) {
      const map = isMap(tag);
      out = putOpen(map, out, limit);
      const count = memberCount(ptr);
      if (out != 0 && count != 0) {
        const frame = frameAt(depth++);
        frame.remaining = count;
        frame.head = <u32>map;
        ptr = bodyAt(ptr);
        if (map) {
          out = putName(ptr, out, limit);
          ptr = namedValue(ptr);
        }
        if (out == 0) return 0;
        continue;
      }
      if (out != 0) out = putClose(map, out, limit);
    } else {
      out = isSet(tag) ? putSet(ptr, tag, out, limit) : putScalar(ptr, tag, out, limit);
    }
    if (out == 0) return 0;
    ptr = valueSkip(ptr);

    // Close what ends here, then go to the next member of what is still open.
    let frame: Frame;
    while (true) {
      if (depth == 0) return out;
      frame = frameAt(depth - 1);
      if (--frame.remaining != 0) break;
      out = putClose(frame.head != 0, out, limit);
      if (out == 0) return 0;
      depth--;
    }
    out = putByte(COMMA, out, limit);
    if (out == 0) return 0;
    if (frame.head == 0) continue;
    out = putName(ptr, out, limit);
    if (out == 0) return 0;
    ptr = namedValue(ptr);
  }
}

/** `{"L":[` or `{"M":{` */
function putOpen(map: bool, out: usize, limit: usize): usize {
  if (limit - out < 6) return 0;
  store<u32>(out, map ? 0x224d227b : 0x224c227b);
  store<u16>(out, map ? 0x7b3a : 0x5b3a, 4);
  return out + 6;
}

/** `]}` or `}}` */
@inline
function putClose(map: bool, out: usize, limit: usize): usize {
  if (limit - out < 2) return 0;
  store<u16>(out, map ? 0x7d7d : 0x7d5d);
  return out + 2;
}

function putScalar(value: usize, tag: u32, out: usize, limit: usize): usize {
  if (tag < INT8) return putWord(tag, out, limit);
  // {"S": and the text that follows
  if (limit - out < 5) return 0;
  store<u32>(out, 0x2200227b | ((isString(tag) ? LETTER_S : isNumber(tag) ? LETTER_N : LETTER_B) << 16));
  store<u8>(out, <u8>COLON, 4);
  const at = putMember(value, tag, out + 5, limit);
  return at == 0 ? 0 : putByte(CLOSE, at, limit);
}

/** `{"NULL":true}`, `{"BOOL":true}`, `{"BOOL":false}` */
function putWord(tag: u32, out: usize, limit: usize): usize {
  const no = tag == FALSE;
  const bytes: usize = no ? 14 : 13;
  if (limit - out < bytes) return 0;
  store<u64>(out, tag == NULL ? 0x3a224c4c554e227b : 0x3a224c4f4f42227b);
  if (no) {
    store<u32>(out, 0x736c6166, 8);
    store<u16>(out, 0x7d65, 12);
  } else {
    store<u32>(out, 0x65757274, 8);
    store<u8>(out, <u8>CLOSE, 12);
  }
  return out + bytes;
}

/** The text of a string, number or binary, in quotes. */
function putMember(value: usize, tag: u32, out: usize, limit: usize): usize {
  if (isString(tag)) return putText(bytesAt(value), bytesLength(value), out, limit);
  if (isBinary(tag)) return putBase64(bytesAt(value), bytesLength(value), out, limit);
  return putNumber(value, tag, out, limit);
}

/**
 * The longest text must have room, so that a number needs no second way near the limit.
 */
function putNumber(value: usize, tag: u32, out: usize, limit: usize): usize {
  if (limit - out < <usize>NUMBER_TEXT_MAX + 2) return 0;
  store<u8>(out, <u8>QUOTE);
  const end = tag <= INT32 ? putInteger(integerOf(value, tag), out + 1) : out + 1 + <usize>numberText(value, out + 1);
  store<u8>(end, <u8>QUOTE);
  return end + 1;
}

@inline
function integerOf(value: usize, tag: u32): i32 {
  if (tag == INT8) return <i32>load<i8>(value, 1);
  return tag == INT16 ? <i32>load<i16>(value, 1) : load<i32>(value, 1);
}

/** Returns where the digits end. */
function putInteger(value: i32, out: usize): usize {
  let rest = <u32>value;
  if (value < 0) {
    store<u8>(out++, 0x2d);
    rest = 0 - rest;
  }
  const end = out + <usize>digitCount(rest);
  let at = end;
  while (rest >= 10) {
    const quotient = rest / 10;
    store<u8>(--at, <u8>(0x30 + rest - quotient * 10));
    rest = quotient;
  }
  store<u8>(--at, <u8>(0x30 + rest));
  return end;
}

function putSet(value: usize, tag: u32, out: usize, limit: usize): usize {
  const letter =
    tag == SS || tag == SS32 ? LETTER_S : tag == NS || tag == NS32 ? LETTER_N : LETTER_B;
  if (limit - out < 7) return 0;
  store<u32>(out, 0x5300227b | (letter << 16)); // {"SS":[
  store<u16>(out, 0x3a22, 4);
  store<u8>(out, 0x5b, 6);
  out += 7;
  let member = bodyAt(value);
  for (let i = memberCount(value); i > 0; i--) {
    out = putMember(member, tagOf(member), out, limit);
    if (out == 0) return 0;
    out = putByte(i == 1 ? CLOSE_LIST : COMMA, out, limit);
    if (out == 0) return 0;
    member = valueSkip(member);
  }
  return putByte(CLOSE, out, limit);
}
