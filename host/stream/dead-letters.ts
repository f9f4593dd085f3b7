// Where a trigger puts the records that it gave up: items of a table of the user's.

import type { Store, StoredTable } from '../engine/store.js';
import { InvalidArgument, ResourceNotFoundException, ValidationException } from '../errors.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import { keyAttributes } from '../table/key-schema.js';
import type { ChangeRecord } from './feed.js';

export interface GivenUp {
  readonly record: ChangeRecord;
  readonly error: unknown;
  readonly attempts: number;
  readonly atMs: number;
}

export class DeadLetters {
  readonly #store: Store;
  readonly #name: string;
  /** The trigger, as its letters say. */
  readonly #from: { readonly table: string; readonly trigger: string };

  /** Throws if there is no such table, or it has another key than letters can have. */
  constructor(store: Store, name: string, table: string, trigger: string) {
    this.#store = store;
    this.#name = name;
    this.#from = { table, trigger };
    const key = keyAttributes(this.#table().key);
    if (key.some(({ type }) => type !== 'S')) {
      throw new InvalidArgument('deadLetter', 'a table whose key attributes are of type S', name);
    }
  }

  /** Durable when it resolves. The same record again replaces its letter. */
  async put({ record, error, attempts, atMs }: GivenUp): Promise<void> {
    const table = this.#table();
    const { table: tableName, trigger } = this.#from;
    const { eventID, eventName, dynamodb } = record;
    const [first, second] = keyAttributes(table.key);
    const letter: Item = {
      ...{ tableName, trigger, eventID, eventName, attempts },
      sequenceNumber: dynamodb.SequenceNumber,
      changedAt: dynamodb.ApproximateCreationDateTime.toISOString(),
      givenUpAt: new Date(atMs).toISOString(),
      error: String(error),
      keys: dynamodb.Keys as AttributeValue,
      ...(second === undefined
        ? { [first.name]: eventID }
        : { [first.name]: trigger, [second.name]: eventID }),
    };
    const images: Item = {};
    if (dynamodb.NewImage !== undefined) images.newImage = dynamodb.NewImage;
    if (dynamodb.OldImage !== undefined) images.oldImage = dynamodb.OldImage;
    try {
      await this.#store.put(table, { ...images, ...letter });
    } catch (fault) {
      // Two images can be larger, or one nested deeper, than an item may be.
      if (!(fault instanceof ValidationException)) throw fault;
      await this.#store.put(table, { ...letter, imagesLeftOut: true });
    }
  }

  #table(): StoredTable {
    const table = this.#store.catalog().find(({ name }) => name === this.#name);
    if (table !== undefined) return table;
    throw new ResourceNotFoundException(
      `Requested resource not found: Table: ${this.#name} not found (the dead-letter table of a trigger)`,
    );
  }
}
