// The host's codec and the core's agree: what one writes the other accepts, measures and reads the
// same.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeInlineItem } from '../../../host/core/codec/inline-item.js';
import { writeValue } from '../../../host/core/codec/value-encoder.js';
import { writeKeyComponent } from '../../../host/core/key-writer.js';
import { type CodecCore, testBuilds } from '../../core/codec-core.js';
import {
  binaries,
  check,
  compiledCodec,
  items,
  numbers,
  scaled,
  sign,
  sizeOfItem,
  textOfNumber,
  texts,
  values,
} from './model.js';

testBuilds(
  'the core accepts every item the host encodes, and counts the same size',
  (core, context) => {
    const { bytes, free, exports } = core;
    check(
      context,
      fc.property(items, (item) => {
        const codec = compiledCodec(item, bytes.subarray(free));
        const length = codec.encode(bytes, free, core.end, item, 5);
        assert.equal(exports.itemValidate(free, length, codec.names.length), 0);
        assert.equal(exports.itemSize(free, length, codec.namesSize), sizeOfItem(item));
        const inlined = encodeInlineItem(bytes, free, core.end, item);
        assert.equal(exports.itemValidate(free, inlined, 0), 0);
        assert.equal(exports.itemSize(free, inlined, 0), sizeOfItem(item));
      }),
      500,
    );
  },
);

testBuilds('the core accepts wide items and the deepest legal ones', (core) => {
  const { bytes, free, exports } = core;
  let deep: unknown = 'x';
  for (let i = 0; i < 31; i++) deep = i % 2 === 0 ? [deep] : { m: deep };
  for (const item of [
    { deep },
    { a: 'x'.repeat(65_600), b: 1 },
    { a: 'x'.repeat(65_517), b: 1 },
    { a: 'é'.repeat(200_000), b: [1] },
  ]) {
    const codec = compiledCodec(item, bytes.subarray(free));
    const length = codec.encode(bytes, free, core.end, item, 5);
    assert.equal(exports.itemValidate(free, length, codec.names.length), 0);
    assert.equal(exports.itemSize(free, length, codec.namesSize), sizeOfItem(item));
  }
});

testBuilds('a number has one encoding in both', (core, context) => {
  const { free, exports } = core;
  const out = free + 1024;
  check(
    context,
    fc.property(numbers, (value) => {
      const text = textOfNumber(value);
      const expected = writeHost(core, value);
      const length = exports.numberParse(core.put(free, Buffer.from(text)), text.length, out);
      assert.deepEqual(core.take(out, length), expected);
      const shown = exports.numberText(core.put(free, expected), out);
      assert.equal(core.text(out, shown), text);
    }),
    3_000,
  );
});

testBuilds('numbers compare in the core as they do by value', (core, context) => {
  const { free, exports } = core;
  check(
    context,
    fc.property(numbers, numbers, (a, b) => {
      core.put(free, writeHost(core, a));
      core.put(free + 64, writeHost(core, b));
      const order = exports.numberCompare(free, free + 64);
      assert.equal(Math.sign(order), sign(scaled(textOfNumber(a)) - scaled(textOfNumber(b))));
    }),
    1_000,
  );
});

testBuilds('a value ends in the core where the host says', (core, context) => {
  const { bytes, free, exports } = core;
  check(
    context,
    fc.property(values, (value) => {
      const end = writeValue(bytes, free, core.end, value, 1, false);
      assert.equal(exports.valueEnd(free, end), end);
      assert.equal(exports.valueSkip(free), end);
    }),
  );
});

testBuilds('key components have the same bytes in both', (core, context) => {
  const { free, exports } = core;
  const u8 = new Uint8Array(8192);
  const out = free + 8192;
  check(
    context,
    fc.property(numbers, texts, binaries, (number, text, binary) => {
      const digits = textOfNumber(number);
      const numberBytes = exports.writeNumberKey(
        core.put(free, Buffer.from(digits)),
        digits.length,
        out,
      );
      assert.deepEqual(
        core.take(out, numberBytes),
        u8.slice(0, writeKeyComponent(u8, 0, 'N', number)),
      );
      for (const value of [text, binary]) {
        const raw = Buffer.from(value as string);
        if (raw.length === 0) continue;
        const length = exports.writeBytesKey(core.put(free, raw), raw.length, out);
        const type = typeof value === 'string' ? 'S' : 'B';
        assert.deepEqual(
          core.take(out, length),
          u8.slice(0, writeKeyComponent(u8, 0, type, value)),
        );
      }
    }),
    1_000,
  );
});

function writeHost(core: CodecCore, value: unknown): Uint8Array {
  const at = core.free + 4096;
  return core.take(at, writeValue(core.bytes, at, core.end, value, 1, false) - at);
}
