// The core's transcoders from items to the forms of the doors, against the host's codec and JSON.stringify.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeInlineItem } from '../../host/core/codec/inline-item.js';
import { writeAttributeMap } from '../../host/api/attribute-value.js';
import type { Item as DocumentItem } from '../../host/table/item-types.js';
import {
  asRead,
  check,
  compiledCodec,
  items,
  withSetsAsLists,
  type Item,
} from '../host/codec/model.js';
import { type CodecCore, STATUS, testBuilds } from './codec-core.js';
import { unpack } from './msgpack-model.js';

const OUT_MAX = 1 << 20;
/** Room that a number wants before the end. */
const SLACK = 180;
const TOO_LARGE = STATUS.TOO_LARGE;

interface Encoded {
  readonly at: number;
  readonly length: number;
  readonly names: number;
  readonly out: number;
}

/** An item with its names, or with those of a shape beside it. */
function place(core: CodecCore, item: Item, inline: boolean): Encoded {
  const { bytes, free } = core;
  const names = free + (1 << 23);
  const out = free + (1 << 22);
  if (inline) {
    return { at: free, length: encodeInlineItem(bytes, free, out, item), names: 0, out };
  }
  const codec = compiledCodec(item, bytes.subarray(free, out));
  const length = codec.encode(bytes, free, out, item, 5);
  bytes.set(codec.nameBytes, names);
  return { at: free, length, names, out };
}

function jsonOf(item: Item): string {
  return JSON.stringify(writeAttributeMap(asRead(item) as DocumentItem, 'base64'));
}

testBuilds(
  'an item becomes the JSON that JSON.stringify makes of its typed shape',
  (core, context) => {
    check(
      context,
      fc.property(items, fc.boolean(), (item, inline) => {
        const { at, length, names, out } = place(core, item, inline);
        const written = core.exports.itemJson(at, length, names, out, OUT_MAX);
        assert.equal(Buffer.from(core.take(out, written)).toString('utf8'), jsonOf(item));
      }),
      600,
    );
  },
);

testBuilds('an item becomes msgpack that reads as its values', (core, context) => {
  check(
    context,
    fc.property(items, fc.boolean(), (item, inline) => {
      const { at, length, names, out } = place(core, item, inline);
      const written = core.exports.itemMsgpack(at, length, names, out, OUT_MAX);
      const { value, end } = unpack(core.take(out, written));
      assert.equal(end, written);
      assert.deepEqual(withSetsAsLists(value), withSetsAsLists(asRead(item)));
      assert.deepEqual(Object.keys(value as object), Object.keys(item));
    }),
    600,
  );
});

testBuilds(
  'nothing is written beyond the room there is, and what fits is written',
  (core, context) => {
    const transcoders = [core.exports.itemJson, core.exports.itemMsgpack];
    check(
      context,
      fc.property(
        items,
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (item, inline, part) => {
          const { at, length, names, out } = place(core, item, inline);
          for (const transcode of transcoders) {
            const whole = transcode(at, length, names, out, OUT_MAX);
            const text = core.take(out, whole);
            const room = Math.floor(part * (whole + SLACK));
            core.bytes.fill(0xaa, out, out + whole + 2 * SLACK);
            const status = transcode(at, length, names, out, room);
            assert.ok(status === TOO_LARGE || status === whole);
            assert.ok(status === TOO_LARGE || room >= whole);
            assert.ok(core.take(out + room, SLACK).every((byte) => byte === 0xaa));
            assert.equal(transcode(at, length, names, out, whole + SLACK), whole);
            assert.deepEqual(core.take(out, whole), text);
          }
        },
      ),
      400,
    );
  },
);

testBuilds('the deepest and the longest items go through', (core) => {
  let deep: unknown = 'x';
  for (let i = 0; i < 31; i++) deep = i % 2 === 0 ? [deep] : { m: deep };
  const strings = [
    '',
    '"',
    '\\',
    '\b\t\n\f\r\0\x1f\x7f',
    'é'.repeat(3),
    'a'.repeat(7),
    'a'.repeat(15),
  ];
  const texts = Object.fromEntries(
    [7, 8, 9, 15, 16, 17, 31, 32, 33, 255, 256, 65_535, 65_536].flatMap((length) => [
      [`plain${length}`, 'x'.repeat(length)],
      [`last${length}`, `${'x'.repeat(length - 1)}"`],
      [`first${length}`, `\n${'x'.repeat(length - 1)}`],
    ]),
  );
  const bytes = Object.fromEntries(
    [0, 1, 2, 3, 4, 255, 256, 65_536].map((length) => [
      `b${length}`,
      new Uint8Array(length).fill(length + 7),
    ]),
  );
  const many = Array.from({ length: 70_000 }, (_, i) => i - 35_000);
  const set = new Set(Array.from({ length: 300 }, (_, i) => i / 8));
  for (const item of [
    { deep },
    { strings },
    texts,
    bytes,
    { many },
    { set, empty: [], none: {} },
  ]) {
    const { at, length, names, out } = place(core, item, false);
    const json = core.exports.itemJson(at, length, names, out, 1 << 22);
    assert.equal(Buffer.from(core.take(out, json)).toString('utf8'), jsonOf(item));
    const packed = core.exports.itemMsgpack(at, length, names, out, 1 << 22);
    const { value } = unpack(core.take(out, packed));
    assert.deepEqual(withSetsAsLists(value), withSetsAsLists(asRead(item)));
  }
});
