// Random writes to a table with indexes: every index holds what the items say, and every write costs what
// the change of each index's own view costs. Few items and few keys, so that entries go and come back.
// Runs for FUZZ_SECONDS, 2 if it does not say; SEED repeats a run.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDatabase, type Database } from '../../host/index.js';
import { openEngine } from '../../host/engine/open-engine.js';
import { INDEXED } from '../conformance/fixtures.js';
import { below, seededRandom, seedOf } from '../io/support/random.js';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 2);
const ROUNDS_MIN = 10;
const WRITES_OF_A_ROUND = 30;
const TableName = 'Indexed';

type Row = Record<string, string | number>;

/** The indexes of the fixture: key attributes beside the table's, and what is projected (all if nothing). */
const INDEXES: Readonly<
  Record<string, readonly [keys: readonly string[], names?: readonly string[]]>
> = {
  byLocal: [['l']],
  byLocalKeys: [['l'], ['pk', 'sk', 'l']],
  byGroup: [['g']],
  byNumber: [
    ['g', 'h'],
    ['pk', 'sk', 'g', 'h'],
  ],
  byPart: [
    ['g', 'h'],
    ['pk', 'sk', 'g', 'h', 'a'],
  ],
  byMany: [
    ['g', 't', 'h', 'u'],
    ['pk', 'sk', 'g', 't', 'h', 'u'],
  ],
};

let database: Database;
before(async () => {
  database = await openDatabase(
    (path, { durability, random }) =>
      openEngine(path, { durability, random, shards: 2, memoryMb: 64 }),
    undefined,
    { durability: 'relaxed' },
  );
  await database.createTable(INDEXED as never);
});
after(() => database.close());

/** What an index shows of an item; undefined if the item is not in it. */
function viewOf(index: string, item: Row | undefined): Row | undefined {
  const [keys, names] = INDEXES[index];
  if (item === undefined || !keys.every((name) => name in item)) return undefined;
  const shown = Object.entries(item).filter(([name]) => names?.includes(name) ?? true);
  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Values here are short texts, and numbers of one digit. */
function unitsOf(item: Row): number {
  const bytes = Object.entries(item).map(
    ([name, value]) =>
      name.length + (typeof value === 'string' ? value.length : value === 0 ? 1 : 2),
  );
  return Math.max(1, Math.ceil(bytes.reduce((sum, one) => sum + one, 0) / 1024));
}

/** By index, what the change of one item costs; indexes that do not see it are not there. */
function indexUnits(old: Row | undefined, now: Row | undefined): Record<string, number> {
  const units: Record<string, number> = {};
  for (const [name, [keys]] of Object.entries(INDEXES)) {
    const [before, after] = [viewOf(name, old), viewOf(name, now)];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    const moved = !keys.every((key) => before?.[key] === after?.[key]);
    const costs = [before, after].map((view) => (view === undefined ? 0 : unitsOf(view)));
    units[name] = moved ? costs[0] + costs[1] : Math.max(...costs);
  }
  return units;
}

class IndexFuzz {
  readonly items = new Map<string, Row>();
  readonly #random: () => number;
  writes = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  #one<Choice>(of: readonly Choice[]): Choice {
    return of[below(this.#random, of.length)];
  }

  #attributes(): Row {
    const all: Row = {
      g: this.#one(['x', 'y', 'zz']),
      h: below(this.#random, 3),
      l: this.#one(['m', 'n']),
      t: 't',
      u: this.#one(['u', 'v']),
      a: this.#one(['', 'a', 'a'.repeat(1500)]),
      b: this.#one(['', 'b'.repeat(900), 'b'.repeat(2500)]),
    };
    return Object.fromEntries(Object.entries(all).filter(() => this.#random() < 0.7));
  }

  async write(): Promise<void> {
    const key = { pk: this.#one(['p', 'q']), sk: this.#one(['1', '2', '3', '4']) };
    const id = `${key.pk} ${key.sk}`;
    const old = this.items.get(id);
    const kind = this.#one(['put', 'put', 'delete', 'update', 'batchPut', 'batchDelete'] as const);
    const now =
      kind === 'delete' || kind === 'batchDelete' ? undefined : { ...key, ...this.#attributes() };
    const { ConsumedCapacity: consumed } = await this.#run(kind, key, now, old);
    const told = Array.isArray(consumed) ? consumed[0] : consumed;
    const parts = { ...told?.LocalSecondaryIndexes, ...told?.GlobalSecondaryIndexes };
    const units = Object.entries(parts).map(([name, { CapacityUnits }]) => [name, CapacityUnits]);
    const what = `${kind} of ${id}: ${JSON.stringify(old)} to ${JSON.stringify(now)}`;
    assert.deepEqual(Object.fromEntries(units), indexUnits(old, now), what);
    if (now === undefined) this.items.delete(id);
    else this.items.set(id, now);
    this.writes++;
  }

  #run(kind: string, Key: Row, Item: Row | undefined, old: Row | undefined) {
    const tell = { ReturnConsumedCapacity: 'INDEXES' } as const;
    switch (kind) {
      case 'put':
        return database.put({ TableName, Item: Item as Row, ...tell });
      case 'delete':
        return database.delete({ TableName, Key, ...tell });
      case 'update': {
        const AttributeUpdates = Object.fromEntries(
          [...new Set([...Object.keys(Item as Row), ...Object.keys(old ?? {})])]
            .filter((name) => !(name in Key))
            .map((name) => [name, updateTo((Item as Row)[name])]),
        );
        return database.update({ TableName, Key, AttributeUpdates, ...tell });
      }
      default: {
        const request = Item === undefined ? { DeleteRequest: { Key } } : { PutRequest: { Item } };
        return database.batchWrite({ RequestItems: { [TableName]: [request] }, ...tell });
      }
    }
  }

  /** Every index, whole. */
  async compare(): Promise<void> {
    for (const IndexName of Object.keys(INDEXES)) {
      const { Items = [] } = await database.scan({ TableName, IndexName });
      const expected = [...this.items.values()].map((item) => viewOf(IndexName, item));
      assert.deepEqual(
        Items.map(sorted).sort(),
        expected
          .filter((view) => view !== undefined)
          .map(sorted)
          .sort(),
        IndexName,
      );
    }
  }
}

function updateTo(value: string | number | undefined): object {
  return value === undefined ? { Action: 'DELETE' } : { Action: 'PUT', Value: value };
}

function sorted(item: object): string {
  return JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('indexes hold what the items say, and writes cost what they change there', async (context) => {
  const fuzz = new IndexFuzz(seedOf(context));
  const end = performance.now() + SECONDS * 1000;
  for (let round = 0; round < ROUNDS_MIN || performance.now() < end; round++) {
    for (let count = 0; count < WRITES_OF_A_ROUND; count++) await fuzz.write();
    await fuzz.compare();
  }
  context.diagnostic(`${fuzz.writes} writes`);
});
