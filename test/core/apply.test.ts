// apply: guards, all or nothing, the batch's form, and recovery of what it logged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BAD_INPUT,
  BATCH_DECISION,
  CHECK,
  CLOSED,
  DELETE,
  ENTRY_LOG_ONLY,
  ENTRY_SHAPED,
  GUARD_ABSENT,
  GUARD_FAILED,
  GUARD_SEQUENCE,
  GUARD_UNLOCKED,
  LOCKED,
  LOG_FULL,
  MEMTABLE_FULL,
  NOT_FOUND,
  NO_LOG,
  OK,
  PUT,
  RETRY,
  Random,
  SHAPE,
  SHAPES_FULL,
  STALE_CATALOG,
  type Shard,
  TOO_LARGE,
  builds,
  encodeBatch,
  keyOf,
  namesOf,
  seedOf,
  shardOf,
  text,
  valueOf,
} from './harness.js';
import type { Batch } from './harness.js';

const a = keyOf('a');
const b = keyOf('b');

/** Everything a reader or the log could see of the shard, with the values of `keys`. */
function dump(shard: Shard, keys: Uint8Array[]): string {
  const stats = shard.stats();
  const seen = [
    'lastSequence',
    'activeEntries',
    'activeTombstones',
    'activeBytes',
    'activePages',
    'shapes',
    'locks',
    'frozenEntries',
    'retiredSequence',
    'shapeNamesBytes',
    'applies',
    'activeMaxSequence',
    'pagesFree',
    'pagesMemtable',
  ];
  const values = keys.map((key) => {
    const value = shard.get(key);
    return `${typeof value === 'number' ? value : text(value)}@${shard.sequence}`;
  });
  return [shard.ringDump(), ...seen.map((name) => `${name}=${stats[name]}`), ...values].join('\n');
}

/** Applies a batch that must fail, and leave no trace. */
function refused(shard: Shard, batch: Batch, status: number, keys: Uint8Array[] = [a, b]): void {
  const before = dump(shard, keys);
  assert.equal(shard.apply(batch), status);
  const count = shard.count;
  assert.equal(dump(shard, keys), before);
  shard.view.setUint32(shard.scratch + 40, count, true);
}

