// Tables by name, as the doors see them, on top of the store's catalog.
//
// Names are unique while a table exists. Between the request for a table and its durability it is
// CREATING, between the request to drop it and its end DELETING: both are known here only, and item
// operations meet neither. A change that is shown for longer than it takes (`tableDelayMs`) is in
// the settings of the definition.
//
// Invariant: a table returned by `find` is not dropped at that moment. Other threads may create and
// drop too, so a miss and a dropped entry both ask the store again.

import { setTimeout as delay } from 'node:timers/promises';
import {
  ResourceInUseException,
  ResourceNotFoundException,
  ValidationException,
} from '../errors.js';
import type { Clock } from '../clock.js';
import { TAG_WRITE_END_MS } from '../limits.js';
import type { Store, StoredTable, TableDefinition } from '../engine/store.js';
import { ACCOUNT, REGION } from './definition.js';
import { tableStatusAt, type TableStatus } from './description.js';
import { pendingAt, settingsOf } from './settings.js';

export const IN_USE = 'Attempt to change a resource which is still in use: ';
const ARN = /^arn:[a-zA-Z-]+:dynamodb:([a-z0-9-]*):([0-9]*):table\/(.+)$/;

export class Catalog {
  readonly #store: Store;
  readonly #clock: Clock;
  #tables = new Map<string, StoredTable>();
  readonly #creating = new Map<string, TableDefinition>();
  readonly #deleting = new Map<string, StoredTable>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The live table of this name, or undefined. */
  find(name: string): StoredTable | undefined {
    const known = this.#tables.get(name);
    if (known !== undefined && known.dropped !== true) return known;
    this.#tables = new Map(this.#store.catalog().map((table) => [table.name, table]));
    for (const table of this.#deleting.keys()) this.#tables.delete(table);
    return this.#tables.get(name);
  }

  /** The table that a name or ARN means, if it can be worked with. */
  findActive(nameOrArn: string): StoredTable | undefined {
    const name = tableNameOf(nameOrArn);
    const table = name === undefined ? undefined : this.find(name);
    return table === undefined || this.#isCreating(table) ? undefined : table;
  }

  /** The table an item operation names, by name or ARN. */
  require(nameOrArn: string): StoredTable {
    const table = this.findActive(nameOrArn);
    if (table === undefined) throw new ResourceNotFoundException('Requested resource not found');
    return table;
  }

  /**
   * The table a table operation names, with its status. A table being deleted is still described.
   * `live` is what has items.
   */
  describe(nameOrArn: string): {
    status: TableStatus;
    table: TableDefinition;
    live?: StoredTable;
  } {
    const name = tableNameOf(nameOrArn);
    if (name !== undefined) {
      const deleting = this.#deleting.get(name);
      if (deleting !== undefined) return { status: 'DELETING', table: deleting };
      const creating = this.#creating.get(name);
      if (creating !== undefined) return { status: 'CREATING', table: creating };
      const table = this.find(name);
      if (table !== undefined) {
        return { status: tableStatusAt(table, this.#clock.nowMs()), table, live: table };
      }
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
    const table = this.find(name);
    if (this.#creating.has(name) || (table !== undefined && this.#isCreating(table))) {
      throw new ResourceInUseException(`${IN_USE}Table is being created: ${name}`);
    }
    if (this.#deleting.has(name) || table !== undefined) {
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

  /** The table that a table operation is about to change: one being created or deleted is in use. */
  requireChangeable(nameOrArn: string): StoredTable {
    const name = tableNameOf(nameOrArn);
    if (name === undefined) throw tableNotFound(nameOrArn);
    if (this.#deleting.has(name)) {
      throw new ResourceInUseException(`${IN_USE}Table is being deleted: ${name}`);
    }
    const table = this.find(name);
    if (this.#creating.has(name) || (table !== undefined && this.#isCreating(table))) {
      throw new ResourceInUseException(`${IN_USE}Table is being created: ${name}`);
    }
    if (table === undefined) throw tableNotFound(name);
    return table;
  }

  /**
   * Changes the definition of a table, and resolves with the entry once that is durable. `change`
   * throws if the table, as it is now, cannot be changed so, and gives undefined if there is
   * nothing to change; it is asked again if another change came between.
   */
  async update(
    find: () => StoredTable,
    change: (table: StoredTable) => TableDefinition | undefined,
  ): Promise<StoredTable> {
    for (;;) {
      const table = find();
      const changed = change(table);
      if (changed === undefined) return table;
      const updated = await this.#store.updateKeyspace(table.id, changed);
      if (updated !== undefined) return updated;
    }
  }

  /** The table to be dropped, or the reason why it cannot be. */
  requireDroppable(nameOrArn: string): StoredTable {
    const table = this.requireChangeable(nameOrArn);
    const pending = pendingAt(table, this.#clock.nowMs());
    if (pending?.kind === 'stream') {
      throw new ResourceInUseException(
        `${IN_USE}Cannot delete table while stream is being enabled/disabled.`,
      );
    }
    if (table.indexes?.some(({ status }) => status !== 'active') === true) {
      throw new ResourceInUseException(
        `${IN_USE}Cannot delete table while indexes are being created, updated, or deleted.`,
      );
    }
    if (tableStatusAt(table, this.#clock.nowMs()) === 'UPDATING') {
      throw new ResourceInUseException(
        `${IN_USE}Table: ${table.name} is in the process of being updated.`,
      );
    }
    const { tagsChangedMs } = settingsOf(table);
    if (tagsChangedMs !== undefined && this.#clock.nowMs() - tagsChangedMs < TAG_WRITE_END_MS) {
      throw new ResourceInUseException(`${IN_USE}Table tags are being updated: ${table.name}`);
    }
    if (table.deletionProtection) {
      throw new ValidationException(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    return table;
  }

  /**
   * Drops a table that `requireDroppable` has just passed, `afterMs` from now. From the call on,
   * item operations do not find it.
   */
  async drop(table: StoredTable, afterMs: number): Promise<void> {
    this.#tables.delete(table.name);
    this.#deleting.set(table.name, table);
    try {
      if (afterMs > 0) await delay(afterMs, undefined, { ref: false });
      await this.#store.dropKeyspace(table.id);
    } finally {
      this.#deleting.delete(table.name);
    }
  }

  #isCreating(table: TableDefinition): boolean {
    return (
      table.settings?.pending !== undefined &&
      tableStatusAt(table, this.#clock.nowMs()) === 'CREATING'
    );
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
