import assert from 'node:assert/strict';
import { OUT_AT, Random, STATUS, testBuilds } from './codec-core.js';
import type { CodecCore } from './codec-core.js';
import {
  encode,
  encodeEntry,
  encodeItem,
  itemModelSize,
  list,
  map,
  number,
  randomAttributes,
  size,
  string,
} from './item-model.js';
import type { NamedValue } from './item-model.js';

/** The item ends with the memory, so that reading past it traps. */
function validate(core: CodecCore, item: Uint8Array, shapeAttributes = 0): boolean {
  const at = core.put(core.end - item.length, item);
  const status = core.exports.itemValidate(at, item.length, shapeAttributes);
  assert.ok(status === 0 || status === STATUS.BAD_INPUT);
  return status === 0;
}

function isValue(core: CodecCore, value: Uint8Array): boolean {
  const at = core.put(core.end - value.length, value);
  return core.exports.valueEnd(at, core.end) === core.end;
}

testBuilds(
  'items of any content pass, have the size that DynamoDB counts, and give their attributes',
  (core, context) => {
    const random = new Random(context);
    for (let round = 0; round < 1_000; round++) {
      const attributes = randomAttributes(random);
      const inline = random.chance(0.5);
      const item = encodeItem(attributes, inline, random.chance(0.2));
      assert.ok(validate(core, item, inline ? 0 : attributes.length));
      if (!inline) {
        assert.ok(!validate(core, item, attributes.length + 1));
        assert.ok(attributes.length === 0 || !validate(core, item, attributes.length - 1));
      }
      const at = core.end - item.length;
      const namesBytes = attributes.reduce((sum, [name]) => sum + Buffer.byteLength(name), 0);
      assert.equal(core.exports.itemSize(at, item.length, namesBytes), itemModelSize(attributes));
      assert.equal(core.view.getUint32(at + 4, true), itemModelSize(attributes));
      assert.equal(core.exports.attributeCount(at, item.length), attributes.length);
      attributes.forEach(([name, value], index) => {
        const found = core.exports.attributeFind(at, index);
        const encoded = encode(value);
        assert.deepEqual(Buffer.from(core.take(found, encoded.length)), encoded);
        assert.equal(core.exports.valueSkip(found), found + encoded.length);
        assert.equal(core.exports.valueSize(found), size(value));
        if (!inline) return;
        const bytes = Buffer.from(name);
        assert.equal(
          core.exports.attributeFindInline(at, core.put(core.free, bytes), bytes.length),
          found,
        );
        assert.equal(
          core.exports.attributeFindInline(
            at,
            core.put(core.free, Buffer.from(`${name}x`)),
            bytes.length + 1,
          ),
          0,
        );
      });
    }
  },
);

testBuilds(
  'an item that is cut or changed never makes the core trap, and what still passes is sound',
  (core, context) => {
    const random = new Random(context);
    for (let round = 0; round < 4_000; round++) {
      const attributes = randomAttributes(random);
      const inline = random.chance(0.5);
      const item = encodeItem(attributes, inline);
      for (let flips = random.between(1, 3); flips > 0; flips--) {
        item[random.below(item.length)] = random.chance(0.5)
          ? random.next() & 255
          : random.pick([0, 1, 2, 255, 128, 0x10, 0x12]);
      }
      if (!validate(core, item, attributes.length)) continue;
      const at = core.end - item.length;
      core.exports.itemSize(at, item.length, 0);
      for (let i = core.exports.attributeCount(at, item.length) - 1; i >= 0; i--) {
        const value = core.exports.attributeFind(at, i);
        assert.ok(core.exports.valueSkip(value) <= core.end);
        assert.equal(core.exports.valueEqual(value, value), 1);
      }
    }
    const item = encodeItem(
      randomAttributes(random).concat([['z', map({ a: list(string('abc'), number('1.5')) })]]),
      true,
    );
    for (let cut = 0; cut < item.length; cut++) assert.ok(!validate(core, item.subarray(0, cut)));
    assert.ok(!validate(core, Buffer.concat([item, Buffer.from([0])])));
  },
);

testBuilds('random bytes never make the core trap', (core, context) => {
  const random = new Random(context);
  for (let round = 0; round < 30_000; round++) {
    const bytes = random
      .bytes(random.between(0, 60))
      .map((byte) => (random.chance(0.7) ? byte % 26 : byte));
    if (random.chance(0.5)) {
      validate(core, bytes, random.pick([0, 1, 2, 0xffffffff, 0x80000000, 0x40000000, 26]));
    } else if (bytes.length > 0 && isValue(core, bytes)) {
      core.exports.valueSize(core.end - bytes.length);
    }
  }
});

