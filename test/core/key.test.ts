import assert from 'node:assert/strict';
import {
  KEY_AT,
  NUMBER_FAULT,
  Random,
  SEED_HI,
  SEED_LO,
  STATUS,
  testBuilds,
} from './codec-core.js';
import type { CodecCore } from './codec-core.js';
import { compare, decimal, encodeDecimal, plain, randomDecimal } from './decimal-model.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function numberKey(core: CodecCore, text: string): Uint8Array {
  const at = core.put(core.end - text.length, Buffer.from(text));
  const length = core.exports.writeNumberKey(at, text.length, core.free);
  assert.ok(length > 0, `${text} gave ${length}`);
  return core.take(core.free, length);
}

function readNumberKey(core: CodecCore, key: Uint8Array): string | number {
  const at = core.put(core.end - key.length, key);
  const length = core.exports.readNumberKey(at, core.free);
  return length < 0 ? length : core.text(core.free, length);
}

function bytesKey(core: CodecCore, bytes: Uint8Array): Uint8Array {
  const at = core.put(core.end - bytes.length, bytes);
  return core.take(core.free, core.exports.writeBytesKey(at, bytes.length, core.free));
}

testBuilds('a number component has the bytes that the format draws', (core) => {
  const cases: [string, string][] = [
    ['0', '2000'],
    ['-0.0', '2000'],
    ['1', '30820b00'],
    ['-1', '107df4ff'],
    ['12', '30830d00'],
    ['100', '30840b00'],
    ['99', '30836400'],
    ['-99', '107c9bff'],
    ['123', '30840d1f00'],
    ['1e-130', '30000b00'],
    ['9e125', '30ff5b00'],
    ['-9e125', '1000a4ff'],
    ['-1e-130', '10fff4ff'],
    ['0.15', '30811000'],
    ['1010', '30850b0b00'],
  ];
  for (const [text, bytes] of cases) assert.equal(hex(numberKey(core, text)), bytes, text);
  assert.equal(numberKey(core, '-1.' + '2'.repeat(37)).length, 22);
});

testBuilds(
  'the order of number components is the order of the numbers, and one number has one component',
  (core, context) => {
    const random = new Random(context);
    const numbers = [
      '0',
      '1e-130',
      '-1e-130',
      `${'9'.repeat(38)}e88`,
      `-${'9'.repeat(38)}e88`,
      '1',
      '-1',
      '10',
      '1.01',
      '1.1',
    ]
      .map(decimal)
      .concat(Array.from({ length: 6_000 }, () => randomDecimal(random)));
    const keys = numbers.map((number) => ({ number, key: numberKey(core, plain(number)) }));
    keys.sort((a, b) => Buffer.compare(a.key, b.key));
    for (let i = 1; i < keys.length; i++) {
      const [a, b] = [keys[i - 1]!, keys[i]!];
      const order = Buffer.compare(a.key, b.key);
      assert.equal(
        Math.sign(order),
        compare(a.number, b.number),
        `${plain(a.number)} against ${plain(b.number)}`,
      );
      // No component begins another one, so what follows it in a key never decides first.
      if (order !== 0) assert.notEqual(hex(b.key).slice(0, a.key.length * 2), hex(a.key));
    }
    for (let round = 0; round < 6_000; round++) {
      const [a, b] = [random.pick(keys), random.pick(keys)];
      assert.equal(Math.sign(Buffer.compare(a.key, b.key)), compare(a.number, b.number));
    }
  },
);

testBuilds(
  'a number component reads back, and is the same from text, from an integer and from an item',
  (core, context) => {
    const random = new Random(context);
    for (let round = 0; round < 10_000; round++) {
      const number = randomDecimal(random);
      const key = numberKey(core, plain(number));
      assert.equal(readNumberKey(core, key), plain(number));
      const padded = Uint8Array.from([...key, ...random.bytes(4)]);
      const at = core.put(core.free, padded);
      assert.equal(core.exports.numberKeyEnd(at, at + padded.length), at + key.length);
      for (let cut = 0; cut < key.length; cut++)
        assert.equal(core.exports.numberKeyEnd(at, at + cut), 0);

      const value = core.put(core.free + 64, encodeDecimal(number));
      const length = core.exports.writeValueKey(value, core.free);
      assert.equal(hex(core.take(core.free, length)), hex(key));
      // The same value written otherwise.
      const { negative, digits, exponent } = number;
      if (digits !== '')
        assert.equal(
          hex(numberKey(core, `${negative ? '-' : '+'}0${digits}.000E${exponent}`)),
          hex(key),
        );
    }
    const integers = [0, -0, 1, -1, 10, 99, 100, 2 ** 53 - 1, 1 - 2 ** 53, 1e15, -1e15, 123456789];
    for (let i = 0; i < 5_000; i++)
      integers.push(Math.trunc((random.next() / 2 ** 32 - 0.5) * 2 ** random.between(1, 53)));
    for (const integer of integers) {
      const length = core.exports.writeNumberKeyInt(integer, core.free);
      assert.equal(
        hex(core.take(core.free, length)),
        hex(numberKey(core, String(integer))),
        String(integer),
      );
    }
    for (const other of [2 ** 53, -(2 ** 53), 0.5, NaN, Infinity, -Infinity, 1e300]) {
      assert.equal(core.exports.writeNumberKeyInt(other, core.free), STATUS.BAD_INPUT);
    }
  },
);

