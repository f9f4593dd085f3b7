// A shard for tests of cursors: entries in every kind of source, and a model of them.

import assert from 'node:assert/strict';
import type { Random } from './harness.js';
import { TableShard, type Entry, type Workbench } from './table-harness.js';
import { Model, randomEntries, randomKey, randomValue } from './table-model.js';

/**
 * A shard with entries everywhere: level 0, deeper levels, frozen and active memtable. Its model.
 */
export function shardOfAll(
  build: 'release' | 'checked',
  random: Random,
  bench: Workbench,
  cacheBytes: number,
) {
  const shard = new TableShard({ build, cacheBytes });
  const lists: Entry[][] = [];
  let file = 1;
  let sequence = 1;
  const options = () => ({ count: 1 + random.below(400), tombstones: 4, large: 60, sequence });
  for (let level = 6; level >= 1; level -= 1 + random.below(3)) {
    const entries = randomEntries(random, options());
    sequence += entries.length;
    lists.push(entries);
    const tables = bench.merge([{ run: Model.of(entries).entries }], {
      firstFile: file,
      targetBytes: 4096 + random.below(30000),
    });
    file += tables.length;
    shard.install(tables, level);
  }
  for (let count = random.below(5); count > 0; count--) {
    const entries = randomEntries(random, options());
    sequence += entries.length;
    lists.push(entries);
    shard.install([bench.table(entries, file++)], 0);
  }
  shard.core.setSequence(sequence);
  for (const frozen of [true, false]) {
    const written: Entry[] = [];
    for (let count = random.below(250); count > 0; count--) {
      const key = randomKey(random);
      const value = randomValue(random, options());
      const status = value === undefined ? shard.shard.delete(key) : shard.shard.put(key, value);
      assert.equal(status, 0);
      written.push({ key, value, sequence: shard.shard.sequence });
    }
    lists.push(written);
    if (frozen && written.length > 0) assert.equal(shard.core.freeze(), 0);
  }
  return { shard, model: Model.of(...lists) };
}
