// What Query and Scan have in common: Select, the start key's shape, the page and its answer.

import type { Page } from '../engine/store.js';
import { TABLE_NAME_LENGTH_MAX, TABLE_NAME_LENGTH_MIN } from '../limits.js';
import { consumedCapacity, readUnits, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import { mustBeLonger, mustBeShorter, oldFault, type CapacityMode } from './constraints.js';
import type { DocumentItem } from './context.js';

export const SELECT_VALUES = [
  'SPECIFIC_ATTRIBUTES',
  'COUNT',
  'ALL_ATTRIBUTES',
  'ALL_PROJECTED_ATTRIBUTES',
] as const;
export type Select = (typeof SELECT_VALUES)[number];

/** The answer of Query and Scan. */
export interface PageOutput {
  /** The rows of the page; absent for COUNT. */
  Items?: DocumentItem[];
  /** Rows returned, or counted for COUNT. */
  Count: number;
  /** Rows read. */
  ScannedCount: number;
  /** The ExclusiveStartKey of the next page. Absent only when the data ran out. */
  LastEvaluatedKey?: DocumentItem;
  ConsumedCapacity?: ConsumedCapacity;
}

/** What is wrong with a Select when there is no projection in the request, bare, or undefined. */
export function selectFault(
  select: Select | undefined,
  indexName: string | undefined,
): string | undefined {
  if (select === 'SPECIFIC_ATTRIBUTES') {
    return 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES';
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && indexName === undefined) {
    return 'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName';
  }
  return undefined;
}

export function indexNameFault(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (name.length < TABLE_NAME_LENGTH_MIN) {
    return oldFault(name, 'indexName', mustBeLonger(TABLE_NAME_LENGTH_MIN));
  }
  if (name.length > TABLE_NAME_LENGTH_MAX) {
    return oldFault(name, 'indexName', mustBeShorter(TABLE_NAME_LENGTH_MAX));
  }
  return undefined;
}

export interface PageRequest {
  readonly tableName: string;
  readonly select: Select | undefined;
  readonly consistent: boolean;
  readonly capacityMode: CapacityMode | undefined;
}

export function pageOutput(page: Page, request: PageRequest): PageOutput {
  const output: PageOutput = { Count: page.count, ScannedCount: page.count };
  if (request.select !== 'COUNT') output.Items = page.items;
  if (page.lastKey !== undefined) output.LastEvaluatedKey = page.lastKey;
  if (wantsCapacity(request.capacityMode)) {
    const units = readUnits(page.sizeBytes, request.consistent);
    output.ConsumedCapacity = consumedCapacity(request.capacityMode, request.tableName, units);
  }
  return output;
}
