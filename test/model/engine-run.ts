// One run of random operations on the engine and on the model, compared answer by answer.
//
// The operations follow from the seed alone, so every set of options meets the same list. What differs is when memtables
// are flushed, how many shards and levels there are, and which blocks are cached: none of it may show in an answer.

import assert from 'node:assert/strict';
import type { InlineEngine } from '../../host/engine/inline-engine.js';
import {
  TransactionCancelled,
  type Change,
  type Page,
  type PageOptions,
  type StoredTable,
  type WriteRequest,
} from '../../host/engine/store.js';
import type { Item, KeyValue } from '../../host/table/item-types.js';
import { keyOfItem } from '../../host/table/key-schema.js';
import { SimulatedFileSystem } from '../../io/disk/simulated-file-system.js';
import { drive, kill, openEngineOn, type EngineShape } from '../crash/support/engine.js';
import { fingerprint, keyTextOf } from '../crash/support/expected-state.js';
import { POWER_CUTS } from '../crash/support/exploration.js';
import { checkEngine } from '../crash/support/integrity.js';
import {
  defineTable,
  randomItem,
  randomKey,
  randomQuery,
  SCHEMAS,
  type Seeded,
} from '../crash/support/tables.js';
import { below, seededRandom } from '../io/support/random.js';
import { expectSame, expectSamePage, sorted } from './comparison.js';
import { MemoryStore } from './memory-store.js';
import { type Operation, pickOperation } from './operations.js';

interface Pair {
  readonly engine: StoredTable;
  readonly model: StoredTable;
}

/** A write that a crash may have taken. */
interface Unsure {
  readonly pair: Pair;
  readonly item: Item;
  readonly deleted: boolean;
}

export interface RunCounts {
  operations: number;
  crashes: number;
  rows: number;
}

export class EngineRun {
  readonly counts: RunCounts = { operations: 0, crashes: 0, rows: 0 };
  readonly #random: Seeded;
  /** Chance that differs between the sets of options without changing the list of operations. */
  readonly #chance: Seeded;
  readonly #shape: EngineShape;
  readonly #model = new MemoryStore();
  readonly #pairs = new Map<string, Pair>();
  #disk = new SimulatedFileSystem();
  #engine!: InlineEngine;

  constructor(seed: number, shape: EngineShape) {
    this.#random = seededRandom(seed);
    this.#chance = seededRandom(seed + 1);
    this.#shape = shape;
  }

