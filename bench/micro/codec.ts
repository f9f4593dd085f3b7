// Measures the codec on the standard items of PERFORMANCE.md: encode and decode of one item on
// shared memory, medians of several rounds with minimum and maximum, in nanoseconds.
//
//   node --import tsx bench/micro/codec.ts

import { performance } from 'node:perf_hooks';
import { decodeItem } from '../../host/core/codec/item-decoder.js';
import { ShapeCache } from '../../host/core/codec/shape-cache.js';
import type { ShapeCodec } from '../../host/core/codec/shape-codec.js';
import { writeKeyComponent } from '../../host/core/key-writer.js';

const ITEMS = 4096;
const SLOT_BYTES = 2048;
const ROUNDS = 300;
const CALLS_PER_ROUND = 4_000;
const STATUSES = ['pending', 'shipped', 'delivered'];

type Item = Record<string, unknown>;

function standardItem(i: number): Item {
  return {
    pk: `USER#${i % 997}`,
    sk: `ORDER#${String(i).padStart(8, '0')}`,
    status: STATUSES[i % 3],
    amount: (((i * 37) % 100000) + 1) / 100,
    quantity: i % 50,
    paid: i % 2 === 0,
    note: 'leave it at the back door',
    tags: ['gift', 'express', `zone-${i % 9}`],
  };
}

function nestedItem(i: number): Item {
  return Object.assign(standardItem(i), {
    address: {
      street: '1 Long Road',
      city: 'Springfield',
      zip: String(10000 + i),
      geo: { lat: 51.5, lon: -0.12 },
    },
    lines: [
      { sku: `SKU-${i}`, price: 12.5, count: 2 },
      { sku: `SKU-${i + 1}`, price: 3.99, count: 1 },
    ],
  });
}

function kilobyteItem(i: number): Item {
  const more = { at: 1_700_000_000_000 + i * 7, body: 'x'.repeat(700), blob: new Uint8Array(100) };
  return Object.assign(standardItem(i), more);
}

/** Each of these has a hidden class of its own in Node 20. */
function spreadItem(i: number): Item {
  return { ...standardItem(i), version: i, extra: true };
}

function time(name: string, call: (i: number) => unknown): void {
  const sink: unknown[] = new Array(1024);
  for (let i = 0; i < CALLS_PER_ROUND; i++) sink[i & 1023] = call(i & (ITEMS - 1));
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < CALLS_PER_ROUND; i++) sink[i & 1023] = call((i * 31) & (ITEMS - 1));
    rounds.push(((performance.now() - start) * 1e6) / CALLS_PER_ROUND);
  }
  rounds.sort((a, b) => a - b);
  const [median, min, max] = [rounds[ROUNDS >> 1], rounds[0], rounds[ROUNDS - 1]].map((ns) =>
    ns.toFixed(0),
  );
  console.log(`${name.padEnd(34)} ${median.padStart(6)} ns  (${min} - ${max})`);
}

const u8 = new Uint8Array(new SharedArrayBuffer(ITEMS * SLOT_BYTES + SLOT_BYTES));
const scratch = ITEMS * SLOT_BYTES;
const cache = new ShapeCache();

const kinds = {
  standard: standardItem,
  nested: nestedItem,
  kilobyte: kilobyteItem,
  spread: spreadItem,
};
for (const [name, make] of Object.entries(kinds)) {
  const items = Array.from({ length: ITEMS }, (_, i) => make(i));
  const lengths = new Uint32Array(ITEMS);
  const codec = cache.codecOf(items[0]) as ShapeCodec;
  const shapes = [codec];
  items.forEach((item, i) => {
    lengths[i] = codec.encode(u8, i * SLOT_BYTES, (i + 1) * SLOT_BYTES, item, 0);
  });
  console.log(
    `${name} item: ${lengths[0]} bytes encoded, ${JSON.stringify(items[0]).length} as JSON`,
  );
  time(`${name}: encode`, (i) => codec.encode(u8, scratch, scratch + SLOT_BYTES, items[i], 0));
  time(`${name}: find codec and encode`, (i) => {
    const found = cache.codecOf(items[i]) as ShapeCodec;
    return found.encode(u8, scratch, scratch + SLOT_BYTES, items[i], 0);
  });
  time(`${name}: decode`, (i) => decodeItem(u8, i * SLOT_BYTES, lengths[i], (id) => shapes[id]));
}

const texts = Array.from({ length: ITEMS }, (_, i) => `ORDER#${String(i).padStart(19, '0')}`);
time('key component, 25 characters', (i) => writeKeyComponent(u8, scratch, 'S', texts[i]));
time('key component, integer', (i) => writeKeyComponent(u8, scratch, 'N', i * 1009));
time('key component, fraction', (i) => writeKeyComponent(u8, scratch, 'N', i + 0.25));
