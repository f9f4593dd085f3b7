// The integrity walk: silent on a sound shard, also while it is written to; loud about each kind of
// damage.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONTINUE,
  CORRUPT,
  OK,
  Random,
  type Shard,
  builds,
  keyOf,
  seedOf,
  shardOf,
  valueOf,
} from './harness.js';

const PAGE_BITMAP_AT = 131072 + 32768 + 98304 + 262144;
const PAGE_TABLE_AT = 131072 + 32768 + 98304;
const RING_AT = 1703936;
const WRITE_AT = 65536 + 512;

function filled(build: 'release' | 'checked'): Shard {
  const shard = shardOf({ build });
  for (let index = 0; index < 3000; index++) {
    assert.equal(shard.put(keyOf(`u${index % 50}`, `${index}`), valueOf(`value ${index}`)), OK);
  }
  return shard;
}

/** The phase that finds the damage, 0 if none does. */
function damagedPhase(shard: Shard): number {
  let status = shard.core.integrity(0);
  while (status === CONTINUE) status = shard.core.integrity(1);
  assert.ok(status === OK || status === CORRUPT, `${status}`);
  return status === OK ? 0 : shard.count;
}

/** Address of the entry of a key, found by its bytes. */
function entryOf(shard: Shard, key: Uint8Array): number {
  const active = shard.view.getUint32(WRITE_AT + 16, true);
  const at = Buffer.from(shard.bytes.buffer, active).indexOf(Buffer.from(key));
  assert.ok(at > 0);
  return active + at - 16;
}

for (const build of builds) {
  test(`a walk over a shard that is written to meanwhile ends well (${build})`, () => {
    const random = new Random(seedOf());
    console.log(`# seed ${random.seed}`);
    const shard = filled(build);
    const writer = shard.sibling(1);
    let steps = 0;
    let status = shard.core.integrity(0);
    while (status === CONTINUE) {
      steps++;
      for (let writes = random.below(20); writes > 0; writes--) {
        writer.put(keyOf(`u${random.below(100)}`, `${random.below(9000)}`), random.bytes(100));
      }
      const roll = random.below(40);
      if (roll === 0) writer.core.freeze();
      if (roll === 1) writer.core.frozenDrop();
      if (roll === 2) writer.take(9).done();
      status = shard.core.integrity(1);
    }
    assert.equal(status, OK, `phase ${shard.count}`);
    assert.ok(steps > 20);
    shard.integrity();
  });

  test(`each kind of damage is found, by the phase that looks for it (${build})`, () => {
    const key = keyOf('u7', '7');
    const damages: [string, number[], (shard: Shard) => void][] = [
      [
        'a key that changed',
        [1],
        (shard) => {
          shard.bytes[entryOf(shard, key) + 16 + 12]! ^= 0x40;
        },
      ],
      [
        'an entry of no kind',
        [1],
        (shard) => {
          shard.bytes[entryOf(shard, key) + 10] = 7;
        },
      ],
      [
        'a value past the pages',
        [1],
        (shard) => {
          shard.view.setUint32(entryOf(shard, key) + 12, 0x7f000000, true);
        },
      ],
      [
        'a sequence from the future',
        [1],
        (shard) => {
          shard.bytes[entryOf(shard, key) + 5] = 1;
        },
      ],
      [
        'an entry more than there are',
        [1],
        (shard) => {
          const active = shard.view.getUint32(WRITE_AT + 16, true);
          shard.view.setUint32(active + 60, shard.view.getUint32(active + 60, true) + 1, true);
        },
      ],
      [
        'a page in use marked free',
        [5],
        (shard) => {
          shard.bytes[PAGE_BITMAP_AT]! ^= 1;
        },
      ],
      [
        'a page of another kind',
        [5],
        (shard) => {
          const last = shard.stats().pageCount! - 1;
          shard.bytes[PAGE_TABLE_AT + (last << 4) + 14] = 2;
        },
      ],
      [
        'a log record of length 0',
        [6],
        (shard) => {
          shard.view.setUint32(RING_AT, 0, true);
        },
      ],
      [
        'a log record out of order',
        [6],
        (shard) => {
          const second = RING_AT + shard.view.getUint32(RING_AT, true);
          shard.view.setUint32(second + 8, 2999, true);
        },
      ],
    ];
    for (const [what, phases, damage] of damages) {
      const shard = filled(build);
      assert.equal(damagedPhase(shard), 0);
      damage(shard);
      assert.ok(phases.includes(damagedPhase(shard)), `${what}: phase ${damagedPhase(shard)}`);
      assert.equal(shard.poisonCode(), 0);
    }
  });
}
