// One open database for a whole run of the suite: opening one for each behaviour costs more than
// most behaviours do.
//
// Between two behaviours it is brought back to empty tables. Items are deleted, tables that were made
// or changed are dropped; what reaches further (streams, tags, tokens that are remembered, methods this
// file does not know) makes the database unfit, and the next behaviour gets a new one. So a case may
// still do what it likes, and finds what a new database has.

import { after } from 'node:test';
import type { Door, DoorFactory, TableInput } from './door.js';

/** By method of a door, or operation of `execute`. */
const READS: ReadonlySet<string> = new Set([
  ...['BatchGetItem', 'GetItem', 'Query', 'Scan', 'TransactGetItems'],
  'batchGet',
  'describeTable',
  'describeTimeToLive',
  'get',
  'listTables',
  'listTagsOfResource',
  'query',
  'scan',
  'transactGet',
]);
const ITEM_WRITES: ReadonlySet<string> = new Set([
  ...['BatchWriteItem', 'DeleteItem', 'PutItem', 'TransactWriteItems', 'UpdateItem'],
  'batchWrite',
  'delete',
  'put',
  'transactWrite',
  'update',
]);

const TABLE_CHANGES: ReadonlySet<string> = new Set([
  'createTable',
  'deleteTable',
  'updateTable',
  'updateTimeToLive',
]);

const shared = new Map<DoorFactory, SharedDoor>();

/** The database of this factory. To be called while tests are declared, not while they run. */
export function sharedDoor(factory: DoorFactory): SharedDoor {
  let door = shared.get(factory);
  if (door === undefined) {
    door = new SharedDoor(factory);
    shared.set(factory, door);
    after(door.close);
  }
  return door;
}

export class SharedDoor {
  readonly #factory: DoorFactory;
  #door: Door | undefined;
  /** The tables there are, by name. All of them are empty between behaviours. */
  readonly #tables = new Map<string, TableInput>();
  /** Tables that may have items. */
  #written = new Set<string>();
  /** Tables that are not as they were made, or not ours. */
  #changed = new Set<string>();
  #isSpoilt = false;

  constructor(factory: DoorFactory) {
    this.#factory = factory;
  }

  /** A database with just these tables, and nothing in them. */
  async open(tables: readonly TableInput[]): Promise<Door> {
    this.#door ??= await this.#factory();
    const door = this.#door;
    for (const TableName of [...this.#tables.keys()]) {
      if (tables.some((input) => input.TableName === TableName)) continue;
      await door.deleteTable({ TableName });
      this.#tables.delete(TableName);
    }
    for (const input of tables) {
      if (this.#tables.has(input.TableName)) continue;
      await door.createTable(input);
      this.#tables.set(input.TableName, input);
    }
    return this.#watched(door);
  }

  /** Brings it back to empty tables. */
  async restore(): Promise<void> {
    const written = this.#written;
    const changed = this.#changed;
    this.#written = new Set();
    this.#changed = new Set();
    const isFit = !this.#isSpoilt && (await this.#dropped([...changed]));
    this.#isSpoilt = false;
    if (!isFit) return this.close();
    const left = [...this.#tables.values()].filter(({ TableName }) => written.has(TableName));
    await Promise.all(left.map(this.#empty));
  }

  /** Whether all of these are gone: some cannot be deleted, for all that was done to them. */
  async #dropped(names: readonly string[]): Promise<boolean> {
    const drop = async (TableName: string): Promise<void> => {
      this.#tables.delete(TableName);
      await (this.#door as Door).deleteTable({ TableName });
    };
    const outcomes = await Promise.allSettled(names.map(drop));
    return outcomes.every(
      (outcome) =>
        outcome.status === 'fulfilled' ||
        (outcome.reason as Error).name === 'ResourceNotFoundException',
    );
  }

  readonly close = async (): Promise<void> => {
    const door = this.#door;
    this.#door = undefined;
    this.#tables.clear();
    await door?.close();
  };

  readonly #empty = async (table: TableInput): Promise<void> => {
    const { TableName } = table;
    const door = this.#door as Door;
    const { KeySchema } = table as TableInput & { KeySchema: { AttributeName: string }[] };
    const keyOf = (item: Record<string, unknown>) =>
      Object.fromEntries(KeySchema.map(({ AttributeName: name }) => [name, item[name]]));
    for (;;) {
      const { Items = [], LastEvaluatedKey } = await door.scan({ TableName, ConsistentRead: true });
      await Promise.all(Items.map((item) => door.delete({ TableName, Key: keyOf(item) })));
      if (LastEvaluatedKey === undefined) return;
    }
  };

  /** The door, noting what is done through it. */
  #watched(door: Door): Door {
    return new Proxy(door, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          if (name === 'execute') this.#note(String(args[0]), args[1]);
          else this.#note(String(name), args[0]);
          return Reflect.apply(member, target, args);
        };
      },
    });
  }

  #note(method: string, input: unknown): void {
    if (READS.has(method)) return;
    const has = (member: string) => Object.hasOwn(Object(input) as object, member);
    const names = tablesOf(input);
    // A table may be named by its ARN too.
    const isPlain = names.every((name) => !name.startsWith('arn:'));
    if (isPlain && ITEM_WRITES.has(method) && !has('ClientRequestToken')) {
      for (const name of names) this.#written.add(name);
    } else if (isPlain && TABLE_CHANGES.has(method) && !has('StreamSpecification')) {
      for (const name of names) this.#changed.add(name);
    } else this.#isSpoilt = true;
  }
}

/** The tables that a write names, whichever write it is. */
function tablesOf(input: unknown): string[] {
  const { TableName, RequestItems, TransactItems } = Object(input) as Record<string, unknown>;
  if (typeof TableName === 'string') return [TableName];
  if (Array.isArray(TransactItems)) {
    const actions = TransactItems.flatMap((element) => Object.values(Object(element) as object));
    return actions.flatMap(tablesOf);
  }
  return Object.keys(Object(RequestItems) as object);
}
