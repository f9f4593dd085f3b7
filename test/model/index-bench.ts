// A table with indexes of every kind, in the engine and in the model, and random items, ranges and pages for it.
//
// Items are close to each other, so that partitions of indexes hold several rows in every shard, and some lack key attributes
// or have them with another type.

import type { InlineEngine } from '../../host/engine/inline-engine.js';
import type {
  IndexDefinition,
  IndexQueryRange,
  PageOptions,
  SortCondition,
  StoredTable,
  TableDefinition,
} from '../../host/engine/store.js';
import type { AttributeValue, Item, KeySchema, KeyValue } from '../../host/table/item-types.js';
import { keyOfItem } from '../../host/table/key-schema.js';
import { SimulatedFileSystem } from '../../io/disk/simulated-file-system.js';
import { drive, openEngineOn, type EngineShape } from '../crash/support/engine.js';
import { defineTable, keyValue, type Seeded } from '../crash/support/tables.js';
import { below } from '../io/support/random.js';
import { MemoryStore } from './memory-store.js';

const S = (name: string) => ({ name, type: 'S' }) as const;
const N = (name: string) => ({ name, type: 'N' }) as const;
const B = (name: string) => ({ name, type: 'B' }) as const;
const KEY: KeySchema = { partition: S('pk'), sort: S('sk') };

type Sketch = Pick<IndexDefinition, 'name' | 'kind' | 'partition' | 'sort' | 'projection'>;
const SKETCHES: readonly Sketch[] = [
  {
    name: 'local',
    kind: 'local',
    partition: [S('pk')],
    sort: [N('at')],
    projection: { type: 'ALL' },
  },
  {
    name: 'byStatus',
    kind: 'global',
    partition: [S('status')],
    sort: [N('at')],
    projection: { type: 'INCLUDE', names: ['text'] },
  },
  {
    name: 'byCount',
    kind: 'global',
    partition: [N('n')],
    sort: [],
    projection: { type: 'KEYS_ONLY' },
  },
  {
    name: 'inverted',
    kind: 'global',
    partition: [S('sk')],
    sort: [S('pk')],
    projection: { type: 'ALL' },
  },
  {
    name: 'wide',
    kind: 'global',
    partition: [S('status'), N('n')],
    sort: [N('at'), B('bytes'), S('text')],
    projection: { type: 'KEYS_ONLY' },
  },
];

export class IndexBench {
  readonly random: Seeded;
  readonly model = new MemoryStore();
  engine!: InlineEngine;
  table!: StoredTable;
  modelTable!: StoredTable;

  private constructor(random: Seeded) {
    this.random = random;
  }

  static async open(random: Seeded, shape: EngineShape): Promise<IndexBench> {
    const bench = new IndexBench(random);
    const { model } = bench;
    bench.engine = await openEngineOn(new SimulatedFileSystem(), random, shape);
    const definition: TableDefinition = {
      ...defineTable('Strings', random),
      key: KEY,
      indexes: SKETCHES.map((sketch) => ({ ...sketch, id: 0, status: 'active' })),
    };
    bench.table = await drive(bench.engine, bench.engine.store.createKeyspace(definition));
    bench.modelTable = await model.createKeyspace(definition);
    return bench;
  }

  get indexes(): readonly IndexDefinition[] {
    return this.table.indexes ?? [];
  }

  /** Writes an item, or deletes one. */
  async write(item: Item, deleted: boolean): Promise<void> {
    const { engine, model, table, modelTable } = this;
    const key = keyOfItem(KEY, item);
    const done = deleted ? engine.store.delete(table, key) : engine.store.put(table, item);
    await drive(engine, done);
    await (deleted ? model.delete(modelTable, key) : model.put(modelTable, item));
  }

  key(): Item {
    const { random } = this;
    return { pk: keyValue('S', random, 6), sk: keyValue('S', random, 12) };
  }

  item(): Item {
    const { random } = this;
    const item = this.key();
    const set = (name: string, chance: number, value: () => AttributeValue): void => {
      if (random() < chance) item[name] = random() < 0.03 ? true : value();
    };
    set('status', 0.9, () => this.value('status', 'S'));
    set('at', 0.9, () => this.value('at', 'N'));
    set('n', 0.8, () => this.value('n', 'N'));
    set('bytes', 0.7, () => this.value('bytes', 'B'));
    set('text', 0.7, () => this.value('text', 'S'));
    if (random() < 0.02) item.large = 'x'.repeat(40_000);
    return item;
  }

  /** A value for a key attribute. */
  value(name: string, type: 'S' | 'N' | 'B'): KeyValue {
    const spread = { status: 3, n: 2, at: 20 }[name] ?? 8;
    if (name === 'status') return `k${below(this.random, spread)}`;
    if (name === 'n') return below(this.random, spread);
    return keyValue(type, this.random, spread);
  }

  range(index: IndexDefinition): IndexQueryRange {
    const { random } = this;
    const partition = index.partition.map(({ name, type }) => this.value(name, type));
    const length = index.sort.length === 0 ? 0 : below(random, index.sort.length + 1);
    const sortPrefix = index.sort
      .slice(0, random() < 0.5 ? 0 : length)
      .map(({ name, type }) => this.value(name, type));
    const next = index.sort.at(sortPrefix.length);
    const range = { kind: 'indexQuery', index, partition, sortPrefix } as const;
    if (next === undefined || random() < 0.4) return range;
    const ops = ['eq', 'lt', 'lte', 'gt', 'gte', 'between', 'beginsWith'] as const;
    const op = ops[below(random, next.type === 'N' ? 6 : 7)];
    const value = (): KeyValue => this.value(next.name, next.type);
    const sort: SortCondition =
      op === 'between' ? { op, value: value(), value2: value() } : { op, value: value() };
    return { ...range, sort };
  }

  /** A place in the range's partition, whether or not there is an entry. */
  startKey({ index, partition }: IndexQueryRange): Item {
    const start = this.key();
    for (const { name, type } of index.sort) start[name] ??= this.value(name, type);
    index.partition.forEach(({ name }, i) => {
      start[name] = partition[i];
    });
    return start;
  }

  options(range: IndexQueryRange): PageOptions {
    const { random } = this;
    const keysOnly = random() < 0.3;
    const name = range.index.partition[0].name;
    const odd = (item: { value(name: string): unknown }): boolean =>
      String(item.value('sk')).length % 2 === 1;
    return {
      limit: random() < 0.6 ? 1 + below(random, 8) : undefined,
      bytesMax: random() < 0.3 ? 1 + below(random, 400) : 1_048_576,
      reverse: random() < 0.5,
      startKey: random() < 0.4 ? this.startKey(range) : undefined,
      consistent: random() < 0.3,
      select: random() < 0.2 ? 'count' : 'items',
      filter: random() < 0.3 ? odd : undefined,
      wholeItems: keysOnly ? false : undefined,
      project:
        keysOnly || random() < 0.3
          ? (item) => ({ pk: item.value('pk') as string, [name]: item.value(name) as KeyValue })
          : undefined,
    };
  }

  async close(): Promise<void> {
    await this.engine.store.close();
  }
}
