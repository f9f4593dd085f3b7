// Compiles the decoder of one shape: reads the values in order, each first in the form that a sample
// item had, and makes the object by one literal, so that all items of a shape share one hidden
// class. The template is fixed; names enter only as JSON string literals (see compile-encoder.ts).

import { narrowHeadBytes } from './item-layout.js';
import { skipValue } from './value-decoder.js';
import { functionOf, objectSource, valueSource } from './value-source.js';

/** Decodes a narrow item of at most TEXT_BYTES_MAX bytes that lies from `base` to `end`. */
export type ItemDecoder = (u8: Uint8Array, base: number, end: number) => Record<string, unknown>;

/** `sampleAt`: a narrow item of this shape in `sample`. */
export function compileDecoder(
  names: readonly string[],
  sample: Uint8Array,
  sampleAt: number,
): ItemDecoder {
  const head = narrowHeadBytes(names.length);
  let at = sampleAt + head;
  const values = names.map((_, i) => {
    const source = valueSource(i, sample[at]);
    at = skipValue(sample, at);
    return source;
  });
  return functionOf(`function decodeItem(u8, base, end) {
  const text = latin1Slice(u8, base, end);
  let p = base + ${head};${values.join('')}
  return ${objectSource(names)};
}`);
}