testBuilds('a header that contradicts itself is refused', (core) => {
  const attributes: NamedValue[] = [
    ['a', number('1')],
    ['b', string('x')],
  ];
  const refuse = (change: (item: Buffer) => void, inline: boolean) => {
    const item = encodeItem(attributes, inline);
    assert.ok(validate(core, item, 2));
    change(item);
    assert.ok(!validate(core, item, 2));
  };
  for (const flags of [4, 8, 0x8000, 0x100, 1, 2, 3])
    refuse((item) => item.writeUInt16LE(flags, 2), false);
  for (const flags of [0, 1, 2, 7]) refuse((item) => item.writeUInt16LE(flags, 2), true);
  refuse((item) => item.writeUInt16LE(0xffff, 0), false);
  refuse((item) => item.writeUInt16LE(1, 0), true);
  for (const count of [0, 1, 3, 0x3fffffff, 0x40000000, 0xffffffff])
    refuse((item) => item.writeUInt32LE(count, 8), true);
  for (const offset of [0, 8, 13, 0xffff]) refuse((item) => item.writeUInt16LE(offset, 8), false);
  for (const offset of [0, 12, 21, 0xffffffff])
    refuse((item) => item.writeUInt32LE(offset, 12), true);
});

testBuilds('an item may be as long as the format allows and not longer', (core) => {
  const item = (bytes: number) => {
    const head =
      encodeItem([['a', { type: 'B', value: new Uint8Array(256) }]], false, true).length - 256;
    return encodeItem([['a', { type: 'B', value: new Uint8Array(bytes - head) }]], false);
  };
  assert.equal(item(2_105_344).length, 2_105_344);
  assert.ok(validate(core, item(2_105_344), 1));
  assert.ok(!validate(core, item(2_105_345), 1));
});

testBuilds('a name is not empty, is UTF-8, and stands once in its map', (core, context) => {
  const inMap = (entries: Buffer[]) => {
    const body = Buffer.concat(entries);
    const long = body.length > 255;
    const head = Buffer.alloc(long ? 9 : 3, long ? 0x12 : 0x11);
    if (long) {
      head.writeUInt32LE(body.length, 1);
      head.writeUInt32LE(entries.length, 5);
    } else {
      head[1] = body.length;
      head[2] = entries.length;
    }
    return Buffer.concat([head, body]);
  };
  const entry = (name: string) => encodeEntry([name, number('1')]);
  assert.ok(isValue(core, inMap([entry('a'), entry('b'), entry('ab'), entry('__proto__')])));
  assert.ok(!isValue(core, inMap([entry('a'), entry('b'), entry('a')])));
  assert.ok(!isValue(core, inMap([entry('')])));
  assert.ok(!isValue(core, inMap([Buffer.from([1, 0, 0xff, 0])])));
  assert.ok(isValue(core, inMap([entry('n'.repeat(65_535))])));

  const random = new Random(context);
  for (const count of [2, 3, 16, 17, 18, 100, 255, 256, 1_000, 8_192, 8_193, 20_000, 60_000]) {
    const names = random.shuffle(Array.from({ length: count }, (_, i) => i.toString(36)));
    const entries = names.map(entry);
    assert.ok(isValue(core, inMap(entries)), `${count} names`);
    const [from, to] = [random.below(count), random.below(count)];
    if (from === to) continue;
    entries[to] = entry(names[from]!);
    assert.ok(!isValue(core, inMap(entries)), `${count} names, one twice`);
  }
  // The same of the attributes of an inline item.
  for (const count of [2, 20, 20_000]) {
    const attributes = Array.from(
      { length: count },
      (_, i) => [i.toString(36), number('1')] as const,
    );
    assert.ok(validate(core, encodeItem(attributes, true)));
    assert.ok(!validate(core, encodeItem([...attributes.slice(1), attributes[1]!], true)));
  }
});

testBuilds('the search for repeated names stays inside the OUT area', (core) => {
  const item = encodeItem(
    Array.from({ length: 20_000 }, (_, i) => [`n${i}`, number('1')] as const),
    true,
  );
  const before = core.take(core.scratch, OUT_AT);
  const behind = core.take(core.scratch + OUT_AT + 65_536, 49_152);
  assert.ok(validate(core, item));
  assert.deepEqual(
    core.take(core.scratch, OUT_AT).fill(0, 13_056, 13_568),
    before.fill(0, 13_056, 13_568),
  );
  assert.deepEqual(core.take(core.scratch + OUT_AT + 65_536, 49_152), behind);
});
