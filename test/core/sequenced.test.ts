// Entries whose keys hold their own sequence: it is known only under the latch, so the core writes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BAD_INPUT,
  CHECK,
  DELETE,
  ENTRY_SEQUENCED,
  ENTRY_SHAPED,
  NOT_FOUND,
  OK,
  PUT,
  SHAPE,
  builds,
  keyOf,
  namesOf,
  shardOf,
  text,
  valueOf,
} from './harness.js';

const a = keyOf('a');
const STREAM = 77;

/** A record's key before it has its sequence (what lies there then does not count), or with it. */
function recordKey(sequence = 0x1234): Uint8Array {
  const key = Buffer.alloc(20);
  key.writeUInt32BE(STREAM);
  key.writeBigUInt64BE(BigInt(sequence), 12);
  return new Uint8Array(key);
}

for (const build of builds) {
  test(`a key gets the sequence of its entry, in memtable and log alike (${build})`, () => {
    const shard = shardOf({ build });
    const sequenced = { kind: PUT, key: recordKey(), flags: ENTRY_SEQUENCED };
    for (let round = 0; round < 500; round++) {
      const entries = [
        { kind: PUT, key: a, value: valueOf(`${round}`) },
        { ...sequenced, value: valueOf(`first ${round}`) },
        { ...sequenced, value: valueOf(`second ${round}`) },
      ];
      assert.equal(shard.apply({ entries }), OK);
      assert.equal(shard.sequence, 3 * round + 3);
    }
    const again = shardOf({ build, seed: 99 });
    for (const record of shard.take(1e9).records) {
      assert.ok(record.entries.every(({ flags }) => flags === 0));
      assert.equal(again.replay(record.bytes), OK);
    }
    for (const each of [shard, again]) {
      for (let round = 0; round < 500; round++) {
        const first = each.get(recordKey(3 * round + 2));
        assert.equal(text(first as Uint8Array), `first ${round}`);
        assert.equal(each.sequence, 3 * round + 2);
        assert.equal(text(each.get(recordKey(3 * round + 3)) as Uint8Array), `second ${round}`);
      }
      assert.equal(each.get(recordKey(3 * 7 + 1)), NOT_FOUND, 'that sequence is of another key');
      assert.equal(each.stats().activeEntries, 1001);
      each.integrity();
    }
  });

  test(`beside shapes and checks the sequence is that of what is recorded (${build})`, () => {
    const shard = shardOf({ build });
    const shape = { kind: SHAPE, value: namesOf('pk') };
    const shaped = { kind: PUT, flags: ENTRY_SHAPED, shapeRef: 0, value: new Uint8Array(8) };
    for (const [round, sequence] of [3, 5].entries()) {
      const entries = [
        shape,
        { ...shaped, key: a },
        { kind: CHECK, key: keyOf('b') },
        { ...shaped, key: recordKey(), flags: ENTRY_SHAPED | ENTRY_SEQUENCED },
      ];
      assert.equal(shard.apply({ entries }), OK, `round ${round}`);
      assert.notEqual(shard.get(recordKey(sequence)), NOT_FOUND, `sequence ${sequence}`);
      assert.equal(shard.sequence, sequence);
    }
    shard.integrity();
  });

  test(`only what is written, under a key with room for it, can be sequenced (${build})`, () => {
    const shard = shardOf({ build });
    for (const [kind, bytes, status] of [
      [PUT, 7, BAD_INPUT],
      [CHECK, 20, BAD_INPUT],
      [DELETE, 20, OK],
      [PUT, 8, OK],
    ] as const) {
      const entries = [{ kind, key: recordKey().subarray(0, bytes), flags: ENTRY_SEQUENCED }];
      assert.equal(shard.apply({ entries }), status);
    }
  });
}
