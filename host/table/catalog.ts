// Tables by name, as the doors see them, on top of the store's catalog.
//
// Names are unique while a table exists. Between the request for a table and its durability it is
// CREATING, between the request to drop it and its end DELETING: both are known here only, and item
// operations meet neither.
//
// Invariant: a table returned by `find` is not dropped at that moment. Other threads may create and
// drop too, so a miss and a dropped entry both ask the store again.

import {
  ResourceInUseException,
  ResourceNotFoundException,
  ValidationException,
} from '../errors.js';
import type { Store, StoredTable, TableDefinition } from '../engine/store.js';
import { ACCOUNT, REGION } from './definition.js';

const IN_USE = 'Attempt to change a resource which is still in use: ';
const ARN = /^arn:[a-zA-Z-]+:dynamodb:([a-z0-9-]*):([0-9]*):table\/(.+)$/;

export class Catalog {
  readonly #store: Store;
  #tables = new Map<string, StoredTable>();
  readonly #creating = new Map<string, TableDefinition>();
  readonly #deleting = new Map<string, StoredTable>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The live table of this name, or undefined. */
  find(name: string): StoredTable | undefined {
    const known = this.#tables.get(name);
    if (known !== undefined && known.dropped !== true) return known;
    this.#tables = new Map(this.#store.catalog().map((table) => [table.name, table]));
    for (const table of this.#deleting.keys()) this.#tables.delete(table);
    return this.#tables.get(name);
  }

  /** The table an item operation names, by name or ARN. */
  require(nameOrArn: string): StoredTable {
    const name = tableNameOf(nameOrArn);
    const table = name === undefined ? undefined : this.find(name);
    if (table === undefined) throw new ResourceNotFoundException('Requested resource not found');
    return table;
  }

  /**
   * The table a table operation names, with its status. A table being deleted is still described.
   */
  describe(nameOrArn: string): {
    status: 'CREATING' | 'ACTIVE' | 'DELETING';
    table: TableDefinition;
  } {
    const name = tableNameOf(nameOrArn);
    if (name !== undefined) {
      const deleting = this.#deleting.get(name);
      if (deleting !== undefined) return { status: 'DELETING', table: deleting };
      const creating = this.#creating.get(name);
      if (creating !== undefined) return { status: 'CREATING', table: creating };
      const table = this.find(name);
      if (table !== undefined) return { status: 'ACTIVE', table };
    }
    throw tableNotFound(name ?? nameOrArn);
  }

  /** All names, CREATING and DELETING ones included, in byte order. */
  names(): string[] {
    const names = new Set(this.#store.catalog().map(({ name }) => name));
    for (const name of [...this.#creating.keys(), ...this.#deleting.keys()]) names.add(name);
    // Names are ASCII, so the order of UTF-16 units is the order of bytes.
    return [...names].sort((left, right) => (left < right ? -1 : 1));
  }

  /** Throws if a table of this name exists in any state. */
  requireFree(name: string): void {
    if (this.#creating.has(name)) {
      throw new ResourceInUseException(`${IN_USE}Table is being created: ${name}`);
    }
    if (this.#deleting.has(name) || this.find(name) !== undefined) {
      throw new ResourceInUseException(`Table already exists: ${name}`);
    }
  }

  /** Makes a table whose name `requireFree` has just passed. */
  async create(definition: TableDefinition): Promise<StoredTable> {
    this.#creating.set(definition.name, definition);
    try {
      const table = await this.#store.createKeyspace(definition);
      this.#tables.set(table.name, table);
      return table;
    } finally {
      this.#creating.delete(definition.name);
    }
  }

  /** The table to be dropped, or the reason why it cannot be. */
  requireDroppable(nameOrArn: string): StoredTable {
    const name = tableNameOf(nameOrArn);
    if (name === undefined) throw tableNotFound(nameOrArn);
    if (this.#creating.has(name)) {
      throw new ResourceInUseException(`${IN_USE}Table is being created: ${name}`);
    }
    if (this.#deleting.has(name)) {
      throw new ResourceInUseException(`${IN_USE}Table is being deleted: ${name}`);
    }
    const table = this.find(name);
    if (table === undefined) throw tableNotFound(name);
    if (table.deletionProtection) {
      throw new ValidationException(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    return table;
  }

  /**
   * Drops a table that `requireDroppable` has just passed. From the call on, item operations do not
   * find it.
   */
  async drop(table: StoredTable): Promise<void> {
    this.#tables.delete(table.name);
    this.#deleting.set(table.name, table);
    try {
      await this.#store.dropKeyspace(table.id);
    } finally {
      this.#deleting.delete(table.name);
    }
  }
}

export function tableNotFound(name: string): ResourceNotFoundException {
  return new ResourceNotFoundException(`Requested resource not found: Table: ${name} not found`);
}

/** The name in a name or ARN; undefined for another account's table, which does not exist here. */
function tableNameOf(nameOrArn: string): string | undefined {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn;
  const match = ARN.exec(nameOrArn);
  if (match === null) return undefined;
  if (match[1] !== REGION) {
    throw new ValidationException(
      `1 validation error detected: Invalid AWS region in '${nameOrArn}'`,
    );
  }
  return match[2] === ACCOUNT ? match[3] : undefined;
}
