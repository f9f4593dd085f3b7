// Writes of one thread to one item, in the order of the calls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ItemOrder } from '../../../host/engine/item-order.js';

const keyOf = (i: number): Uint8Array => Buffer.from(`\x01USER#${i}\0ORDER#${i * 7}`, 'latin1');

test('of many keys exactly those that are held make others wait, whatever else is held and released', () => {
  const order = new ItemOrder();
  const held = new Map<number, () => void>();
  // More keys than places: they collide, and a release of one does not let go of another.
  for (let i = 0; i < 10_000; i += 2) held.set(i, order.hold(keyOf(i)));
  for (const [i, release] of held) {
    if (i % 4 !== 0) continue;
    release();
    held.delete(i);
  }
  for (let i = 0; i < 10_000; i++) {
    assert.equal(order.before(keyOf(i)) !== undefined, held.has(i), `key ${i}`);
  }
  for (const release of held.values()) release();
  assert.ok(order.idle);
});

test('who comes last waits for all holds of its key: an earlier release does not end the later hold', async () => {
  const order = new ItemOrder();
  const first = order.hold(keyOf(1));
  const waitsForFirst = order.before(keyOf(1));
  const second = order.hold(keyOf(1));
  first();
  await waitsForFirst;
  const waitsForSecond = order.before(keyOf(1));
  assert.ok(waitsForSecond !== undefined && waitsForSecond !== waitsForFirst);
  second();
  await waitsForSecond;
  assert.equal(order.before(keyOf(1)), undefined);
});
