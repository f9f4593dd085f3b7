// Removes stream records that are older than the horizon, and then what is left of streams that are over.
//
// The last stream of a table stays in its definition, disabled or not: DescribeTable shows its ARN for ever.

import type { Store, StoredTable, StreamDefinition } from '../engine/store.js';
import type { Catalog } from '../table/catalog.js';

const BATCH = 200;

export class Trimmer {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #goesOn: () => boolean;

  constructor(store: Store, catalog: Catalog, goesOn: () => boolean) {
    this.#store = store;
    this.#catalog = catalog;
    this.#goesOn = goesOn;
  }

  async trim(horizonMs: number): Promise<void> {
    for (const table of this.#store.catalog()) {
      for (const { id } of table.streams ?? []) await this.#trimStream(table, id, horizonMs);
      await this.#forgetStreams(table, horizonMs);
    }
    const { hidden } = this.#store;
    for (const { id, key, streams } of hidden.retired()) {
      if (streams.every((stream) => isOver(stream, horizonMs))) {
        if (this.#goesOn()) await hidden.forgetRetired(id);
      } else {
        for (const stream of streams) await this.#trimStream({ key }, stream.id, horizonMs);
      }
    }
  }

  async #trimStream(
    { key }: Pick<StoredTable, 'key'>,
    id: number,
    horizonMs: number,
  ): Promise<void> {
    const { hidden } = this.#store;
    for (let shard = 0; shard < hidden.shardCount; shard++) {
      while (
        this.#goesOn() &&
        (await hidden.trimStream({ id, key }, shard, horizonMs, BATCH)) === BATCH
      );
    }
  }

  async #forgetStreams({ id, name, streams = [] }: StoredTable, horizonMs: number): Promise<void> {
    if (!forgettable(streams, horizonMs) || !this.#goesOn()) return;
    await this.#catalog.update(
      () => this.#catalog.require(name),
      (table) => {
        const { streams: known = [] } = table;
        if (table.id !== id || !forgettable(known, horizonMs)) return undefined;
        const kept = known.filter(
          (stream, at) => at === known.length - 1 || !isOver(stream, horizonMs),
        );
        return { ...table, streams: kept };
      },
    );
  }
}

function forgettable(streams: readonly StreamDefinition[], horizonMs: number): boolean {
  return streams.slice(0, -1).some((stream) => isOver(stream, horizonMs));
}

function isOver({ disabledAtMs }: StreamDefinition, horizonMs: number): boolean {
  return disabledAtMs !== undefined && disabledAtMs <= horizonMs;
}