  async run(operations: number): Promise<void> {
    await this.#open();
    await this.#create();
    await this.#create();
    for (; this.counts.operations < operations; this.counts.operations++) {
      const operation = pickOperation(this.#random);
      try {
        await this.#perform(operation);
      } catch (error) {
        if (error instanceof Error)
          error.message = `operation ${this.counts.operations}, ${operation}: ${error.message}`;
        throw error;
      }
    }
    await this.#compareAll();
    await this.#engine.store.close();
  }

  async #perform(operation: Operation): Promise<void> {
    const pair = [...this.#pairs.values()][below(this.#random, this.#pairs.size)];
    const engine = this.#engine;
    switch (operation) {
      case 'put':
      case 'delete':
        return this.#write(pair, operation === 'delete', false);
      case 'replace':
      case 'remove':
        return this.#write(pair, operation === 'remove', true);
      case 'get':
        return this.#get(pair);
      case 'query':
        return this.#query(pair);
      case 'scan':
        return this.#scan(pair);
      case 'segments':
        return this.#segments(pair);
      case 'transact':
        return this.#transact();
      case 'transactGet':
        return this.#transactGet();
      case 'burst': {
        const writes = this.#unsureWrites();
        for (const { done } of writes) await drive(engine, done);
        for (const { unsure } of writes) await this.#apply(unsure);
        return;
      }
      case 'rest':
        engine.turn();
        engine.keeper.rest();
        return;
      case 'flush':
        return drive(engine, engine.store.flush());
      case 'compact':
        return drive(engine, engine.store.compact());
      case 'create':
        return this.#create();
      case 'drop':
        return this.#drop(pair);
      case 'reopen':
        await engine.store.close();
        await this.#open();
        return this.#compareAll();
      case 'crash':
        return this.#crash();
    }
  }

  async #open(): Promise<void> {
    this.#engine = await openEngineOn(this.#disk, this.#chance, this.#shape);
    const there = this.#engine.store.catalog();
    assert.equal(there.length, this.#pairs.size, 'as many tables as before');
    for (const [name, { model }] of this.#pairs) {
      const engine = there.find((table) => table.tableId === model.tableId);
      assert.ok(engine !== undefined, `table ${name} is there`);
      this.#pairs.set(name, { engine, model });
    }
  }

  async #create(): Promise<void> {
    const free = Object.keys(SCHEMAS).filter((name) => !this.#pairs.has(name));
    if (free.length === 0) return;
    const definition = defineTable(free[below(this.#random, free.length)], this.#random);
    const engine = await drive(this.#engine, this.#engine.store.createKeyspace(definition));
    this.#pairs.set(definition.name, {
      engine,
      model: await this.#model.createKeyspace(definition),
    });
  }

  async #drop({ engine, model }: Pair): Promise<void> {
    if (this.#pairs.size < 3) return;
    await drive(this.#engine, this.#engine.store.dropKeyspace(engine.id));
    await this.#model.dropKeyspace(model.id);
    this.#pairs.delete(model.name);
    await assert.rejects(this.#engine.store.put(engine, {}), { name: 'ResourceNotFoundException' });
  }

  async #write({ engine, model }: Pair, deleted: boolean, returnOld: boolean): Promise<void> {
    const { store } = this.#engine;
    const item = this.#item(engine, deleted);
    const options = { returnOld };
    const done = deleted ? store.delete(engine, item, options) : store.put(engine, item, options);
    const old = await drive(this.#engine, done);
    const expected = deleted
      ? this.#model.delete(model, item, options)
      : this.#model.put(model, item, options);
    expectSame(old, await expected, 'the old item');
  }

  #item({ key }: StoredTable, deleted: boolean): Item {
    const random = this.#random;
    if (deleted) return randomKey(key, random);
    const largeBytes = random() < 0.2 ? 400_000 : 60_000;
    return randomItem(key, random, largeBytes);
  }

  async #get({ engine, model }: Pair): Promise<void> {
    const { store } = this.#engine;
    const key = randomKey(engine.key, this.#random);
    const expected = await this.#model.get(model, key, true);
    expectSame(store.getSync(engine, key), expected, 'getSync');
    expectSame(
      await drive(this.#engine, store.get(engine, key, this.#random() < 0.5)),
      expected,
      'get',
    );
  }

  async #query({ engine, model }: Pair): Promise<void> {
    const random = this.#random;
    const range = randomQuery(engine.key, random);
    const options: PageOptions = {
      bytesMax: random() < 0.3 ? 1 + below(random, 2_000) : 1_048_576,
      limit: random() < 0.5 ? 1 + below(random, 12) : undefined,
      reverse: random() < 0.5,
      startKey:
        random() < 0.3
          ? this.#startKey(engine, range.kind === 'query' ? range.partition : '')
          : undefined,
      consistent: random() < 0.3,
      select: random() < 0.2 ? 'count' : 'items',
      filter: random() < 0.2 ? (item) => item.find('text') >= 0 : undefined,
      project: random() < 0.2 ? (item) => ({ n: item.value('n') as number }) : undefined,
    };
    const page = await drive(this.#engine, this.#engine.store.page(engine, range, options));
    const count = await drive(this.#engine, this.#engine.store.count(engine, range));
    assert.equal(count, await this.#model.count(model, range), 'rows of the range');
    expectSamePage(
      page,
      await this.#model.page(model, range, options),
      JSON.stringify({ range, options }),
    );
  }

  #startKey({ key }: StoredTable, partition: KeyValue): Item {
    return { ...randomKey(key, this.#random), [key.partition.name]: partition };
  }

  async #scan({ engine, model }: Pair): Promise<void> {
    const random = this.#random;
    const limit = random() < 0.5 ? 1 + below(random, 20) : undefined;
    const rows = await this.#rows(engine, {
      bytesMax: 1 + below(random, 50_000),
      limit,
      consistent: random() < 0.5,
    });
    assert.deepEqual(rows, await this.#modelRows(model));
  }

  async #segments({ engine, model }: Pair): Promise<void> {
    const totalSegments = 1 + below(this.#random, 9);
    const rows = new Map<string, string>();
    for (let segment = 0; segment < totalSegments; segment++) {
      const options = { bytesMax: 20_000, consistent: false };
      for (const [key, value] of await this.#rows(engine, options, {
        kind: 'scan',
        segment,
        totalSegments,
      })) {
        assert.ok(!rows.has(key), 'no row is in two segments');
        rows.set(key, value);
      }
    }
    assert.deepEqual(sorted(rows), await this.#modelRows(model));
  }

  /** All rows of a scan, page by page. */
  async #rows(
    table: StoredTable,
    options: Omit<PageOptions, 'select'>,
    range: { kind: 'scan'; segment?: number; totalSegments?: number } = { kind: 'scan' },
  ): Promise<Map<string, string>> {
    const { store } = this.#engine;
    const rows = new Map<string, string>();
    let startKey: Item | undefined;
    do {
      const page: Page = await drive(
        this.#engine,
        store.page(table, range, { ...options, startKey, select: 'items' }),
      );
      assert.ok(page.items.length <= (options.limit ?? Infinity));
      for (const item of page.items) {
        assert.ok(!rows.has(keyTextOf(table.key, item)), 'no row comes twice');
        rows.set(keyTextOf(table.key, item), fingerprint(item));
        if (range.segment === undefined || range.totalSegments === undefined) continue;
        assert.equal(store.segmentOf(table, item, range.totalSegments), range.segment);
      }
      startKey = page.lastKey;
    } while (startKey !== undefined);
    return sorted(rows);
  }

  async #modelRows(table: StoredTable): Promise<Map<string, string>> {
    const options = { bytesMax: Infinity, consistent: true, select: 'items' } as const;
    const { items } = await this.#model.page(table, { kind: 'scan' }, options);
    this.counts.rows += items.length;
    return sorted(new Map(items.map((item) => [keyTextOf(table.key, item), fingerprint(item)])));
  }

  async #compareAll(): Promise<void> {
    for (const { engine, model } of this.#pairs.values()) {
      const rows = await this.#rows(engine, { bytesMax: 100_000, consistent: true });
      assert.deepEqual(rows, await this.#modelRows(model), `the rows of ${model.name}`);
      const figures = await this.#engine.store.tableFigures(engine);
      assert.deepEqual(figures, this.#model.tableFigures(model), `the figures of ${model.name}`);
    }
    await checkEngine(this.#engine, this.#disk);
  }

  /** Keys of any tables, none twice. */
  #places(count: number): { pair: Pair; key: Item }[] {
    const pairs = [...this.#pairs.values()];
    const places = new Map<string, { pair: Pair; key: Item }>();
    for (; count > 0; count--) {
      const pair = pairs[below(this.#random, pairs.length)];
      const key = randomKey(pair.engine.key, this.#random);
      places.set(`${pair.engine.id} ${keyTextOf(pair.engine.key, key)}`, { pair, key });
    }
    return [...places.values()];
  }

  /** Writes of all kinds together, now and then one that refuses, or a token that was sent before. */
  async #transact(): Promise<void> {
    const random = this.#random;
    const actions = this.#places(1 + below(random, 7)).map(({ pair, key }) => {
      const item = { ...this.#item(pair.engine, false), ...key };
      const kind = (['put', 'put', 'put', 'delete', 'keep'] as const)[below(random, 5)];
      return { pair, key, item, kind, refuses: random() < 0.04 };
    });
    const token = random() < 0.4 ? `${below(random, 30)}` : undefined;
    const options =
      token === undefined ? {} : { token: { text: token, digest: `${below(random, 2)}` } };
    const requestsOf = (side: keyof Pair): WriteRequest[] =>
      actions.map(({ pair, key, item, kind, refuses }) => ({
        table: pair[side],
        key,
        decide: (found): Change => {
          const before = found === undefined ? 'none' : fingerprint(found.decode() as Item);
          if (refuses) throw new Error(`refused: ${before}`);
          return kind === 'put' ? { kind, item: { ...item, seen: before.length } } : { kind };
        },
      }));
    const { store } = this.#engine;
    const found = await outcomeOf(
      drive(this.#engine, store.transact(requestsOf('engine'), options)),
    );
    assert.deepEqual(found, await outcomeOf(this.#model.transact(requestsOf('model'), options)));
  }

  async #transactGet(): Promise<void> {
    const places = this.#places(1 + below(this.#random, 8));
    const keysOf = (side: keyof Pair) =>
      places.map(({ pair, key }) => ({ table: pair[side], key }));
    const { store } = this.#engine;
    const found = await drive(this.#engine, store.transactGet(keysOf('engine')));
    const expected = await this.#model.transactGet(keysOf('model'));
    for (const [at, item] of found.entries()) expectSame(item, expected[at], 'transactGet');
  }

  /** Several writes at once, in any tables. */
  #unsureWrites(): { unsure: Unsure; done: Promise<unknown> }[] {
    const pairs = [...this.#pairs.values()];
    return Array.from({ length: 2 + below(this.#random, 20) }, () => {
      const pair = pairs[below(this.#random, pairs.length)];
      const deleted = this.#random() < 0.3;
      const item = this.#item(pair.engine, deleted);
      const { store } = this.#engine;
      const done = deleted ? store.delete(pair.engine, item) : store.put(pair.engine, item);
      done.catch(() => undefined); // awaited by who wants to know
      return { unsure: { pair, item, deleted }, done };
    });
  }

  async #apply({ pair: { model }, item, deleted }: Unsure): Promise<void> {
    if (deleted) await this.#model.delete(model, keyOfItem(model.key, item));
    else await this.#model.put(model, item);
  }

  /** The power goes while writes are under way: they are there up to some point, in the order of the calls. */
  async #crash(): Promise<void> {
    this.counts.crashes++;
    const stalls = this.#stalls();
    const unsure = this.#unsureWrites().map((each) => each.unsure);
    // A write that waits for memory lets later ones to other shards pass: then the order is that of each shard.
    const groups = this.#stalls() === stalls ? [unsure] : this.#byShard(unsure);
    const cut = POWER_CUTS[below(this.#chance, POWER_CUTS.length)];
    let image = this.#disk.crash(this.#chance, cut);
    if (this.#chance() < 0.7) image = this.#crashInTurn(cut) ?? image;
    kill(this.#engine);
    this.#disk = image;
    await this.#open();
    for (const group of groups) await this.#followTo(group);
    await this.#compareAll();
  }

  #stalls(): unknown {
    return this.#engine.store.stats().writeStalls;
  }

  #byShard(writes: readonly Unsure[]): Unsure[][] {
    const { store } = this.#engine;
    const shards = new Map<number, Unsure[]>();
    for (const write of writes) {
      const { pair, item } = write;
      const shard = store.segmentOf(pair.engine, item, store.attachment.shards.length);
      shards.set(shard, [...(shards.get(shard) ?? []), write]);
    }
    return [...shards.values()];
  }

  /** Takes the model to the point of the writes under way that the database has. */
  async #followTo(writes: readonly Unsure[]): Promise<void> {
    for (const each of [undefined, ...writes]) {
      if (each !== undefined) await this.#apply(each);
      if (this.#agreeOn(writes)) return;
    }
    assert.fail('no point in the writes under way gives what was found');
  }

  #agreeOn(writes: readonly Unsure[]): boolean {
    const text = (item: Item | undefined): string =>
      item === undefined ? 'none' : fingerprint(item);
    return writes.every(({ pair: { model }, item }) => {
      const engine = this.#pairs.get(model.name)?.engine;
      const key = keyOfItem(model.key, item);
      return (
        engine === undefined ||
        text(this.#engine.store.getSync(engine, key)) === text(this.#model.getSync(model, key))
      );
    });
  }

  /** The disk as it is after one of the operations of the next turn of the log, chosen at random. */
  #crashInTurn(cut: (typeof POWER_CUTS)[number]): SimulatedFileSystem | undefined {
    let image: SimulatedFileSystem | undefined;
    this.#disk.observe = ({ kind }) => {
      if (kind !== 'read' && this.#chance() < 0.6) image = this.#disk.crash(this.#chance, cut);
    };
    this.#engine.turn();
    this.#disk.observe = undefined;
    return image;
  }
}

/** What a transaction came to, in a form to compare. */
async function outcomeOf(transaction: Promise<unknown>): Promise<unknown> {
  try {
    return await transaction;
  } catch (error) {
    if (!(error instanceof TransactionCancelled)) return (error as Error).name;
    return error.faults.map((fault) =>
      fault?.kind === 'thrown' ? fault.error.message : fault?.kind,
    );
  }
}
