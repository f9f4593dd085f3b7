// One open database for a whole run of the suite: opening one for each behaviour costs more than
// most behaviours do.
//
// Between two behaviours it is brought back to empty tables. Items are deleted; what reaches further
// (tables made or changed, tags, tokens that are remembered, methods this file does not know) makes
// the database unfit, and the next behaviour gets a new one. So a case may still do what it likes,
// and finds what a new database has.

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
  #hasItems = false;
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
    if (this.#isSpoilt) await this.close();
    else if (this.#hasItems) await Promise.all([...this.#tables.values()].map(this.#empty));
    this.#hasItems = false;
    this.#isSpoilt = false;
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
    const remembers = Object.hasOwn(Object(input) as object, 'ClientRequestToken');
    if (ITEM_WRITES.has(method) && !remembers) this.#hasItems = true;
    else this.#isSpoilt = true;
  }
}
