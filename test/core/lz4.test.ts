import assert from 'node:assert/strict';
import { Random, STATUS, testBuilds } from './codec-core.js';
import type { CodecCore } from './codec-core.js';

const TABLE_BYTES = 16384;

/**
 * The format, read plainly: the oracle of the compressor. Checks the rules about the end of a block
 * too.
 */
function referenceDecompress(block: Uint8Array): number[] {
  const out: number[] = [];
  let at = 0;
  let lastMatchStart = -1;
  const extended = (nibble: number) => {
    let length = nibble;
    for (let byte = 255; nibble === 15 && byte === 255; length += byte) byte = block[at++]!;
    return length;
  };
  for (;;) {
    assert.ok(at < block.length, 'a block ends with literals');
    const token = block[at++]!;
    const literals = extended(token >> 4);
    for (let i = 0; i < literals; i++) out.push(block[at++]!);
    if (at === block.length) {
      assert.ok(
        lastMatchStart < 0 || (literals >= 5 && lastMatchStart <= out.length - 12),
        'the end of a block is literals',
      );
      return out;
    }
    const offset = block[at]! | (block[at + 1]! << 8);
    at += 2;
    assert.ok(offset > 0 && offset <= out.length);
    lastMatchStart = out.length;
    for (let i = extended(token & 15) + 4; i > 0; i--) out.push(out[out.length - offset]!);
  }
}

/**
 * Compresses from a source that ends with the memory; nothing outside the destination may change.
 */
function compress(core: CodecCore, raw: Uint8Array, dstMax: number): Uint8Array | undefined {
  const table = core.free;
  const dst = table + TABLE_BYTES + 64;
  core.bytes.fill(0xa5, table, dst + dstMax + 64);
  const src = core.put(core.end - raw.length, raw);
  const length = core.exports.lz4Compress(src, raw.length, dst, dstMax, table);
  assert.ok(length >= 0 && length <= dstMax);
  assert.ok(
    untouched(core, table + TABLE_BYTES, 64) && untouched(core, dst + dstMax, 64),
    'wrote outside of its areas',
  );
  assert.deepEqual(core.take(src, raw.length), raw);
  return length === 0 ? undefined : core.take(dst, length);
}

/**
 * Decompresses with both areas at their tightest: the source before the end of the memory, guards
 * around the output.
 */
function decompress(core: CodecCore, block: Uint8Array, rawBytes: number): Uint8Array | undefined {
  const dst = core.free + 64;
  core.bytes.fill(0xa5, dst - 64, dst + rawBytes + 64);
  const src = core.put(core.end - block.length, block);
  const length = core.exports.lz4Decompress(src, block.length, dst, rawBytes);
  assert.ok(
    untouched(core, dst - 64, 64) && untouched(core, dst + rawBytes, 64),
    'wrote outside of its output',
  );
  assert.ok(length === rawBytes || length === STATUS.CORRUPT);
  return length === rawBytes ? core.take(dst, rawBytes) : undefined;
}

function untouched(core: CodecCore, at: number, length: number): boolean {
  return core.bytes.subarray(at, at + length).every((byte) => byte === 0xa5);
}

/** Bytes with repeats of all distances and lengths. */
function compressible(random: Random, length: number): Uint8Array {
  const raw = random.bytes(length);
  const density = random.next() / 2 ** 32;
  for (let at = 1; at < length; ) {
    const run = random.pick([1, 4, 7, 15, 18, 19, 40, 300, 2_000]);
    const count = Math.min(random.between(1, run), length - at);
    if (random.chance(density)) {
      const distance = random.chance(0.5)
        ? random.between(1, Math.min(at, 20))
        : random.between(1, at);
      for (let i = 0; i < count; i++) raw[at + i] = raw[at + i - distance]!;
    }
    at += count;
  }
  return raw;
}

