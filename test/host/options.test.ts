import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openDatabase } from '../../host/index.js';
import { resolveOptions } from '../../host/options.js';
import { MemoryStore } from '../model/memory-store.js';

/** Options, and the message that refuses them. */
const REFUSALS: readonly (readonly [options: unknown, message: string])[] = [
  [null, 'open(path, { options }): must be an object, not null.'],
  [[], 'open(path, { options }): must be an object, not an array.'],
  [
    { durabilty: 'sync' },
    'open(path, { durabilty }): there is no such option. The options are durability, shards, memoryMb, compression, workers, tableDelayMs, gsiDelayMs, clock, random.',
  ],
  [{ durability: 'fast' }, `open(path, { durability }): must be 'sync' or 'relaxed', not "fast".`],
  [{ shards: 3 }, 'open(path, { shards }): must be a power of two from 1 to 64, not 3.'],
  [{ shards: 128 }, 'open(path, { shards }): must be a power of two from 1 to 64, not 128.'],
  [{ shards: '8' }, 'open(path, { shards }): must be a power of two from 1 to 64, not "8".'],
  [{ memoryMb: 0.5 }, 'open(path, { memoryMb }): must be a whole number of MiB from 1, not 0.5.'],
  [{ memoryMb: NaN }, 'open(path, { memoryMb }): must be a whole number of MiB from 1, not NaN.'],
  [{ workers: 0 }, 'open(path, { workers }): must be a whole number from 1 to 16, not 0.'],
  [
    { clock: {} },
    "open(path, { clock }): must be 'manual' or an object with nowMs() and monotonicMs(), not an object.",
  ],
  [{ random: null }, 'open(path, { random }): must be an object with bytes(count), not null.'],
];

describe('options', () => {
  for (const [options, message] of REFUSALS) {
    it(`are refused: ${message}`, async () => {
      const expected = { name: 'InvalidOption', code: 'InvalidOption', message };
      assert.throws(() => resolveOptions(options), expected);
      await assert.rejects(
        openDatabase(async () => new MemoryStore(), undefined, options as object),
        expected,
      );
    });
  }

  it('have defaults', () => {
    const { durability, shards, memoryMb, workers } = resolveOptions();
    // An existing database knows its own shards; the engine gives a new one 8.
    assert.deepEqual({ durability, shards }, { durability: 'sync', shards: undefined });
    assert.ok(memoryMb >= 1 && memoryMb <= 1024);
    assert.ok(workers >= 1 && workers <= 16);
  });

  it('reach the engine, with the path', async () => {
    const seen: unknown[] = [];
    const open = openDatabase(
      async (path, options) => {
        seen.push(path, options.shards, options.durability);
        return new MemoryStore();
      },
      'folder',
      { shards: 2, durability: 'relaxed' },
    );
    await (await open).close();
    assert.deepEqual(seen, ['folder', 2, 'relaxed']);
  });

  it('do not excuse a path that is none', async () => {
    for (const path of ['', 5 as unknown as string, null as unknown as string]) {
      await assert.rejects(
        openDatabase(async () => new MemoryStore(), path),
        { code: 'InvalidArgument' },
      );
    }
  });
});
