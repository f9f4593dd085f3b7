import assert from 'node:assert/strict';
import { Random, testBuilds } from './codec-core.js';
import type { CodecCore } from './codec-core.js';

const MASK = (1n << 64n) - 1n;
const [P1, P2, P3, P4, P5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
];
const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & MASK;
const round = (lane: bigint, word: bigint) => (rotate((lane + word * P2) & MASK, 31n) * P1) & MASK;

/** XXH64 as its specification reads, in BigInt. */
function reference(bytes: Uint8Array, seed: bigint): bigint {
  const data = Buffer.from(bytes);
  let at = 0;
  let hash = (seed + P5) & MASK;
  if (data.length >= 32) {
    const lanes = [(seed + P1 + P2) & MASK, (seed + P2) & MASK, seed, (seed - P1) & MASK] as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    for (; at + 32 <= data.length; at += 32) {
      for (let i = 0; i < 4; i++)
        lanes[i] = round(lanes[i] as bigint, data.readBigUInt64LE(at + 8 * i));
    }
    hash =
      (rotate(lanes[0], 1n) +
        rotate(lanes[1], 7n) +
        rotate(lanes[2], 12n) +
        rotate(lanes[3], 18n)) &
      MASK;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * P1 + P4) & MASK;
  }
  hash = (hash + BigInt(data.length)) & MASK;
  for (; at + 8 <= data.length; at += 8)
    hash = (rotate(hash ^ round(0n, data.readBigUInt64LE(at)), 27n) * P1 + P4) & MASK;
  for (; at + 4 <= data.length; at += 4)
    hash = (rotate(hash ^ ((BigInt(data.readUInt32LE(at)) * P1) & MASK), 23n) * P2 + P3) & MASK;
  for (; at < data.length; at++)
    hash = (rotate(hash ^ ((BigInt(data[at] as number) * P5) & MASK), 11n) * P1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return hash ^ (hash >> 32n);
}

/** Flush with the end of the memory, so that reading past the bytes traps. */
function xxh64(core: CodecCore, bytes: Uint8Array, seed: bigint): bigint {
  return BigInt.asUintN(
    64,
    core.exports.xxh64(core.put(core.end - bytes.length, bytes), bytes.length, seed),
  );
}

/** The buffer of the reference implementation's sanity check. */
function sanityBytes(length: number): Uint8Array {
  let state = 2654435761n;
  return Uint8Array.from({ length }, () => {
    const byte = Number(state >> 56n);
    state = (state * 11400714785074694797n) & MASK;
    return byte;
  });
}

testBuilds('XXH64 gives the hashes that its authors publish', (core) => {
  const prime = 2654435761n;
  const vectors: [number, bigint, bigint][] = [
    [0, 0n, 0xef46db3751d8e999n],
    [0, prime, 0xac75fda2929b17efn],
    [1, 0n, 0xe934a84adb052768n],
    [1, prime, 0x5014607643a9b4c3n],
    [4, 0n, 0x9136a0dca57457een],
    [14, 0n, 0x8282dcc4994e35c8n],
    [14, prime, 0xc3bd6bf63deb6df0n],
    [222, 0n, 0xb641ae8cb691c174n],
    [222, prime, 0x20cb8ab7ae10c14an],
  ];
  for (const [length, seed, hash] of vectors)
    assert.equal(xxh64(core, sanityBytes(length), seed), hash);
  assert.equal(xxh64(core, Buffer.from('a'), 0n), 0xd24ec4f1a98c6e5bn);
  assert.equal(xxh64(core, Buffer.from('abc'), 0n), 0x44bc2cf5ad770999n);
  assert.equal(
    xxh64(core, Buffer.from('Nobody inspects the spammish repetition'), 0n),
    0xfbcea83c8a378bf1n,
  );
});

testBuilds(
  'XXH64 agrees with a BigInt reading of its specification at every length',
  (core, context) => {
    const random = new Random(context);
    for (let length = 0; length < 300; length++) {
      const bytes = random.bytes(length);
      const seed = (BigInt(random.next()) << 32n) | BigInt(random.next());
      assert.equal(xxh64(core, bytes, seed), reference(bytes, seed), `length ${length}`);
    }
  },
);
