// A process under load that waits to be killed. Says the number of each acknowledged write, one a line, `*` when it
// flushes or compacts.

import { openEngine } from '../../../host/engine/open-engine.js';
import { systemRandom } from '../../../host/random.js';
import { below, seededRandom } from '../../io/support/random.js';
import { loadTable, loadWrite, type Order } from './load.js';

const order = JSON.parse(process.argv[2]) as Order;
const random = seededRandom(order.seed + order.first);
void run();

async function run(): Promise<void> {
  const store = await openEngine(order.folder, {
    ...order.settings,
    durability: 'sync',
    random: systemRandom,
  });
  const table = store.catalog()[0] ?? (await store.createKeyspace(loadTable()));
  let next = order.first;
  let waiting = 0;
  const write = (): void => {
    const n = next++;
    const { key, item } = loadWrite(order.seed, n);
    waiting++;
    const done = item === undefined ? store.delete(table, key) : store.put(table, item);
    void done.then(() => {
      process.stdout.write(`${n}\n`);
      waiting--;
    });
  };
  for (;;) {
    while (waiting < order.inFlight) write();
    await new Promise((resolve) => setImmediate(resolve));
    if (below(random, 3_000) === 0) void store.flush().then(() => process.stdout.write('*\n'));
    if (below(random, 9_000) === 0) void store.compact().then(() => process.stdout.write('*\n'));
  }
}
