// ExclusiveStartKey: it must be a place inside what is read. The item it names need not exist.

import { ValidationException } from '../errors.js';
import type {
  IndexDefinition,
  IndexQueryRange,
  IndexScanRange,
  QueryRange,
  ScanRange,
  SortCondition,
  Store,
  StoredTable,
} from '../engine/store.js';
import { indexKeyNames } from '../table/index-view.js';
import type { Item, KeyAttribute, KeyValue } from '../table/item-types.js';
import {
  KEY_DOES_NOT_MATCH,
  hasKeyType,
  keyMatches,
  keyValueFault,
  keyValuesFault,
  sameKeyValue,
} from '../table/key-schema.js';
import { satisfies } from '../table/range.js';

const INVALID = 'The provided starting key is invalid';

export function checkQueryStart(
  table: StoredTable,
  range: QueryRange | IndexQueryRange,
  startKey: Item,
): void {
  const { partition, sort } = range.kind === 'query' ? keysOf(table) : range.index;
  checkShape(table, range.kind === 'query' ? undefined : range.index, startKey, INVALID);
  if (range.kind === 'query' && sort.length === 0) {
    throw new ValidationException('The query can return at most one row and cannot be restarted');
  }
  const fixed =
    range.kind === 'query' ? [range.partition] : [...range.partition, ...range.sortPrefix];
  const attributes = [...partition, ...sort];
  checkSort(range.sort, startKey, attributes[fixed.length]);
  if (fixed.some((value, at) => !sameKeyValue(startKey[attributes[at].name], value))) {
    throw new ValidationException(
      'The provided starting key is outside query boundaries based on provided conditions',
    );
  }
}

function checkSort(
  condition: SortCondition | undefined,
  startKey: Item,
  attribute: KeyAttribute | undefined,
): void {
  if (condition === undefined || attribute === undefined) return;
  if (satisfies(startKey[attribute.name] as KeyValue, condition)) return;
  throw new ValidationException('The provided starting key does not match the range key predicate');
}

export function checkScanStart(
  store: Store,
  table: StoredTable,
  range: ScanRange | IndexScanRange,
  startKey: Item,
): void {
  const index = range.kind === 'scan' ? undefined : range.index;
  checkShape(
    table,
    index,
    startKey,
    index === undefined ? `${INVALID}: ${KEY_DOES_NOT_MATCH}` : INVALID,
  );
  const { segment, totalSegments } = range;
  if (segment === undefined || totalSegments === undefined) return;
  if (store.segmentOf(table, startKey, totalSegments, index) !== segment) {
    throw new ValidationException(
      `${INVALID}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ` +
        `TotalSegments: ${totalSegments} Segment: ${segment}`,
    );
  }
}

/** Exactly the key attributes of table and index, of the declared types and legal sizes. */
function checkShape(
  table: StoredTable,
  index: IndexDefinition | undefined,
  startKey: Item,
  text: string,
): void {
  const matches =
    index === undefined
      ? keyMatches(table.key, startKey)
      : Object.keys(startKey).length === indexKeyNames(table, index).size &&
        hasAll(table.key.sort === undefined ? [] : [table.key.sort], startKey) &&
        hasAll([table.key.partition, ...index.partition, ...index.sort], startKey);
  if (!matches) throw new ValidationException(text);
  const fault =
    keyValuesFault(table.key, startKey) ??
    sizeFault(index?.partition, 'partition', startKey) ??
    sizeFault(index?.sort, 'sort', startKey);
  if (fault !== undefined) throw fault;
}

function hasAll(attributes: readonly KeyAttribute[], key: Item): boolean {
  return attributes.every(
    ({ name, type }) => Object.hasOwn(key, name) && hasKeyType(key[name], type),
  );
}

function sizeFault(
  attributes: readonly KeyAttribute[] = [],
  role: 'partition' | 'sort',
  key: Item,
): ValidationException | undefined {
  for (const attribute of attributes) {
    const fault = keyValueFault(attribute, key[attribute.name] as KeyValue, role);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function keysOf({ key }: StoredTable): {
  readonly partition: readonly KeyAttribute[];
  readonly sort: readonly KeyAttribute[];
} {
  return { partition: [key.partition], sort: key.sort === undefined ? [] : [key.sort] };
}