testBuilds('what is compressed reads back, by the format too', (core, context) => {
  const random = new Random(context);
  for (let round = 0; round < 3_000; round++) {
    const length =
      round < 300 ? round : random.pick([random.between(1, 100), random.between(1, 6_000)]);
    const raw = compressible(random, length);
    const block = compress(core, raw, length + 64 + (length >> 7));
    assert.ok(block, 'there was room for any input');
    assert.deepEqual(Uint8Array.from(referenceDecompress(block)), raw);
    assert.deepEqual(decompress(core, block, length), raw);
    // The exact room is enough; one byte less is not.
    assert.deepEqual(compress(core, raw, block.length), block);
    assert.equal(compress(core, raw, block.length - 1), undefined);
  }
});

testBuilds('large values, far repeats and long runs read back', (core, context) => {
  const random = new Random(context);
  const zeros = new Uint8Array(843_776);
  const noise = random.bytes(300_000);
  const far = Uint8Array.from([
    ...noise.subarray(0, 65_535),
    ...noise.subarray(0, 65_537),
    ...noise.subarray(0, 70_000),
  ]);
  for (const raw of [
    zeros,
    far,
    compressible(random, 843_776),
    zeros.subarray(0, 270),
    zeros.subarray(0, 65_536),
  ]) {
    const block = compress(core, raw, raw.length);
    assert.ok(block && block.length < raw.length);
    assert.deepEqual(decompress(core, block, raw.length), raw.slice());
  }
  assert.equal(compress(core, noise, noise.length), undefined, 'noise does not get smaller');
});

testBuilds('a block written by hand reads as the format says', (core) => {
  const read = (hex: string, rawBytes: number) => {
    const raw = decompress(core, Buffer.from(hex, 'hex'), rawBytes);
    return raw && Buffer.from(raw).toString('latin1');
  };
  assert.equal(read('00', 0), '');
  assert.equal(read('5068656c6c6f', 5), 'hello');
  assert.equal(read('1a610100506263646566', 20), `${'a'.repeat(15)}bcdef`);
  assert.equal(read('2f6162020001507677787970', 27), `${'ab'.repeat(11)}vwxyp`);
  assert.equal(read(`f000${'61'.repeat(15)}`, 15), 'a'.repeat(15));
});

testBuilds('a block that is cut, lengthened or of another length is corrupt', (core, context) => {
  const random = new Random(context);
  for (let round = 0; round < 300; round++) {
    const raw = compressible(random, random.between(20, 400));
    const block = compress(core, raw, 1_000);
    assert.ok(block);
    assert.equal(decompress(core, block, raw.length - 1), undefined);
    assert.equal(decompress(core, block, raw.length + 1), undefined);
    assert.equal(decompress(core, block, raw.length + 100), undefined);
    assert.equal(decompress(core, Uint8Array.from([...block, 0]), raw.length), undefined);
    for (let cut = 0; cut < block.length; cut++)
      assert.equal(decompress(core, block.subarray(0, cut), raw.length), undefined);
  }
  assert.equal(decompress(core, new Uint8Array(0), 0), undefined);
});

testBuilds('hostile blocks touch nothing outside their areas', (core, context) => {
  const random = new Random(context);
  for (let round = 0; round < 30_000; round++) {
    let block: Uint8Array;
    const rawBytes = random.between(0, 300);
    if (random.chance(0.5)) {
      const made = compress(core, compressible(random, random.between(13, 300)), 1_000);
      assert.ok(made);
      block = made;
      for (let flips = random.between(1, 4); flips > 0; flips--)
        block[random.below(block.length)] = random.next() & 255;
    } else {
      // Tokens and lengths at their extremes, small offsets.
      block = random
        .bytes(random.between(1, 60))
        .map((byte) => (random.chance(0.5) ? random.pick([0, 1, 15, 16, 240, 255]) : byte));
    }
    decompress(core, block, random.chance(0.3) ? rawBytes : random.between(0, 3_000));
  }
  // Lengths that would wrap 32 bits if they were only added up.
  const endless = new Uint8Array(17_000_000).fill(255);
  assert.equal(decompress(core, endless, 1_000), undefined);
  endless[0] = 0x0f;
  endless[1] = 0;
  assert.equal(decompress(core, endless, 1_000), undefined);
  assert.equal(
    decompress(core, Buffer.concat([Buffer.from([0x1f, 0x61, 1, 0]), endless.subarray(2)]), 1_000),
    undefined,
  );
});
