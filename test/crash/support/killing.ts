// Rounds of: a child under load on a real folder, killed with SIGKILL at a random moment; the folder opened with other
// options, everything read, every acknowledged write there.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openEngine } from '../../../host/engine/open-engine.js';
import type { LsmStore } from '../../../host/engine/lsm-store.js';
import { systemRandom } from '../../../host/random.js';
import type { Item } from '../../../host/table/item-types.js';
import { below } from '../../io/support/random.js';
import { fingerprint } from './expected-state.js';
import { KEYS, loadWrite, randomSettings, type Order } from './load.js';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const OPEN_MS_MAX = 30_000;

export interface KillTotals {
  rounds: number;
  acknowledged: number;
}

export class KillRounds {
  readonly totals: KillTotals = { rounds: 0, acknowledged: 0 };
  readonly #folder: string;
  readonly #seed: number;
  readonly #random: () => number;
  readonly #shards: number;
  /** By key: the item that was there after the last round. */
  #items = new Map<string, Item | undefined>();
  #first = 1;

  constructor(folder: string, seed: number, random: () => number) {
    this.#folder = folder;
    this.#seed = seed;
    this.#random = random;
    this.#shards = 2 ** below(random, 4);
  }

  /** One round; the load lasts up to `loadMs`. */
  async round(loadMs: number): Promise<void> {
    const order: Order = {
      folder: this.#folder,
      seed: this.#seed,
      first: this.#first,
      inFlight: 1 + below(this.#random, 300),
      settings: randomSettings(this.#random, this.#shards),
    };
    const acknowledged = await killUnderLoad(order, 20 + below(this.#random, loadMs));
    const settings = randomSettings(this.#random, this.#shards);
    const store = await openEngine(this.#folder, {
      ...settings,
      durability: 'sync',
      random: systemRandom,
    });
    try {
      this.#items = await this.#verify(store, order, acknowledged);
    } finally {
      await store.close();
    }
    this.totals.rounds++;
    this.totals.acknowledged += acknowledged.length;
    this.#first = order.first + 10_000_000;
  }

  /** Each key has its last acknowledged write, or a later one that was under way. */
  async #verify(
    store: LsmStore,
    order: Order,
    acknowledged: readonly number[],
  ): Promise<Map<string, Item | undefined>> {
    const table = store.catalog()[0];
    const found = new Map<string, Item | undefined>();
    if (table === undefined) {
      assert.equal(acknowledged.length, 0, 'the table is gone');
      return found;
    }
    const lastOf = new Map<string, number>();
    for (const n of acknowledged) {
      const text = JSON.stringify(loadWrite(order.seed, n).key);
      lastOf.set(text, Math.max(n, lastOf.get(text) ?? 0));
    }
    const issued = Math.max(order.first, ...acknowledged) + 2 * order.inFlight + 1;
    const later = this.#writesByKey(order, issued);
    for (let id = 0; id < KEYS; id++) {
      const key = { pk: `p${id % 13}`, sk: id };
      const text = JSON.stringify(key);
      const item = store.getSync(table, key);
      found.set(text, item);
      const last = lastOf.get(text);
      const possible = (later.get(text) ?? [])
        .filter((n) => n >= (last ?? 0))
        .map((n) => loadWrite(order.seed, n).item);
      if (last === undefined) possible.push(this.#items.get(text));
      const fits = possible.some((each) => itemText(each) === itemText(item));
      assert.ok(fits, `key ${text}: write ${last} was acknowledged, found is ${itemText(item)}`);
    }
    const options = { bytesMax: 2 ** 30, consistent: true, select: 'items' } as const;
    const { items } = await store.page(table, { kind: 'scan' }, options);
    const there = [...found.values()].filter((item) => item !== undefined);
    assert.equal(items.length, there.length, 'a scan gives what the gets give');
    return found;
  }

  #writesByKey(order: Order, end: number): Map<string, number[]> {
    const writes = new Map<string, number[]>();
    for (let n = order.first; n < end; n++) {
      const text = JSON.stringify(loadWrite(order.seed, n).key);
      writes.set(text, [...(writes.get(text) ?? []).slice(-400), n]);
    }
    return writes;
  }
}

function itemText(item: Item | undefined): string {
  return item === undefined ? 'nothing' : fingerprint(item);
}

/** Runs a child and kills it that long after its first acknowledgement; returns all of those it reported. */
function killUnderLoad(order: Order, afterMs: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let complained = '';
    let timer = setTimeout(() => child.kill('SIGKILL'), OPEN_MS_MAX);
    child.stdout.on('data', (text: Buffer) => {
      if (said === '') {
        clearTimeout(timer);
        timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
      }
      said += text.toString('latin1');
    });
    child.stderr.on('data', (text: Buffer) => (complained += text.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL')
        return reject(new Error(`the child ended with ${code ?? signal}: ${complained}`));
      // The last line may have been cut by the kill.
      const lines = said.split('\n').slice(0, -1);
      resolve(lines.filter((line) => line !== '*').map(Number));
    });
  });
}