testBuilds('a text that is no number makes no component', (core) => {
  const write = (text: string) =>
    core.exports.writeNumberKey(
      core.put(core.free, Buffer.from(text)),
      text.length,
      core.free + 64,
    );
  assert.equal(write('abc'), STATUS.BAD_INPUT);
  assert.equal(write('1e126'), NUMBER_FAULT.OVERFLOW);
  assert.equal(write('1e-131'), NUMBER_FAULT.UNDERFLOW);
  assert.equal(write('1'.repeat(39)), NUMBER_FAULT.TOO_PRECISE);
});

testBuilds('bytes that are no number component are refused', (core, context) => {
  const bad = [
    '00',
    '2001',
    '40820b00',
    '308200',
    '3082010000',
    '30820b0100',
    '308265ff',
    '30826600',
    '107dff',
    '107df500ff',
    `3082${'0b'.repeat(20)}00`,
    '3082' + '0200',
  ];
  for (const bytes of bad.slice(0, 11))
    assert.equal(readNumberKey(core, Buffer.from(bytes, 'hex')), STATUS.CORRUPT, bytes);
  const random = new Random(context);
  for (let round = 0; round < 20_000; round++) {
    const key = random.bytes(random.between(24, 30));
    key[0] = random.pick([0x10, 0x20, 0x30]);
    for (let i = random.between(2, 23); i < key.length; i++) key[i] = key[0] === 0x10 ? 255 : 0;
    const text = readNumberKey(core, key);
    if (typeof text === 'number') continue;
    const again = numberKey(core, text);
    assert.equal(hex(again), hex(key.subarray(0, again.length)));
  }
});

testBuilds(
  'the order of string components is the order of the bytes, and they read back',
  (core, context) => {
    const random = new Random(context);
    const made = Array.from({ length: 2_000 }, () => {
      const bytes = random
        .bytes(random.between(0, 6))
        .map((byte) => (random.chance(0.6) ? byte % 3 : byte));
      return { bytes, key: bytesKey(core, bytes) };
    });
    for (let round = 0; round < 20_000; round++) {
      const [a, b] = [random.pick(made), random.pick(made)];
      assert.equal(
        Buffer.compare(a.key, b.key),
        Buffer.compare(a.bytes, b.bytes),
        `${hex(a.bytes)} ${hex(b.bytes)}`,
      );
    }
    for (const { bytes, key } of made) {
      const at = core.put(core.end - key.length, key);
      assert.equal(core.exports.bytesKeyEnd(at, core.end), core.end);
      assert.equal(core.exports.bytesKeyEnd(at, core.end - 1), 0);
      const length = core.exports.readBytesKey(at, key.length, core.free);
      assert.equal(hex(core.take(core.free, length)), hex(bytes));
      const value = core.put(core.free + 64, Uint8Array.from([0x0d, bytes.length, ...bytes]));
      assert.equal(
        hex(core.take(core.free, core.exports.writeValueKey(value, core.free))),
        hex(key),
      );
    }
    for (const bad of ['', '01', '0100', '010000', '010300', '0000', '6161', '61006100']) {
      const bytes = Buffer.from(bad, 'hex');
      const at = core.put(core.end - bytes.length, bytes);
      assert.equal(core.exports.readBytesKey(at, bytes.length, core.free), STATUS.CORRUPT, bad);
    }
    assert.equal(hex(bytesKey(core, Uint8Array.from([0, 1, 2, 255]))), '0101010202ff00');
  },
);

testBuilds(
  'a sealed key is table, hash of the component, component; the hash is told by its top bits',
  (core, context) => {
    const random = new Random(context);
    const seed = (BigInt(SEED_HI) << 32n) | BigInt(SEED_LO);
    for (let round = 0; round < 200; round++) {
      const component = random.bytes(random.between(1, 200));
      const key = core.scratch + KEY_AT;
      core.put(key + 12, component);
      const tableId = random.next();
      const top = core.exports.sealKey(tableId, component.length);
      const hash = BigInt.asUintN(64, core.exports.xxh64(key + 12, component.length, seed));
      assert.equal(core.view.getUint32(key), tableId);
      assert.equal(core.view.getBigUint64(key + 4), hash);
      assert.equal(top, Number(hash >> 48n));
      assert.equal(hex(core.take(key + 12, component.length)), hex(component));
    }
  },
);
