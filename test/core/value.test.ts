import assert from 'node:assert/strict';
import { Random, STATUS, testBuilds } from './codec-core.js';
import type { CodecCore } from './codec-core.js';
import {
  encode,
  encodeEntry,
  equal,
  list,
  map,
  nested,
  number,
  randomText,
  randomValue,
  reordered,
  size,
  string,
} from './item-model.js';
import type { NamedValue, ValueModel } from './item-model.js';

const UNORDERED = 2;

/** The value ends with the memory, so that reading past it traps. */
function isValue(core: CodecCore, value: Uint8Array): boolean {
  const at = core.put(core.end - value.length, value);
  return core.exports.valueEnd(at, core.end) === core.end;
}

testBuilds('32 levels are accepted and 33 are not', (core) => {
  for (const inner of [
    string('x'),
    list(),
    map({}),
    { type: 'SS', value: [string('x')] } as ValueModel,
  ]) {
    for (let levels = 29; levels < 35; levels++) {
      const value = encode(nested(levels, inner));
      assert.equal(isValue(core, value), levels <= 31, `${levels} around ${inner.type}`);
      if (levels <= 31)
        assert.equal(core.exports.valueSize(core.end - value.length), size(nested(levels, inner)));
    }
  }
  // Very much deeper, with right lengths all the way down.
  const deep = Buffer.alloc(90_000, 0x10);
  for (let at = 0; at < deep.length; at += 9) {
    deep.writeUInt32LE(deep.length - at - 9, at + 1);
    deep.writeUInt32LE(1, at + 5);
  }
  assert.ok(!isValue(core, deep));
});

testBuilds(
  'strings must be well-formed UTF-8, and tagged ASCII exactly if they are',
  (core, context) => {
    const tagged = (tag: number, hex: string) => {
      const bytes = Buffer.from(hex, 'hex');
      return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
    };
    const good = [
      'c280',
      'dfbf',
      'e0a080',
      'ed9fbf',
      'ee8080',
      'efbfbf',
      'f0908080',
      'f48fbfbf',
      '61c3a962',
      'e282ac',
      'f09f9880',
    ];
    const bad = [
      '80',
      'bf',
      'c0',
      'c080',
      'c1bf',
      'c2',
      'c27f',
      'c2c0',
      'e0',
      'e080',
      'e09fbf',
      'e0a0',
      'e0a07f',
      'eda080',
      'edbfbf',
      'ed',
      'f0',
      'f08080',
      'f08fbfbf',
      'f0908080 80',
      'f4908080',
      'f5808080',
      'f8888080',
      'fe',
      'ff',
      'f09080',
      'f0908041',
      'e28241',
      'fc8480808080',
      'eda0bdedb880',
    ].map((x) => x.replace(' ', ''));
    for (const padding of ['', '61'.repeat(15), '61'.repeat(16), '61'.repeat(40)]) {
      for (const text of good)
        assert.ok(isValue(core, tagged(0x0a, padding + text)), padding + text);
      for (const text of bad)
        assert.ok(!isValue(core, tagged(0x0a, padding + text)), padding + text);
      for (const text of bad)
        assert.ok(!isValue(core, tagged(0x0a, text + padding)), text + padding);
      for (const text of [...good, ...bad]) assert.ok(!isValue(core, tagged(0x09, padding + text)));
      assert.ok(!isValue(core, tagged(0x0a, padding)), 'ASCII that calls itself UTF8');
      assert.ok(isValue(core, tagged(0x09, padding)));
    }
    const random = new Random(context);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for (let round = 0; round < 30_000; round++) {
      const text = Buffer.from(randomText(random, random.between(0, 20)) + 'é');
      if (random.chance(0.7)) text[random.below(text.length)] = random.next() & 255;
      let expected = text.some((byte) => byte > 127);
      try {
        decoder.decode(text);
      } catch {
        expected = false;
      }
      assert.equal(
        isValue(core, tagged(0x0a, text.toString('hex'))),
        expected,
        text.toString('hex'),
      );
    }
  },
);

