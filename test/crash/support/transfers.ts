// A life of transactions, cut by power failures: all or nothing on every shard, indexes and stream too.
//
// Two tables, one with a local index, a global index and a stream. Each step is a transaction, or a single write, on items
// of both. The log takes its turn not only between the steps but, at random, before any single apply of the engine: that is
// where the log thread may come between a decision and its parts.
//
// What must be found after a cut: the rows after some number of steps, not less than were acknowledged; the stream's records,
// item by item, those of just these steps; indexes equal to their table; tokens known exactly if their steps are there.

import assert from 'node:assert/strict';
import type { InlineEngine } from '../../../host/engine/inline-engine.js';
import type {
  Change,
  IndexDefinition,
  StoredTable,
  TableDefinition,
  WriteRequest,
} from '../../../host/engine/store.js';
import type { Item } from '../../../host/table/item-types.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { CHANGING_KINDS } from '../../../io/disk/simulated-operations.js';
import { below, seededRandom } from '../../io/support/random.js';
import { drive, kill, openEngineOn, TINY_SIZES, type EngineShape } from './engine.js';
import { POWER_CUTS } from './exploration.js';
import { fingerprint } from './expected-state.js';
import { checkEngine } from './integrity.js';
import { defineTable, type Seeded } from './tables.js';

const ITEMS = 24;
const ACTIONS_MAX = 8;

const index = (
  name: string,
  kind: 'local' | 'global',
  partition: string,
  sort: string,
): IndexDefinition => ({
  id: 0,
  name,
  kind,
  partition: [{ name: partition, type: 'S' }],
  sort: [{ name: sort, type: 'S' }],
  projection: { type: 'ALL' },
  status: 'active',
});

function definitions(random: Seeded): TableDefinition[] {
  const stream = {
    id: 0,
    viewType: 'NEW_AND_OLD_IMAGES',
    label: '2024-11-18T14:36:44.149',
    createdAtMs: 0,
  } as const;
  const indexes = [
    index('local', 'local', 'pk', 'place'),
    index('global', 'global', 'place', 'sk'),
  ];
  return [
    { ...defineTable('Strings', random), indexes, streams: [stream] },
    defineTable('Single', random),
  ];
}

interface Row {
  readonly table: number;
  readonly key: Item;
  readonly item: Item | undefined;
}

interface Step {
  readonly rows: readonly Row[];
  readonly token?: string;
}

/** By table and key: the fingerprint. */
type State = ReadonlyMap<string, string>;

interface Promised {
  readonly acknowledged: number;
  readonly issued: number;
  readonly tables: boolean;
}

export interface Transfers {
  readonly seed: number;
  readonly steps: number;
  readonly shape: EngineShape;
  /** Images are taken at one of so many file operations. */
  readonly sparse: number;
  /** During every n-th recovery the power goes after operations of it; 0: never. */
  readonly deepEvery: number;
  /** Spoils an engine that was just opened. */
  readonly plant?: (engine: InlineEngine) => void;
}

export interface TransferCounts {
  steps: number;
  images: number;
  recoveryImages: number;
  /** Decisions that recoveries finished. */
  finished: number;
  replays: number;
}

interface Image {
  readonly disk: SimulatedFileSystem;
  readonly promised: Promised;
  readonly moment: string;
}

export const TRANSFER_SHAPE: EngineShape = { shards: 4, checked: true, sizes: TINY_SIZES };

export class TransferRun {
  readonly counts: TransferCounts = {
    steps: 0,
    images: 0,
    recoveryImages: 0,
    finished: 0,
    replays: 0,
  };
  readonly #options: Transfers;
  readonly #random: Seeded;
  readonly #cuts: Seeded;
  readonly #disk = new SimulatedFileSystem();
  readonly #steps: Step[] = [];
  readonly #states: State[] = [new Map()];
  readonly #images: Image[] = [];
  #acknowledged = 0;
  #tables = false;
  #engine!: InlineEngine;

