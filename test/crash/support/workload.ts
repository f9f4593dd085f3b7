// A scripted life of a database: writes, groups of the log, flushes, compactions, tables made and dropped, clean closes.
// Every call is noted in the expected state when it is made and when it is acknowledged.

import assert from 'node:assert/strict';
import type { InlineEngine } from '../../../host/engine/inline-engine.js';
import type { StoredTable, TableDefinition } from '../../../host/engine/store.js';
import type { Item } from '../../../host/table/item-types.js';
import { keyOfItem } from '../../../host/table/key-schema.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { StorageError } from '../../../io/errors.js';
import { below } from '../../io/support/random.js';
import { drive, openEngineOn, type EngineShape } from './engine.js';
import { ExpectedState, fingerprint, keyTextOf, type Outcome } from './expected-state.js';
import { defineTable, randomItem, randomKey, SCHEMAS, type Seeded } from './tables.js';

export type Step =
  | 'burst'
  | 'rest'
  | 'flush'
  | 'compact'
  | 'create'
  | 'drop'
  | 'reopen'
  | 'background'
  | 'replace';

/** Each kind of step, at moments that differ from run to run. */
export function scriptOf(random: Seeded, steps: number): Step[] {
  const script: Step[] = ['create', 'create', 'burst'];
  const kinds: Step[] = [
    'flush',
    'rest',
    'background',
    'compact',
    'replace',
    'reopen',
    'drop',
    'create',
  ];
  for (let at = 0; script.length < steps; at++) {
    for (let count = 1 + below(random, 3); count > 0; count--) script.push('burst');
    script.push(kinds[at < kinds.length ? at : below(random, kinds.length)]);
  }
  return script;
}

export class Workload {
  readonly expected = new ExpectedState();
  readonly keys = new Map<string, Map<string, Item>>();
  /** Set while an open is under way: nobody was promised anything by it yet. */
  engine: InlineEngine | undefined;
  operations = 0;
  /** The writes of the last step. */
  waiting: Promise<unknown>[] = [];
  readonly #fileSystem: FileSystem;
  readonly #random: Seeded;
  readonly #shape: EngineShape;
  readonly #largeBytes: number;
  readonly #batch: number;

  constructor(
    fileSystem: FileSystem,
    random: Seeded,
    shape: EngineShape,
    size: { batch: number; largeBytes: number },
  ) {
    this.#fileSystem = fileSystem;
    this.#random = random;
    this.#shape = shape;
    this.#largeBytes = size.largeBytes;
    this.#batch = size.batch;
  }

  async open(): Promise<void> {
    this.engine = await openEngineOn(this.#fileSystem, this.#random, this.#shape);
  }

  async close(): Promise<void> {
    const { engine } = this;
    this.engine = undefined;
    await engine?.store.close();
  }

  async step(step: Step): Promise<void> {
    const engine = this.#engine();
    switch (step) {
      case 'burst':
        return this.burst();
      case 'rest':
        while (engine.keeper.rest());
        return;
      case 'background':
        return engine.work();
      case 'flush':
        return drive(engine, engine.store.flush());
      case 'compact':
        return drive(engine, engine.store.compact());
      case 'create':
        return this.#create();
      case 'drop':
        return this.#drop();
      case 'replace':
        return this.#replace();
      case 'reopen':
        await this.close();
        return this.open();
    }
  }

  /** Some writes at once, then the log. */
  async burst(count = 1 + below(this.#random, this.#batch)): Promise<void> {
    const engine = this.#engine();
    const tables = engine.store.catalog();
    if (tables.length === 0) return;
    this.waiting = [];
    for (; count > 0; count--)
      this.waiting.push(this.#write(engine, tables[below(this.#random, tables.length)]));
    for (const each of this.waiting) each.catch(() => undefined); // awaited below
    for (const each of this.waiting) await drive(engine, each);
  }

  #write(engine: InlineEngine, table: StoredTable): Promise<unknown> {
    this.operations++;
    const random = this.#random;
    const deleted = random() < 0.25;
    const item = deleted
      ? randomKey(table.key, random)
      : randomItem(table.key, random, this.#largeBytes);
    this.#note(table, item);
    const outcome = this.expected.write(table, item, deleted);
    const done = deleted ? engine.store.delete(table, item) : engine.store.put(table, item);
    return noting(done, outcome);
  }

  /** Writes that give the old item: it must be the one expected. */
  async #replace(): Promise<void> {
    const engine = this.#engine();
    for (const table of engine.store.catalog()) {
      const item = randomItem(table.key, this.#random, this.#largeBytes);
      const deleted = this.#random() < 0.3;
      const key = keyOfItem(table.key, item);
      this.#note(table, item);
      this.operations++;
      const before = this.expected.rows().get(table.tableId)?.get(keyTextOf(table.key, key));
      const outcome = this.expected.write(table, item, deleted);
      const done = deleted
        ? engine.store.delete(table, key, { returnOld: true })
        : engine.store.put(table, item, { returnOld: true });
      this.waiting = [noting(done, outcome)];
      const old = await drive(engine, this.waiting[0] as typeof done);
      assert.equal(
        old === undefined ? undefined : fingerprint(old),
        before,
        'the old item is the one before',
      );
    }
  }

  async #create(): Promise<void> {
    const engine = this.#engine();
    const there = new Set(engine.store.catalog().map(({ name }) => name));
    const free = Object.keys(SCHEMAS).filter((name) => !there.has(name));
    if (free.length === 0) return;
    const definition = defineTable(free[below(this.#random, free.length)], this.#random);
    await this.#edit(definition, true, () => engine.store.createKeyspace(definition));
  }

  async #drop(): Promise<void> {
    const engine = this.#engine();
    const tables = engine.store.catalog();
    if (tables.length < 2) return;
    const table = tables[below(this.#random, tables.length)];
    await this.#edit(table, false, () => engine.store.dropKeyspace(table.id));
  }

  async #edit(
    definition: TableDefinition,
    there: boolean,
    call: () => Promise<unknown>,
  ): Promise<void> {
    this.operations++;
    this.waiting = [];
    this.expected.beginTable(definition);
    await drive(this.#engine(), call());
    this.expected.endTable(there);
  }

  #note(table: TableDefinition, item: Item): void {
    let keys = this.keys.get(table.tableId);
    if (keys === undefined) this.keys.set(table.tableId, (keys = new Map()));
    keys.set(keyTextOf(table.key, item), keyOfItem(table.key, item));
  }

  #engine(): InlineEngine {
    assert.ok(this.engine !== undefined, 'the database is open');
    return this.engine;
  }
}

/** A write refused for want of space changed nothing; after any other error it may be there or not. */
function noting<Result>(done: Promise<Result>, outcome: Outcome): Promise<Result> {
  return done.then(
    (result) => {
      outcome.acknowledged();
      return result;
    },
    (error: unknown) => {
      if (error instanceof StorageError && error.code === 'StorageFull') outcome.refused();
      throw error;
    },
  );
}
