// The only source of randomness. Everything that needs some is given a Random, so that a simulation
// can be seeded.

import { randomBytes } from 'node:crypto';

export interface Random {
  /** That many unpredictable bytes, in memory of their own. */
  bytes(count: number): Uint8Array;
}

export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
};

/** A version 4 UUID. */
export function randomUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