testBuilds('a value in a longer form than it needs is refused', (core) => {
  for (const [short, long] of [
    [0x09, 0x0b],
    [0x0d, 0x0e],
  ] as const) {
    for (const [bytes, fits] of [
      [0, true],
      [255, true],
      [256, false],
    ] as const) {
      const text = Buffer.alloc(bytes, 'a');
      const longForm = Buffer.concat([Buffer.from([long, bytes & 255, bytes >> 8, 0, 0]), text]);
      assert.equal(isValue(core, longForm), !fits);
      assert.equal(isValue(core, Buffer.concat([Buffer.from([short, bytes & 255]), text])), fits);
    }
  }
  const inLong = (tag: number, body: Buffer, count: number) => {
    const head = Buffer.alloc(9, tag);
    head.writeUInt32LE(body.length, 1);
    head.writeUInt32LE(count, 5);
    return Buffer.concat([head, body]);
  };
  assert.ok(!isValue(core, inLong(0x10, Buffer.from([0]), 1)));
  assert.ok(!isValue(core, inLong(0x10, Buffer.alloc(255), 255)));
  assert.ok(isValue(core, inLong(0x10, Buffer.alloc(256), 256)));
  assert.ok(!isValue(core, inLong(0x10, Buffer.alloc(256), 255)));
  assert.ok(!isValue(core, inLong(0x10, Buffer.alloc(256), 257)));
  assert.ok(!isValue(core, inLong(0x10, Buffer.alloc(256), 0xffffffff)));
  assert.ok(!isValue(core, inLong(0x12, encodeEntry(['a', number('1')]), 1)));
});

testBuilds('sets are sorted, of one type, without repeats and not empty', (core) => {
  const set = (tag: number, ...members: ValueModel[]) => {
    const body = Buffer.concat(members.map(encode));
    return isValue(core, Buffer.concat([Buffer.from([tag, body.length, members.length]), body]));
  };
  const binary = (...bytes: number[]): ValueModel => ({ type: 'B', value: Uint8Array.from(bytes) });
  assert.ok(
    set(
      0x13,
      string(''),
      string('a'),
      string('ab'),
      string('b'),
      string('é'),
      string('\uffff'),
      string('😀'),
    ),
  );
  assert.ok(
    !set(0x13, string('😀'), string('\uffff')),
    'strings are in the order of UTF-8, not of UTF-16',
  );
  assert.ok(!set(0x13, string('b'), string('a')));
  assert.ok(!set(0x13, string('a'), string('a')));
  assert.ok(!set(0x13, string('a'), number('1')));
  assert.ok(!set(0x13, string('a'), binary(98)));
  assert.ok(
    set(
      0x15,
      number('-1e100'),
      number('-2'),
      number('0'),
      number('0.1'),
      number('9007199254740993'),
      number('1e100'),
    ),
  );
  assert.ok(!set(0x15, number('2'), number('10'), number('9')));
  assert.ok(!set(0x15, number('1'), number('1')));
  assert.ok(!set(0x15, number('1'), string('2')));
  assert.ok(set(0x17, binary(), binary(0), binary(0, 1), binary(255)));
  assert.ok(!set(0x17, binary(255), binary(0)));
  assert.ok(!set(0x17, string('a')));
  for (const tag of [0x13, 0x15, 0x17]) {
    assert.ok(!set(tag), 'empty');
    assert.ok(!set(tag, list()));
    assert.ok(!set(tag, { type: 'NULL' }));
    assert.ok(!set(tag, { type: 'SS', value: [string('a')] }));
  }
});

