// Compiles the decoder of one shape: reads the values in order, makes the object by one literal, so
// that all items of a shape share one hidden class. The template is fixed; names enter only as JSON
// string literals (see compile-encoder.ts), and as computed names, so that `__proto__` becomes an
// own property.

import { ASCII, INT8 } from './format.js';
import { narrowHeadBytes } from './item-layout.js';
import { latin1Slice } from './native-text.js';
import { read, readValue } from './value-decoder.js';

/** Decodes a narrow item of at most TEXT_BYTES_MAX bytes that lies from `at` to `end`. */
export type ItemDecoder = (u8: Uint8Array, at: number, end: number) => Record<string, unknown>;

type DecoderFactory = (
  readValue: (u8: Uint8Array, at: number, text: string, base: number) => unknown,
  latin1Slice: (u8: Uint8Array, start: number, end: number) => string,
  read: { readonly end: number },
) => ItemDecoder;

export function compileDecoder(names: readonly string[]): ItemDecoder {
  const members = names.map((name, i) => `    [${JSON.stringify(name)}]: v${i},\n`);
  const source = `'use strict';
return function decodeItem(u8, at, end) {
  const text = latin1Slice(u8, at, end);
  let p = at + ${narrowHeadBytes(names.length)};
  let start = 0;
${names.map((_, i) => attributeSource(i)).join('')}
  return {
${members.join('')}  };
};`;
  const factory = new Function('readValue', 'latin1Slice', 'read', source) as DecoderFactory;
  return factory(readValue, latin1Slice, read);
}

function attributeSource(index: number): string {
  return `
  let v${index};
  if (u8[p] === ${ASCII}) {
    start = p + 2;
    p = start + u8[p + 1];
    v${index} = text.substring(start - at, p - at);
  } else if (u8[p] === ${INT8}) {
    v${index} = (u8[p + 1] << 24) >> 24;
    p += 2;
  } else {
    v${index} = readValue(u8, p, text, at);
    p = read.end;
  }`;
}
