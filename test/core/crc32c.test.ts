import assert from 'node:assert/strict';
import { Random, testBuilds } from './codec-core.js';
import type { CodecCore } from './codec-core.js';

/** CRC32C bit by bit, from the polynomial alone. */
function reference(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function crc32c(core: CodecCore, bytes: Uint8Array, running = 0): number {
  return core.exports.crc32c(core.put(core.end - bytes.length, bytes), bytes.length, running) >>> 0;
}

testBuilds('CRC32C gives the checksums of RFC 3720', (core) => {
  const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
  const command = Buffer.from(
    '01c00000000000000000000000000000140000000000040000000014000000182800000000000000' +
      '0200000000000000',
    'hex',
  );
  assert.equal(crc32c(core, new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(core, new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.equal(crc32c(core, ascending), 0x46dd794e);
  assert.equal(crc32c(core, ascending.toReversed()), 0x113fdb5c);
  assert.equal(crc32c(core, command), 0xd9963a56);
  assert.equal(crc32c(core, Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(core, new Uint8Array(0)), 0);
});

testBuilds(
  'CRC32C agrees with the bitwise definition at every length and goes on from a running value',
  (core, context) => {
    const random = new Random(context);
    for (let length = 0; length < 400; length++) {
      const bytes = random.bytes(length);
      const whole = reference(bytes);
      assert.equal(crc32c(core, bytes), whole, `length ${length}`);
      const cut = random.between(0, length);
      assert.equal(
        crc32c(core, bytes.subarray(cut), crc32c(core, bytes.subarray(0, cut))),
        whole,
        `cut at ${cut}`,
      );
    }
  },
);

testBuilds('CRC32C uses a right table entry for each byte value at each position', (core) => {
  for (let position = 0; position < 8; position++) {
    for (let byte = 0; byte < 256; byte++) {
      const bytes = new Uint8Array(8);
      bytes[position] = byte;
      assert.equal(crc32c(core, bytes), reference(bytes));
    }
  }
});