testBuilds(
  'values are equal if they say the same, whatever the order of their maps',
  (core, context) => {
    const random = new Random(context);
    const compareEncoded = (a: Buffer, b: Buffer) => {
      const atA = core.put(core.free, a);
      return core.exports.valueEqual(atA, core.put(core.end - b.length, b));
    };
    for (let round = 0; round < 1_000; round++) {
      const a = randomValue(random, 4);
      const b = reordered(a, random);
      assert.ok(equal(a, b));
      assert.equal(compareEncoded(encode(a), encode(b)), 1);
      // Change one byte that leaves a valid value.
      const changed = encode(b);
      const at = random.below(changed.length);
      changed[at] = (changed[at]! + random.between(1, 255)) & 255;
      if (isValue(core, changed)) assert.equal(compareEncoded(encode(a), changed), 0);
      const other = randomValue(random, 4);
      assert.equal(compareEncoded(encode(a), encode(other)), equal(a, other) ? 1 : 0);
    }
    const deep = (inner: ValueModel) =>
      nested(30, {
        type: 'M',
        value: [
          ['x', inner],
          ['y', number('1')],
        ],
      });
    const deepOther = (inner: ValueModel) =>
      nested(30, {
        type: 'M',
        value: [
          ['y', number('1')],
          ['x', inner],
        ],
      });
    assert.equal(compareEncoded(encode(deep(string('v'))), encode(deepOther(string('v')))), 1);
    assert.equal(compareEncoded(encode(deep(string('v'))), encode(deepOther(string('w')))), 0);
    assert.equal(
      compareEncoded(
        encode(map({ a: number('1'), b: number('2') })),
        encode(map({ a: number('2'), b: number('1') })),
      ),
      0,
    );
    assert.equal(
      compareEncoded(
        encode(map({ a: number('1'), b: number('2') })),
        encode(map({ a: number('1'), c: number('2') })),
      ),
      0,
    );
  },
);

testBuilds(
  'very large maps in another order are compared, or handed back in bounded time',
  (core) => {
    const members = Array.from({ length: 60_000 }, (_, i) => [`n${i}`, number('1')] as const);
    const a = core.put(core.free, encode({ type: 'M', value: members }));
    const put = (value: readonly NamedValue[]) =>
      core.put(core.free + 2_000_000, encode({ type: 'M', value }));
    assert.equal(core.exports.valueEqual(a, put(members)), 1);
    assert.equal(
      core.exports.valueEqual(a, put([...members.slice(30_000), ...members.slice(0, 30_000)])),
      1,
    );
    assert.equal(core.exports.valueEqual(a, put(members.toReversed())), STATUS.TOO_LARGE);
  },
);

testBuilds(
  'strings, numbers and binaries have an order, other values and other pairs have none',
  (core, context) => {
    const random = new Random(context);
    const compareValues = (a: ValueModel, b: ValueModel) => {
      const atA = core.put(core.free, encode(a));
      return core.exports.valueCompare(atA, core.put(core.free + 100_000, encode(b)));
    };
    for (let round = 0; round < 5_000; round++) {
      const [x, y] = [
        randomText(random, random.pick([2, 3, 300])),
        randomText(random, random.pick([2, 3, 300])),
      ];
      assert.equal(
        compareValues(string(x), string(y)),
        Buffer.compare(Buffer.from(x), Buffer.from(y)),
      );
      const [p, q] = [random.bytes(random.below(4)), random.bytes(random.pick([0, 1, 2, 300]))];
      assert.equal(
        compareValues({ type: 'B', value: p }, { type: 'B', value: q }),
        Buffer.compare(p, q),
      );
    }
    assert.equal(compareValues(number('9'), number('10')), -1);
    assert.equal(compareValues(string('\u{1f600}'), string('\ufffd')), 1);
    assert.equal(
      compareValues(string('a'), { type: 'B', value: Uint8Array.from([97]) }),
      UNORDERED,
    );
    assert.equal(compareValues(string('1'), number('1')), UNORDERED);
    for (const value of [
      { type: 'NULL' },
      { type: 'BOOL', value: true },
      list(),
      map({}),
    ] as ValueModel[]) {
      assert.equal(compareValues(value, value), UNORDERED);
    }
  },
);
