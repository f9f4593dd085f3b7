// Source text that reads one value in a compiled reader: where the value's form is the one a sample
// had, without a call.
//
// Stands between `p`, where the value begins, and `p`, where it ends, and sets `v<index>`; uses
// `u8`, `text` and `base` (value-decoder.ts) and what functionOf lends. Nothing but numbers and
// fixed text enters it.

import * as tag from './format.js';
import { latin1Slice } from './native-text.js';
import { readFloat64 } from './number-reader.js';
import { POWERS_OF_TEN } from './number-writer.js';
import { read, readList, readMap, readValue } from './value-decoder.js';

/** Makes the function that `source`, a function expression, describes, and lends it readers. */
export function functionOf<Made>(source: string): Made {
  const known = {
    readValue,
    readList,
    readMap,
    readFloat64,
    latin1Slice,
    POWERS_OF_TEN,
    read,
  };
  const factory = new Function(...Object.keys(known), `'use strict';\nreturn ${source};`) as (
    ...values: unknown[]
  ) => Made;
  return factory(...Object.values(known));
}

/** An object of the values v0, v1, ... under these names: one literal, so one hidden class. */
export function objectSource(names: readonly string[]): string {
  const members = names.map((name, i) => {
    const literal = JSON.stringify(name);
    // Only as a computed name is `__proto__` an own property.
    return `${name === '__proto__' ? `[${literal}]` : literal}: v${i}`;
  });
  return `{ ${members.join(', ')} }`;
}

/** Reads value `index`; `sample` is the tag that was seen at its place. */
export function valueSource(index: number, sample: number): string {
  const v = `v${index}`;
  return `
  let ${v};
  if (${testSource(sample)}) {
    ${bodySource(v, sample)}
  } else {
    ${v} = readValue(u8, p, text, base);
    p = read.end;
  }`;
}

function testSource(sample: number): string {
  if (sample === tag.FALSE || sample === tag.TRUE) {
    return `u8[p] === ${tag.FALSE} || u8[p] === ${tag.TRUE}`;
  }
  if (sample === tag.SCALED) return `u8[p] === ${sample} && u8[p + 1] >= ${256 - 22}`;
  return `u8[p] === ${hasSource(sample) ? sample : tag.ASCII}`;
}

function hasSource(sample: number): boolean {
  return (
    sample === tag.ASCII ||
    sample === tag.INT8 ||
    sample === tag.INT16 ||
    sample === tag.INT32 ||
    sample === tag.FLOAT64 ||
    sample === tag.LIST ||
    sample === tag.MAP
  );
}

function bodySource(v: string, sample: number): string {
  switch (sample) {
    case tag.FALSE:
    case tag.TRUE:
      return `${v} = u8[p++] === ${tag.TRUE};`;
    case tag.INT8:
      return `${v} = (u8[p + 1] << 24) >> 24; p += 2;`;
    case tag.INT16:
      return `${v} = ((u8[p + 1] | (u8[p + 2] << 8)) << 16) >> 16; p += 3;`;
    case tag.INT32:
      return `${v} = ${int32Source(1)}; p += 5;`;
    case tag.SCALED:
      return `${v} = (${int32Source(2)}) / POWERS_OF_TEN[256 - u8[p + 1]]; p += 6;`;
    case tag.FLOAT64:
      return `${v} = readFloat64(u8, p + 1); p += 9;`;
    case tag.LIST:
    case tag.MAP: {
      const call = sample === tag.LIST ? 'readList' : 'readMap';
      const head = tag.SHORT_CONTAINER_HEADER_BYTES;
      return `${v} = ${call}(u8, p + ${head}, u8[p + 2], text, base); p += ${head} + u8[p + 1];`;
    }
    default:
      return `const start = p + 2 - base; p += 2 + u8[p + 1]; ${v} = text.substring(start, p - base);`;
  }
}

function int32Source(offset: number): string {
  const byte = (i: number): string => `u8[p + ${offset + i}]`;
  return `${byte(0)} | (${byte(1)} << 8) | (${byte(2)} << 16) | (${byte(3)} << 24)`;
}
