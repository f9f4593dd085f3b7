// Damage to the bytes of a body: cut, flipped, doubled, nested, and members twice.

import { chance, pick, type Random } from './random.js';

export function damaged(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text);
  if (!chance(random, 0.08) || bytes.length < 3) return bytes;
  const at = Math.floor(random() * bytes.length);
  return pick(random, [
    () => bytes.subarray(0, at),
    () => flipped(bytes, at, random),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at >> 1)]),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xc0]), bytes.subarray(at)]),
    () => Buffer.from(text.replace('{', '{"TableName":"Pairs","__proto__":{"TableName":1},')),
    () => Buffer.from(text.replace(/"S":"[^"]*"/, '"S":"\\ud800"')),
    () => Buffer.from(text.replace(/:(\d+)/, ':1e999')),
    () => Buffer.from(text.replace('{', `{"x":${'['.repeat(2_000)}`)),
  ])();
}

function flipped(bytes: Buffer, at: number, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1 << Math.floor(random() * 8);
  return copy;
}
