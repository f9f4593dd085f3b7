// What an operation would be charged: units from bytes, and the shapes they are reported in.
//
// Nothing is charged here, but programs plan with these figures, so they are DynamoDB's.

import { READ_UNIT_BYTES, WRITE_UNIT_BYTES } from '../limits.js';
import type { CapacityMode } from './constraints.js';

export interface ConsumedCapacity {
  TableName: string;
  CapacityUnits: number;
  /** With INDEXES only. */
  Table?: { CapacityUnits: number };
}

/** Units for reading so many bytes in one go. Reading nothing costs as much as reading little. */
export function readUnits(sizeBytes: number, consistent: boolean): number {
  const units = Math.max(1, Math.ceil(sizeBytes / READ_UNIT_BYTES));
  return consistent ? units : units / 2;
}

/** Units for one item written: the larger of its images counts. */
export function writeUnits(newSizeBytes: number, oldSizeBytes: number): number {
  return Math.max(1, Math.ceil(Math.max(newSizeBytes, oldSizeBytes) / WRITE_UNIT_BYTES));
}

/** Whether the caller wants figures at all. */
export function wantsCapacity(mode: CapacityMode | undefined): mode is 'TOTAL' | 'INDEXES' {
  return mode === 'TOTAL' || mode === 'INDEXES';
}

export function consumedCapacity(
  mode: 'TOTAL' | 'INDEXES',
  tableName: string,
  units: number,
): ConsumedCapacity {
  const consumed: ConsumedCapacity = { TableName: tableName, CapacityUnits: units };
  if (mode === 'INDEXES') consumed.Table = { CapacityUnits: units };
  return consumed;
}
