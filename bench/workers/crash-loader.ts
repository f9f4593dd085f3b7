/** Child of E9: fills a store, says so when every item is acknowledged, and waits to be killed. */
import { makeItems } from '../data/items.js';
import type { Item } from '../data/items.js';
import { createStore } from '../rivals/rivals.js';
import type { RivalName } from '../rivals/rivals.js';

/** No longer than any parent would need to kill us. */
const WAIT_MS = 60_000;

const [rival, folder, count, seed, memoryMb] = process.argv.slice(2) as [
  RivalName,
  string,
  string,
  string,
  string,
];
const store = await createStore(rival, folder, { durability: 'sync', memoryMb: Number(memoryMb) });
const items = makeItems('standard', Number(count), Number(seed));
await store.load(items.length, (i) => items[i] as Item);
process.send?.({ loaded: items.length });
setTimeout(() => process.exit(1), WAIT_MS);
