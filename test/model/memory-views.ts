// What ranges and indexes show of the model's rows: which rows are in an index, in which order a
// range lists them, how large an index's view of an item is and what a change of it costs.

import { isDeepStrictEqual } from 'node:util';
import { writeUnits } from '../../host/operation/capacity.js';
import type { IndexDefinition, Range, SortCondition } from '../../host/engine/store.js';
import { itemSize } from '../../host/table/item-size.js';
import type { Item, KeySchema, KeyValue } from '../../host/table/item-types.js';
import { compareKeyValues, hasKeyType, keyAttributes } from '../../host/table/key-schema.js';
import { satisfies } from '../../host/table/range.js';
import {
  comparePlaces,
  hashOf,
  placeOf,
  type MemoryTable,
  type Place,
  type Row,
} from './memory-rows.js';

/** A row as a range lists it. */
export interface Listed extends Place {
  readonly item: Item;
  /** What a page that ends here answers as its last key. */
  readonly key: Item;
  readonly sizeBytes: number;
}

/** The rows of a range, in its order. */
export function listRange(table: MemoryTable, range: Range): Listed[] {
  if (range.kind === 'query' || range.kind === 'scan') {
    return table.rows
      .filter((row) => isInside(row, range))
      .map((row) => ({ ...row, sizeBytes: itemSize(row.item) }));
  }
  const { index } = range;
  return table.rows
    .filter(({ item }) => isIndexed(index, item))
    .map((row) => listedInIndex(table.key, index, row))
    .filter((row) => isInside(row, range))
    .sort(comparePlaces);
}

/** Where a start key stands in the order of a range. */
export function startPlace(table: MemoryTable, range: Range, startKey: Item): Place {
  return range.kind === 'query' || range.kind === 'scan'
    ? placeOf(table.key, startKey)
    : indexPlace(table.key, range.index, startKey);
}

export function segmentOfHash(hash: number, totalSegments: number): number {
  return Math.floor((hash / 2 ** 32) * totalSegments);
}

/** The write units of a change for each index whose view of the item it changes. */
export function indexUnitsOf(
  table: MemoryTable,
  old: Item | undefined,
  now: Item | undefined,
): Map<string, number> {
  const units = new Map<string, number>();
  for (const index of table.indexes ?? []) {
    const before = viewOf(table.key, index, old);
    const after = viewOf(table.key, index, now);
    if (isDeepStrictEqual(before, after)) continue;
    units.set(index.name, changeUnits(table.key, index, before, after));
  }
  return units;
}

function changeUnits(
  schema: KeySchema,
  index: IndexDefinition,
  before: Item | undefined,
  after: Item | undefined,
): number {
  const oldSize = before === undefined ? 0 : itemSize(before);
  const newSize = after === undefined ? 0 : itemSize(after);
  const moved =
    before !== undefined &&
    after !== undefined &&
    comparePlaces(indexPlace(schema, index, before), indexPlace(schema, index, after)) !== 0;
  return moved ? writeUnits(oldSize, 0) + writeUnits(newSize, 0) : writeUnits(newSize, oldSize);
}

/** Items that lack a key attribute of an index, or have one of another type, are not in it. */
function isIndexed(index: IndexDefinition, item: Item): boolean {
  return [...index.partition, ...index.sort].every(
    ({ name, type }) => Object.hasOwn(item, name) && hasKeyType(item[name], type),
  );
}

/** The attributes of an item that its entry in an index stands for. */
function viewOf(schema: KeySchema, index: IndexDefinition, item: Item | undefined) {
  if (item === undefined || !isIndexed(index, item)) return undefined;
  const { type, names = [] } = index.projection;
  if (type === 'ALL') return item;
  const shown = new Set([...keyNames(schema, index), ...(type === 'INCLUDE' ? names : [])]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => shown.has(name)));
}

/** The key attributes of an index and its table, each once. */
export function keyNames(schema: KeySchema, index?: IndexDefinition): string[] {
  const attributes = [
    ...(index?.partition ?? []),
    ...(index?.sort ?? []),
    ...keyAttributes(schema),
  ];
  return [...new Set(attributes.map(({ name }) => name))];
}

function listedInIndex(schema: KeySchema, index: IndexDefinition, { item }: Row): Listed {
  return {
    ...indexPlace(schema, index, item),
    item,
    key: Object.fromEntries(keyNames(schema, index).map((name) => [name, item[name]])),
    sizeBytes: itemSize(viewOf(schema, index, item) ?? {}),
  };
}

function indexPlace(schema: KeySchema, index: IndexDefinition, item: Item): Place {
  const attributes = [...index.partition, ...index.sort, ...keyAttributes(schema)];
  const values = attributes.map(({ name }) => item[name] as KeyValue);
  return { hash: hashOf(values.slice(0, index.partition.length)), values };
}

function isInside({ hash, values }: Place, range: Range): boolean {
  if (range.kind === 'scan' || range.kind === 'indexScan') {
    const { segment, totalSegments } = range;
    if (segment === undefined || totalSegments === undefined) return true;
    return segmentOfHash(hash, totalSegments) === segment;
  }
  const fixed =
    range.kind === 'query' ? [range.partition] : [...range.partition, ...range.sortPrefix];
  return (
    fixed.every((value, at) => compareKeyValues(values[at], value) === 0) &&
    isInSort(values[fixed.length], range.sort)
  );
}

function isInSort(value: KeyValue, sort: SortCondition | undefined): boolean {
  return sort === undefined || satisfies(value, sort);
}
