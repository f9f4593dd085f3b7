// Compiles the encoder of one shape: a straight line of code, one stretch an attribute, names as
// constants.
//
// The source is a fixed template. What varies is numbers and the attribute names, which enter only
// as JSON string literals (JSON.stringify escapes quotes, backslashes and control characters;
// U+2028 and U+2029 are legal in literals), so no name can become code. Short ASCII strings,
// numbers and booleans are written in place, other values by writeAttribute.
//
// Attributes are read as item[k0], not item["pk"]. For items of one hidden class that costs a
// nanosecond or two more; but `{...defaults, id}` gives each object a class of its own (V8 of Node
// 20), and then a named load costs 300 ns, a keyed one 30.

import { ASCII, FALSE, ITEM_HEADER_BYTES, NARROW_BYTES_MAX, NO_ROOM, TRUE } from './format.js';
import { finishItem, narrowHeadBytes } from './item-layout.js';
import { writeNumber } from './number-writer.js';
import { LOOP_CHARS_MAX, writeAscii } from './text-writer.js';
import { writeAttribute } from './value-encoder.js';
import { written } from './written-size.js';

/**
 * Encodes `item`, whose own enumerable names include the shape's. Returns the item's bytes, or
 * NO_ROOM.
 */
export type ItemEncoder = (
  u8: Uint8Array,
  at: number,
  limit: number,
  item: Record<string, unknown>,
  shapeId: number,
  dropUndefined: boolean,
) => number;

/** Is the item's list of own enumerable names exactly the shape's? */
export type ShapeMatcher = (item: object) => boolean;

type EncoderFactory = (
  names: readonly string[],
  write: typeof writeAttribute,
  number: typeof writeNumber,
  ascii: typeof writeAscii,
  finish: typeof finishItem,
  written: { readonly bytes: number },
) => ItemEncoder;

/** `namesSize` is the DynamoDB size of the names. */
export function compileEncoder(names: readonly string[], namesSize: number): ItemEncoder {
  const source = `'use strict';
${names.map((_, i) => `const k${i} = names[${i}];\n`).join('')}
return function encodeItem(u8, at, limit, item, shapeId, dropUndefined) {
  let p = at + ${narrowHeadBytes(names.length)};
  if (p > limit) return ${NO_ROOM};
  let size = ${namesSize};
  let value, n = 0;
${names.map(attributeSource).join('')}
  if (p - at > ${NARROW_BYTES_MAX}) return finish(u8, at, limit, p, ${names.length}, shapeId, size);
  u8[at] = shapeId;
  u8[at + 1] = shapeId >> 8;
  u8[at + 2] = 0;
  u8[at + 3] = 0;
  u8[at + 4] = size;
  u8[at + 5] = size >> 8;
  u8[at + 6] = size >> 16;
  u8[at + 7] = size >> 24;
  return p - at;
};`;
  const parameters = ['names', 'write', 'writeNumber', 'writeAscii', 'finish', 'written'];
  const factory = new Function(...parameters, source) as EncoderFactory;
  return factory(names, writeAttribute, writeNumber, writeAscii, finishItem, written);
}

function attributeSource(name: string, index: number): string {
  const literal = JSON.stringify(name);
  const offset = ITEM_HEADER_BYTES + 2 * index;
  return `
  value = item[k${index}];
  u8[at + ${offset}] = p - at;
  u8[at + ${offset + 1}] = (p - at) >> 8;
  if (typeof value === 'string') {
    n = value.length;
    if (n <= ${LOOP_CHARS_MAX} && p + 2 + n <= limit && writeAscii(u8, p + 2, value, n)) {
      u8[p] = ${ASCII};
      u8[p + 1] = n;
      p += 2 + n;
      size += n;
    } else {
      p = write(u8, p, limit, value, ${literal}, dropUndefined);
      if (p < 0) return ${NO_ROOM};
      size += written.bytes;
    }
  } else if (typeof value === 'boolean' && p < limit) {
    u8[p++] = value ? ${TRUE} : ${FALSE};
    size++;
  } else {
    p = typeof value === 'number' && value - value === 0
      ? writeNumber(u8, p, limit, value)
      : write(u8, p, limit, value, ${literal}, dropUndefined);
    if (p < 0) return ${NO_ROOM};
    size += written.bytes;
  }`;
}

/**
 * Inherited names come after an object's own, so if the last one is own, all are.
 */
export function compileMatcher(names: readonly string[]): ShapeMatcher {
  const cases = names.map(
    (name, i) => `case ${i}: if (name !== ${JSON.stringify(name)}) return false; break;`,
  );
  const last =
    names.length === 0 ? 'true' : `hasOwn(item, ${JSON.stringify(names[names.length - 1])})`;
  const source = `'use strict';
return function matches(item) {
  let i = 0;
  for (const name in item) {
    switch (i++) {
      ${cases.join('\n      ')}
      default: return false;
    }
  }
  return i === ${names.length} && ${last};
};`;
  const factory = new Function('hasOwn', source) as (hasOwn: typeof Object.hasOwn) => ShapeMatcher;
  return factory(Object.hasOwn);
}
