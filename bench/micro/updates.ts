// What a conditional update of one number costs beside a put of the whole item, in one process without the disk:
// short rounds take turns, so a noisy machine slows both alike. Prints minimum and median nanoseconds a call.
//
//   node --import tsx bench/micro/updates.ts [--count 50000] [--rounds 15] [--depth 1000] [--only update|put]
//     [--memtables]
//
// The rounds begin with everything in tables; with --memtables they do not.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { makeItems } from '../data/items.js';
import type { Item } from '../data/items.js';
import { randomOrder } from '../data/random.js';
import { createFerrite, TABLE } from '../rivals/ferrite.js';
import { inFlight } from '../rivals/store.js';

const { values: flags } = parseArgs({
  options: {
    count: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '15' },
    depth: { type: 'string', default: '1000' },
    only: { type: 'string' },
    memtables: { type: 'boolean', default: false },
  },
});
const [count, rounds, depth] = [flags.count, flags.rounds, flags.depth].map(Number) as [
  number,
  number,
  number,
];
const NS_PER_MS = 1e6;

const folder = mkdtempSync(join(tmpdir(), 'ferrite-updates-'));
const store = await createFerrite(folder, { durability: 'relaxed', memoryMb: 2048 });
const { db, table } = store;
const items = makeItems('standard', count, 20240229);
const order = randomOrder(count, 7);
const itemAt = (i: number): Item => items[order[i] as number] as Item;
await store.load(count, (i) => items[i] as Item);

const calls: Readonly<Record<string, (i: number) => Promise<unknown>>> = {
  put: (i) => table.put(itemAt(i)),
  update: (i) => {
    const { pk, sk, gift } = itemAt(i);
    return db.update({
      TableName: TABLE,
      Key: { pk, sk },
      UpdateExpression: 'SET quantity = quantity + :one',
      ConditionExpression: 'gift = :gift',
      ExpressionAttributeValues: { ':one': 1, ':gift': gift },
    });
  },
};
const names = Object.keys(calls).filter((name) => flags.only === undefined || name === flags.only);
const times = new Map<string, number[]>(names.map((name) => [name, []]));
const ran = new Map<string, number[]>(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const name of names) {
    const [start, ranFrom] = [performance.now(), ranNs()];
    await inFlight(count, depth, calls[name] as (i: number) => Promise<unknown>);
    times.get(name)?.push(((performance.now() - start) * NS_PER_MS) / count);
    ran.get(name)?.push((ranNs() - ranFrom) / count);
    if (!flags.memtables) await db.flush();
  }
}
for (const name of names) {
  const [took, processor] = [times, ran].map((all) => spread(all.get(name) as number[]));
  console.log(`${name.padEnd(8)} ${took}; processor time of this thread: ${processor}`);
}
await store.close();
rmSync(folder, { recursive: true, force: true });

function spread(all: number[]): string {
  all.sort((a, b) => a - b);
  const [least, median] = [all[0] as number, all[all.length >> 1] as number];
  return `minimum ${least.toFixed(0)} ns, median ${median.toFixed(0)} ns`;
}

/** Nanoseconds that this thread has run, which is the main one. */
function ranNs(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);
}