  constructor(options: Transfers) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#cuts = seededRandom(options.seed + 1);
  }

  async run(): Promise<void> {
    const random = this.#random;
    this.#engine = await this.#open(this.#disk);
    for (const each of definitions(random))
      await this.#driven(this.#engine.store.createKeyspace(each));
    this.#tables = true;
    this.#disk.observe = ({ index: at, kind, path }) => {
      if (!CHANGING_KINDS.includes(kind) || below(this.#cuts, this.#options.sparse) !== 0) return;
      this.#images.push(
        this.#cut(this.#disk, this.#promised(), `after operation ${at}, ${kind} ${path}`),
      );
    };
    try {
      for (let step = 0; step < this.#options.steps; step++) {
        await this.#step();
        if (random() < 0.12) await this.#driven(this.#engine.store.flush());
        if (random() < 0.1) this.#engine.keeper.rest();
        if (random() < 0.05) await this.#reopen();
        await this.#verifyImages();
      }
    } finally {
      this.#disk.observe = undefined;
      kill(this.#engine);
    }
  }

  #promised(): Promised {
    return { acknowledged: this.#acknowledged, issued: this.#steps.length, tables: this.#tables };
  }

  #cut(disk: SimulatedFileSystem, promised: Promised, moment: string): Image {
    const options = POWER_CUTS[below(this.#cuts, POWER_CUTS.length)];
    return {
      disk: disk.crash(this.#cuts, options),
      promised,
      moment: `${moment}, ${JSON.stringify(options)}`,
    };
  }

  async #open(disk: SimulatedFileSystem): Promise<InlineEngine> {
    const engine = await openEngineOn(disk, this.#random, this.#options.shape);
    this.#options.plant?.(engine);
    for (const core of engine.store.attachment.shards) {
      const { apply } = core;
      // The log thread comes between any two applies.
      Object.assign(core, {
        apply: (at: number, epoch: number, catalogEpoch: number): number => {
          if (this.#cuts() < 0.3) engine.keeper.turn();
          return apply(at, epoch, catalogEpoch);
        },
      });
    }
    return engine;
  }

  async #reopen(): Promise<void> {
    await this.#engine.store.close();
    this.#engine = await this.#open(this.#disk);
  }

  #driven<Result>(promise: Promise<Result>): Promise<Result> {
    return drive(this.#engine, promise);
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const rows = this.#rows();
    const token = random() < 0.4 ? `token ${this.#steps.length}` : undefined;
    const step = { rows, token };
    this.#steps.push(step);
    this.#states.push(after(this.#states[this.#steps.length - 1], rows));
    this.counts.steps++;
    await this.#driven(this.#write(this.#engine, step));
    this.#acknowledged = this.#steps.length;
  }

  #rows(): Row[] {
    const random = this.#random;
    const rows = new Map<string, Row>();
    for (let count = 1 + below(random, ACTIONS_MAX); count > 0; count--) {
      const table = random() < 0.6 ? 0 : 1;
      const n = below(random, ITEMS);
      const key: Item = table === 0 ? { pk: `p${n % 7}`, sk: `s${n}` } : { id: n };
      const text = 'x'.repeat(random() < 0.05 ? below(random, 40_000) : below(random, 60));
      const place: Item = random() < 0.7 ? { place: `place ${below(random, 4)}` } : {};
      const item: Item = { ...key, ...place, step: this.#steps.length, text };
      rows.set(nameOf(table, key), { table, key, item: random() < 0.25 ? undefined : item });
    }
    return [...rows.values()];
  }

  #write({ store }: InlineEngine, { rows, token }: Step): Promise<unknown> {
    const tables = tablesOf(store.catalog());
    const requests = rows.map(({ table, key, item }): WriteRequest => {
      const change: Change = item === undefined ? { kind: 'delete' } : { kind: 'put', item };
      return { table: tables[table], key, decide: () => change };
    });
    if (requests.length === 1 && token === undefined) return store.write(requests[0]);
    const digest = 'the same';
    return store.transact(requests, token === undefined ? {} : { token: { text: token, digest } });
  }

  async #verifyImages(): Promise<void> {
    for (const image of this.#images.splice(0)) {
      this.counts.images++;
      const { deepEvery } = this.#options;
      await this.#verify(image, deepEvery > 0 && this.counts.images % deepEvery === 0);
    }
  }

  async #verify({ disk, promised, moment }: Image, deep: boolean): Promise<void> {
    try {
      const later: Image[] = [];
      if (deep) {
        disk.observe = ({ index: at, kind, path }) => {
          if (!CHANGING_KINDS.includes(kind)) return;
          later.push(
            this.#cut(disk, promised, `then after ${at} of the recovery, ${kind} ${path}`),
          );
        };
      }
      const engine = await this.#open(disk);
      let point: number;
      try {
        this.counts.finished += engine.keeper.report?.decisions ?? 0;
        point = await this.#found(engine, promised);
        await checkEngine(engine, disk);
        await this.#replay(engine, disk, point);
        disk.observe = undefined;
      } finally {
        kill(engine);
      }
      // What was shown may not be taken back.
      if (deep) later.push(this.#cut(disk, { ...promised, acknowledged: point }, 'then once open'));
      for (const each of later) {
        this.counts.recoveryImages++;
        await this.#verify(each, false);
      }
    } catch (error) {
      if (error instanceof Error) error.message = `${moment}: ${error.message}`;
      throw error;
    }
  }

  /** The number of steps that are there. */
  async #found(engine: InlineEngine, { acknowledged, issued }: Promised): Promise<number> {
    const state = await stateOf(engine);
    for (let point = acknowledged; point <= issued; point++) {
      if (!same(state, this.#states[point])) continue;
      const changes = await changesOf(engine);
      assert.deepEqual(changes, this.#changes(point), `the stream after ${point} steps`);
      return point;
    }
    assert.fail(
      `no state between step ${acknowledged} (acknowledged) and ${issued}: ` +
        differences(this.#states[issued], state),
    );
  }

  /** What the stream must hold after so many steps, item by item. */
  #changes(point: number): ReadonlyMap<string, string[]> {
    const changes = new Map<string, string[]>();
    const items = new Map<string, string>();
    for (const { rows } of this.#steps.slice(0, point)) {
      for (const { table, key, item } of rows) {
        if (table !== 0) continue;
        const name = nameOf(table, key);
        const text = item === undefined ? undefined : fingerprint(item);
        const before = items.get(name);
        if (before !== text) note(changes, name, before, text);
        if (text === undefined) items.delete(name);
        else items.set(name, text);
      }
    }
    return changes;
  }

  /** The last token of what is there, again: nothing may be written. The first of what is not: written once. */
  async #replay(engine: InlineEngine, disk: SimulatedFileSystem, point: number): Promise<void> {
    const known = this.#steps.slice(0, point).findLast(({ token }) => token !== undefined);
    if (known !== undefined) {
      this.counts.replays++;
      const answer = await drive(engine, this.#write(engine, known));
      assert.equal(answer, 'replayed', 'a token that is there is not known');
      assert.ok(same(await stateOf(engine), this.#states[point]), 'a replay has written');
    }
    const next = this.#steps[point];
    if (next?.token === undefined) return;
    // One that deletes what is not there leaves nothing but its token: it may have been there.
    if (same(this.#states[point], this.#states[point + 1])) return;
    const copy = await this.#open(disk.clone());
    try {
      assert.notEqual(await drive(copy, this.#write(copy, next)), 'replayed');
      assert.ok(same(await stateOf(copy), this.#states[point + 1]), 'a step done later');
    } finally {
      kill(copy);
    }
  }
}

function tablesOf(catalog: readonly StoredTable[]): StoredTable[] {
  return ['Strings', 'Single'].map((name) => {
    const table = catalog.find((each) => each.name === name);
    assert.ok(table !== undefined, `table ${name} is there`);
    return table;
  });
}

async function stateOf(engine: InlineEngine): Promise<State> {
  const state = new Map<string, string>();
  const options = { bytesMax: 2 ** 30, consistent: false, select: 'items' } as const;
  for (const [at, table] of tablesOf(engine.store.catalog()).entries()) {
    const { items } = await engine.store.page(table, { kind: 'scan' }, options);
    for (const item of items) {
      const key: Item = at === 0 ? { pk: item.pk, sk: item.sk } : { id: item.id };
      state.set(nameOf(at, key), fingerprint(item));
    }
  }
  return state;
}

async function changesOf(engine: InlineEngine): Promise<ReadonlyMap<string, string[]>> {
  const { hidden } = engine.store;
  const [table] = tablesOf(engine.store.catalog());
  const [stream] = table.streams ?? [];
  const changes = new Map<string, string[]>();
  const page = { after: 0, sinceMs: 0, limit: 1e6, bytesMax: 2 ** 30 };
  for (let shard = 0; shard < hidden.shardCount; shard++) {
    for (let last = 0, end = false; !end; ) {
      const found = await drive(
        engine,
        hidden.streamPage({ id: stream.id, key: table.key }, shard, { ...page, after: last }),
      );
      for (const change of found.changes) {
        const { old, new: next } = change;
        const text = (item: Item | undefined) =>
          item === undefined ? undefined : fingerprint(item);
        note(changes, nameOf(0, change.keys), text(old), text(next));
      }
      ({ last, end } = found);
    }
  }
  return changes;
}

function note(
  changes: Map<string, string[]>,
  name: string,
  before: string | undefined,
  after_: string | undefined,
): void {
  const of = changes.get(name) ?? [];
  of.push(`${before ?? 'none'} -> ${after_ ?? 'none'}`);
  changes.set(name, of);
}

function after(state: State, rows: readonly Row[]): State {
  const next = new Map(state);
  for (const { table, key, item } of rows) {
    if (item === undefined) next.delete(nameOf(table, key));
    else next.set(nameOf(table, key), fingerprint(item));
  }
  return next;
}

function nameOf(table: number, key: Item): string {
  return `${table} ${fingerprint(key)}`;
}

function same(a: State, b: State): boolean {
  return a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);
}

function differences(wanted: State, found: State): string {
  const names = new Set([...wanted.keys(), ...found.keys()]);
  return [...names]
    .filter((name) => wanted.get(name) !== found.get(name))
    .map((name) => `${name} is ${found.get(name)}, the last is ${wanted.get(name)}`)
    .slice(0, 4)
    .join('; ');
}
