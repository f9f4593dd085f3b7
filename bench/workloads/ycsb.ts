/**
 * A YCSB client for one store: workloads A-F of Cooper et al. (SoCC 2010), plus uniform `get` and
 * `put`.
 *
 *   A  50 % read, 50 % update      D  95 % read of the latest, 5 % insert
 *   B  95 % read,  5 % update      E  95 % short scan, 5 % insert
 *   C  read only                   F  50 % read, 50 % read-modify-write
 *
 * Updates write the whole item with one field changed. The same seed gives every store the same
 * requests.
 */
import { performance } from 'node:perf_hooks';
import type { Item } from '../data/items.js';
import { Random } from '../data/random.js';
import { Zipfian } from '../data/zipfian.js';
import type { Store } from '../rivals/store.js';

export const WORKLOADS = ['get', 'put', 'A', 'B', 'C', 'D', 'E', 'F'] as const;
export type WorkloadName = (typeof WORKLOADS)[number];
export const READ_ONLY: readonly WorkloadName[] = ['get', 'C'];

const SCAN_ITEMS_MAX = 100;

export class YcsbClient {
  readonly #random: Random;
  readonly #zipfian: Zipfian;
  readonly #make: (index: number) => Item;
  readonly #loaded: number;
  #inserted: number;
  #version = 0;

  constructor(count: number, make: (index: number) => Item, seed: number) {
    this.#random = new Random(seed + 1);
    this.#zipfian = new Zipfian(count, seed + 2);
    this.#make = make;
    this.#loaded = count;
    this.#inserted = count;
  }

  /** Keeps `depth` operations in flight for `timeMs`; milliseconds that each took. */
  async run(
    store: Store,
    workload: WorkloadName,
    { depth, timeMs }: { depth: number; timeMs: number },
  ): Promise<Float64Array> {
    const took: number[] = [];
    const deadline = performance.now() + timeMs;
    const lane = async (): Promise<void> => {
      for (let now = performance.now(); now < deadline; ) {
        await this.#operation(store, workload);
        const end = performance.now();
        took.push(end - now);
        now = end;
      }
    };
    await Promise.all(Array.from({ length: depth }, lane));
    return Float64Array.from(took);
  }

  #operation(store: Store, workload: WorkloadName): Promise<unknown> {
    const chance = this.#random.fraction();
    switch (workload) {
      case 'get':
        return this.#read(store, this.#random.below(this.#loaded));
      case 'put':
        return this.#update(store, this.#random.below(this.#loaded));
      case 'A':
        return chance < 0.5 ? this.#readPopular(store) : this.#update(store, this.#zipfian.index());
      case 'B':
        return chance < 0.95
          ? this.#readPopular(store)
          : this.#update(store, this.#zipfian.index());
      case 'C':
        return this.#readPopular(store);
      case 'D':
        return chance < 0.95 ? this.#readLatest(store) : this.#insert(store);
      case 'E':
        return chance < 0.95 ? this.#shortScan(store) : this.#insert(store);
      case 'F':
        return chance < 0.5 ? this.#readPopular(store) : this.#readModifyWrite(store);
    }
  }

  async #read(store: Store, index: number): Promise<Item> {
    const { pk, sk } = this.#make(index);
    const item = await store.get(store.key(pk, sk));
    if (!item) throw new Error(`${store.name} has no item ${pk} ${sk}`);
    return item;
  }

  #readPopular(store: Store): Promise<Item> {
    return this.#read(store, this.#zipfian.index());
  }

  /** Recent inserts may still be under way: an absent item is a legal answer here. */
  #readLatest(store: Store): Promise<Item | undefined> {
    const { pk, sk } = this.#make(this.#zipfian.latest(this.#inserted));
    return store.get(store.key(pk, sk));
  }

  #update(store: Store, index: number): Promise<void> {
    const item = this.#make(index);
    item.field0 = `version ${this.#version++} of an item that is written again and again`;
    return store.put(store.key(item.pk, item.sk), item);
  }

  #insert(store: Store): Promise<void> {
    const item = this.#make(this.#inserted++);
    return store.put(store.key(item.pk, item.sk), item);
  }

  #shortScan(store: Store): Promise<number> {
    const { pk, sk } = this.#make(this.#zipfian.index());
    return store.query(pk, sk, 1 + this.#random.below(SCAN_ITEMS_MAX));
  }

  async #readModifyWrite(store: Store): Promise<void> {
    const item = await this.#readPopular(store);
    item.field1 = `changed ${this.#version++} times so far, counting every item of this store`;
    await store.put(store.key(item.pk, item.sk), item);
  }
}
