// The version: installs are all or nothing, levels stay disjoint, and the newest table answers.

import assert from 'node:assert/strict';
import test from 'node:test';
import {
  BAD_INPUT,
  builds,
  CORRUPT,
  keyOf,
  NOT_FOUND,
  OK,
  Random,
  seedOf,
  TOO_LARGE,
  valueOf,
} from './harness.js';
import { CorruptBlock, sorted, TableShard, tailBytesOf, Workbench } from './table-harness.js';
import type { Entry, TableFile } from './table-harness.js';
import { Model, randomEntries, sameBytes } from './table-model.js';

const range = (from: number, to: number, sequence: number): Entry[] =>
  Array.from({ length: to - from }, (_, index) => ({
    key: Buffer.from(`\0\0\0\x01key ${String(from + index).padStart(6, '0')}`, 'latin1'),
    value: valueOf(`${sequence}`),
    sequence: sequence + index,
  }));

for (const build of builds) {
  test(`of level 0 the highest file id answers, then level by level (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 1 << 20 });
    const key = range(5, 6, 0)[0]!.key;
    const answers = () => Buffer.from(shard.get(key)!).toString();
    shard.install([bench.table(range(0, 10, 100), 1)], 3);
    assert.equal(answers(), '100');
    shard.install([bench.table(range(0, 10, 200), 2)], 1);
    assert.equal(answers(), '200');
    shard.install([bench.table(range(0, 10, 400), 4)], 0);
    shard.install([bench.table(range(0, 10, 300), 3)], 0);
    assert.equal(answers(), '400');
    shard.install([], 0, [4]);
    assert.equal(answers(), '300');
    shard.shard.put(key, valueOf('memtable'));
    assert.equal(answers(), 'memtable');
    shard.shard.delete(key);
    assert.equal(shard.get(key), undefined);
  });

  test(`an edit that does not fit changes nothing (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 1 << 20 });
    shard.install(
      [
        bench.table(range(0, 10, 1), 1),
        bench.table(range(20, 30, 1), 2),
        bench.table(range(40, 50, 1), 3),
      ],
      1,
    );
    const before = shard.stats();
    const refused = (tables: TableFile[], level: number, removed: number[]) => {
      const ptrs = shard.register(tables, level);
      shard.writeEdit(ptrs, removed);
      assert.equal(shard.core.versionInstall(), BAD_INPUT);
      for (const ptr of ptrs) assert.equal(shard.core.tableRelease(ptr), OK);
      assert.deepEqual(shard.stats(), before);
    };
    refused([bench.table(range(9, 12, 1), 4)], 1, []);
    refused([bench.table(range(15, 21, 1), 4)], 1, []);
    refused([bench.table(range(12, 45, 1), 4)], 1, []);
    refused([bench.table(range(9, 12, 1), 4)], 1, [2, 3]);
    refused([bench.table(range(60, 70, 1), 4), bench.table(range(65, 75, 1), 5)], 1, []);
    refused([bench.table(range(60, 70, 1), 2)], 2, []);
    refused([bench.table(range(60, 70, 1), 4), bench.table(range(80, 90, 1), 4)], 2, []);
    refused([], 1, [7]);
    refused([bench.table(range(60, 70, 1), 4)], 1, [1, 7]);
    refused([], 1, [1, 2, 3, 4]);
    shard.install([bench.table(range(9, 22, 5), 4)], 1, [1, 2]);
    assert.deepEqual(shard.stats().levels, [0, 2, 0, 0, 0, 0, 0]);
    assert.equal(shard.stats().version, before.version + 1);
  });

  test(`a file may move to another level in one edit (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    const table = bench.table(range(0, 10, 1), 1);
    shard.install([table], 1);
    shard.install([table], 2, [1]);
    assert.deepEqual(shard.stats().levels, [0, 0, 1, 0, 0, 0, 0]);
    assert.ok(shard.get(range(3, 4, 1)[0]!.key) !== undefined);
  });

  test(`level 0 holds at most 20 tables (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    for (let file = 1; file <= 20; file++) shard.install([bench.table(range(0, 3, file), file)], 0);
    const ptrs = shard.register([bench.table(range(0, 3, 1), 21)], 0);
    shard.writeEdit(ptrs, []);
    assert.equal(shard.core.versionInstall(), TOO_LARGE);
    assert.equal(shard.stats().tables, 20);
    assert.equal(shard.scan({}).length, 3);
    assert.equal(shard.scan({ flags: 4 }).length, 3);
  });

  test(`a flush installs its tables and drops the memtable in one call (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 1 << 20 });
    shard.writeEdit([], []);
    assert.equal(shard.core.flushInstall(), NOT_FOUND);
    for (let index = 0; index < 500; index++) {
      shard.shard.put(keyOf(`u${index}`), valueOf(`v${index}`));
    }
    const [table] = shard.flush(bench, 7);
    assert.equal(table!.maxSequence, 500);
    const stats = shard.shard.stats();
    assert.equal(stats['hasFrozen'], 0);
    assert.equal(stats['retiredSequence'], 500);
    for (let index = 0; index < 500; index++) {
      assert.ok(sameBytes(shard.get(keyOf(`u${index}`))!, valueOf(`v${index}`)));
    }
    assert.equal(shard.core.frozenRun(0), NOT_FOUND);
    shard.shard.integrity();
  });

  test(`installs and removals give all memory back (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    const pages = () => shard.shard.stats()['pagesFree'];
    const before = pages();
    const live: number[] = [];
    let file = 1;
    for (let round = 0; round < 150; round++) {
      if (live.length > 0 && random.below(2) === 0) {
        shard.install([], 0, live.splice(random.below(live.length), 1));
      } else if (live.length < 18) {
        shard.install([bench.table(range(0, 1 + random.below(300), 1), file)], 0);
        live.push(file++);
      }
    }
    shard.install([], 0, live);
    assert.equal(shard.stats().tables, 0);
    assert.equal(pages(), before);
    shard.shard.integrity();
  });

  test(`no byte of a tail can change and still be registered (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    const before = shard.shard.stats()['pagesFree'];
    const table = bench.table(range(0, 800, 1), 3);
    const tail = tailBytesOf(table);
    for (let at = table.bytes.length - tail; at < table.bytes.length; at++) {
      const bytes = Uint8Array.from(table.bytes);
      bytes[at]! ^= 1 << (at & 7);
      assert.throws(() => shard.register([{ ...table, bytes }], 1), CorruptBlock);
    }
    assert.throws(() => shard.register([{ ...table, file: 4 }], 1), CorruptBlock);
    assert.throws(
      () => shard.register([{ ...table, bytes: Buffer.concat([Buffer.alloc(8), table.bytes]) }], 1),
      CorruptBlock,
    );
    assert.equal(shard.core.tableReserve(100), BAD_INPUT);
    assert.equal(shard.core.tableReserve(1 << 30), BAD_INPUT);
    const ptr = shard.core.tableReserve(tail);
    assert.equal(shard.core.tableRegister(ptr, 3, Number.NaN, 1), CORRUPT);
    assert.equal(shard.shard.stats()['pagesFree'], before);
  });

  test(`thousands of tables in a level are found by key from both ends (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 4 << 20 });
    const entries = sorted(randomEntries(random, { count: 900, valueBytes: 3 }));
    const tables = entries.map((entry, index) => bench.table([entry], index + 1));
    for (let at = 0; at < tables.length; at += 300) {
      shard.install(tables.slice(at, at + 300).reverse(), 1);
    }
    const model = Model.of(entries);
    for (const entry of entries) assert.ok(sameBytes(shard.get(entry.key)!, entry.value!));
    assert.equal(shard.scan({}).length, entries.length);
    assert.equal(shard.scan({ flags: 4 }).length, entries.length);
    for (let round = 0; round < 200; round++) {
      const [low, high] = [random, random].map((from) => entries[from.below(entries.length)]!.key);
      assert.equal(
        shard.scan({ low: low!, high: high!, flags: 4 }).length,
        model.range(low!, high!, false, false).length,
      );
    }
  });
}