for (const build of builds) {
  test(`a guard holds while the entry has the sequence that was read (${build})`, () => {
    const shard = shardOf({ build });
    shard.put(a, valueOf('1'));
    const guard = { entryIndex: 0, kind: GUARD_SEQUENCE, sequence: 1, readSequence: 1 };
    assert.equal(
      shard.apply({ entries: [{ kind: PUT, key: a, value: valueOf('2') }], guards: [guard] }),
      OK,
    );
    refused(
      shard,
      { entries: [{ kind: PUT, key: a, value: valueOf('3') }], guards: [guard] },
      GUARD_FAILED,
    );
    assert.equal(shard.count, 0);
    shard.core.freeze();
    guard.sequence = 2;
    assert.equal(
      shard.apply({ entries: [{ kind: DELETE, key: a }], guards: [guard] }),
      OK,
      'found in the frozen one',
    );
    guard.sequence = 3;
    refused(
      shard,
      { entries: [{ kind: PUT, key: a, value: valueOf('4') }], guards: [guard] },
      GUARD_FAILED,
    );
  });

  test(`a tombstone counts as absent, an item does not (${build})`, () => {
    const shard = shardOf({ build });
    const absent = { entryIndex: 0, kind: GUARD_ABSENT, readSequence: 0 };
    const batch = { entries: [{ kind: PUT, key: a, value: valueOf('1') }], guards: [absent] };
    assert.equal(shard.apply(batch), OK);
    refused(shard, batch, GUARD_FAILED);
    shard.delete(a);
    assert.equal(shard.apply(batch), OK);
  });

  test(`a key in no memtable is guarded by when the reader began (R5) (${build})`, () => {
    const shard = shardOf({ build });
    shard.put(a, valueOf('1'));
    shard.put(b, valueOf('1'));
    shard.core.freeze();
    shard.core.frozenDrop();
    const write = (kind: number, readSequence: number): Batch => ({
      entries: [{ kind: PUT, key: a, value: valueOf('2') }],
      guards: [{ entryIndex: 0, kind, sequence: 1, readSequence }],
    });
    refused(shard, write(GUARD_SEQUENCE, 1), RETRY);
    refused(shard, write(GUARD_ABSENT, 1), RETRY);
    assert.equal(shard.apply(write(GUARD_SEQUENCE, 2)), OK);
  });

  test(`one guard that fails stops the whole batch, and tells which entry (${build})`, () => {
    const shard = shardOf({ build });
    shard.put(b, valueOf('b'));
    const batch: Batch = {
      entries: [
        { kind: PUT, key: keyOf('c'), value: valueOf('c') },
        { kind: PUT, key: a, value: valueOf('a') },
        { kind: CHECK, key: b },
      ],
      guards: [
        { entryIndex: 1, kind: GUARD_ABSENT, readSequence: 1 },
        { entryIndex: 2, kind: GUARD_ABSENT, readSequence: 1 },
      ],
    };
    refused(shard, batch, GUARD_FAILED, [a, b, keyOf('c')]);
    assert.equal(shard.count, 2);
    batch.guards![1] = { entryIndex: 2, kind: GUARD_SEQUENCE, sequence: 1, readSequence: 1 };
    assert.equal(shard.apply(batch), OK);
    assert.equal(shard.count, 2, 'the check-only entry is not recorded');
    assert.equal(shard.sequence, 3);
    const { records } = shard.take(100);
    assert.deepEqual(
      records[1]!.entries.map((entry) => text(entry.key)),
      [text(keyOf('c')), text(a)],
    );
  });

  test(`a batch of nothing but checks writes nothing (${build})`, () => {
    const shard = shardOf({ build });
    shard.put(a, valueOf('1'));
    const ring = shard.ringDump();
    const guards = [{ entryIndex: 0, kind: GUARD_SEQUENCE, sequence: 1, readSequence: 1 }];
    assert.equal(shard.apply({ entries: [{ kind: CHECK, key: a }], guards }), OK);
    assert.equal(shard.sequence, 1);
    assert.equal(shard.count, 0);
    assert.equal(shard.ringDump(), ring);
    assert.equal(shard.apply({ entries: [] }), OK);
    assert.equal(shard.ringDump(), ring);
  });

  test(`a key that is written twice in a batch has the later value (${build})`, () => {
    const shard = shardOf({ build });
    const entries = [
      { kind: PUT, key: a, value: valueOf('1') },
      { kind: DELETE, key: a },
      { kind: PUT, key: a, value: valueOf('333') },
    ];
    assert.equal(shard.apply({ entries }), OK);
    assert.equal(text(shard.get(a) as Uint8Array), '333');
    assert.equal(shard.sequence, 3);
    shard.integrity();
  });

  test(`a batch planned with an old schema, or on a closed shard, is refused (${build})`, () => {
    const shard = shardOf({ build });
    const entries = [{ kind: PUT, key: a, value: valueOf('1') }];
    assert.equal(shard.core.setCatalogEpoch(4), OK);
    assert.equal(shard.apply({ entries, catalogEpoch: 3 }), STALE_CATALOG);
    assert.equal(shard.get(a, 3), STALE_CATALOG);
    assert.equal(shard.apply({ entries, catalogEpoch: 4 }), OK);
    assert.equal(shard.core.close(), OK);
    assert.equal(shard.apply({ entries, catalogEpoch: 4 }), CLOSED);
    assert.equal(shard.get(a, 4), CLOSED);
    assert.equal(shard.core.detach(0), OK);
  });

  test(`every status of a failing apply leaves memtable, ring, shapes and locks as they were (${build})`, () => {
    const shard = shardOf({ build, memtableBytes: 1 << 20, memoryBytes: 16 << 20 });
    shard.put(a, valueOf('a'));
    const names = Array.from({ length: 300 }, (_, index) => namesOf(`n${index}`, 'x'.repeat(4000)));
    const shapes = names.map((value) => ({ kind: SHAPE, value }));
    refused(shard, { entries: shapes }, SHAPES_FULL);
    const huge = [a, b].map((key) => ({ kind: PUT, key, value: new Uint8Array(1_200_000) }));
    refused(shard, { entries: huge }, TOO_LARGE);
    assert.equal(shard.core.lock(shard.setKey(b), 5), OK);
    const both = [
      { kind: PUT, key: a, value: valueOf('2') },
      { kind: PUT, key: b, value: valueOf('2') },
    ];
    refused(shard, { entries: [{ kind: SHAPE, value: namesOf('q') }, ...both] }, LOCKED);
    assert.equal(shard.count, 2);
    refused(shard, { entries: both, transaction: 6 }, LOCKED);
    shard.core.unlock(shard.setKey(b), 5);
    const large = new Uint8Array(400_000);
    let filled = 0;
    while (shard.put(keyOf(`fill${filled}`), large) === OK) filled++;
    const fill = (n: number) => ({ kind: PUT, key: keyOf(`more${n}`), value: large });
    refused(
      shard,
      { entries: [{ kind: SHAPE, value: namesOf('q') }, fill(1), fill(2)] },
      MEMTABLE_FULL,
    );
    assert.equal(shard.core.freeze(), OK);
    let logged = 0;
    while (shard.put(keyOf('log'), large) === OK) logged++;
    assert.ok(logged > 0);
    refused(shard, { entries: [{ kind: SHAPE, value: namesOf('q') }, fill(1)] }, LOG_FULL, [
      a,
      b,
      keyOf('more1'),
    ]);
    assert.ok(shard.stats().logFullStalls! >= 1);
    assert.ok(shard.stats().memtableFullStalls! >= 1);
    shard.integrity();
  });

  test(`what is not a batch is refused before the latch (${build})`, () => {
    const shard = shardOf({ build });
    const good = encodeBatch({ entries: [{ kind: PUT, key: a, value: valueOf('1') }] });
    const at = shard.inPtr;
    const bad: [number, number, string][] = [
      [0, 2, 'more entries than there are'],
      [4, 1, 'entriesBytes odd'],
      [4, 0xfffffff8, 'entriesBytes past the memory'],
      [8, 1, 'a guard that is not there'],
      [16, 8, 'entryBytes too small'],
      [16, 40_000_000, 'entryBytes past the end'],
      [20, 0, 'kind 0'],
      [20, 9, 'kind 9'],
      [20, 0x0000_0001, 'no key'],
      [20, 0x1fff_0001, 'key too long'],
      [20, (a.length << 16) | 0x0101, 'shaped without a SHAPE'],
    ];
    for (const [offset, word, why] of bad) {
      shard.bytes.set(good, at);
      shard.view.setUint32(at + offset, word, true);
      const status = shard.core.apply(at, 1, 0);
      assert.ok(status === BAD_INPUT || status === TOO_LARGE, `${why}: ${status}`);
    }
    for (const pointer of [0, 8, at + 4, (48 << 20) - 8, 0x7ffffff8]) {
      assert.equal(shard.core.apply(pointer, 1, 0), BAD_INPUT);
    }
    const entries = [
      { kind: PUT, key: a, value: valueOf('1') },
      { kind: PUT, key: b, value: valueOf('1') },
    ];
    const guard = (entryIndex: number, kind = GUARD_UNLOCKED) => ({ entryIndex, kind });
    assert.equal(shard.apply({ entries, guards: [guard(2)] }), BAD_INPUT);
    assert.equal(
      shard.apply({ entries, guards: [guard(1), guard(0)] }),
      BAD_INPUT,
      'guards descend',
    );
    assert.equal(shard.apply({ entries, guards: [guard(0, 9)] }), BAD_INPUT);
    assert.equal(shard.apply({ entries, transaction: 0 }), BAD_INPUT);
    assert.equal(
      shard.apply({ entries: Array.from({ length: 1537 }, () => entries[0]!) }),
      TOO_LARGE,
    );
    assert.equal(shard.stats().lastSequence, 0);
  });

  test(`random bytes as a batch never harm the shard (${build})`, () => {
    const random = new Random(seedOf());
    console.log(`# seed ${random.seed}`);
    const shard = shardOf({ build, flags: NO_LOG });
    const good = encodeBatch({
      entries: [
        { kind: SHAPE, value: namesOf('x', 'y') },
        { kind: PUT, key: a, value: valueOf('hello'), flags: ENTRY_SHAPED, shapeRef: 0 },
        { kind: CHECK, key: b },
      ],
      guards: [{ entryIndex: 2, kind: GUARD_ABSENT, readSequence: 1e9 }],
    });
    let done = 0;
    for (let round = 0; round < 20_000; round++) {
      const bytes = good.slice();
      for (let flips = 1 + random.below(3); flips > 0; flips--) {
        bytes[random.below(bytes.length)] = random.below(4) === 0 ? 255 : random.below(256);
      }
      shard.bytes.set(bytes, shard.inPtr);
      const status = shard.core.apply(shard.inPtr, 1, 0);
      assert.ok(status <= OK && status >= -19, `${status}`);
      if (status === OK) done++;
      if (status === MEMTABLE_FULL && shard.core.freeze() === OK) shard.core.frozenDrop();
    }
    assert.ok(done > 100);
    assert.equal(shard.poisonCode(), 0);
    shard.integrity();
  });

  test(`log-only entries and decisions reach the log but not the memtable (${build})`, () => {
    const shard = shardOf({ build });
    const entries = [
      { kind: PUT, key: a, value: valueOf('part'), flags: ENTRY_LOG_ONLY },
      { kind: PUT, key: b, value: valueOf('b') },
    ];
    assert.equal(shard.apply({ entries, flags: BATCH_DECISION }), OK);
    assert.equal(shard.get(a), NOT_FOUND);
    assert.equal(text(shard.get(b) as Uint8Array), 'b');
    const [record] = shard.take(9).records;
    assert.equal(record!.flags, 4);
    assert.deepEqual(
      record!.entries.map((entry) => text(entry.value)),
      ['part', 'b'],
    );
    const other = shardOf({ build });
    assert.equal(other.replay(record!.bytes), OK);
    assert.equal(other.get(a), NOT_FOUND);
    assert.equal(text(other.get(b) as Uint8Array), 'b');
    assert.equal(other.sequence, 2);
  });

  test(`a large value is read in pieces that belong together, or again (${build})`, () => {
    const shard = shardOf({ build });
    const random = new Random(5);
    const value = random.bytes(300_001);
    assert.equal(shard.put(a, value), OK);
    assert.ok(Buffer.from(shard.get(a) as Uint8Array).equals(value));
    const sequence = shard.core.lastSequence();
    const length = shard.setKey(a);
    assert.equal(shard.core.getChunk(length, 65536, sequence), 65536);
    assert.equal(shard.core.getChunk(length, 300_001, sequence), 0);
    assert.equal(shard.core.getChunk(length, 300_002, sequence), BAD_INPUT);
    shard.put(a, value);
    shard.setKey(a);
    assert.equal(shard.core.getChunk(length, 65536, sequence), RETRY);
  });
}
