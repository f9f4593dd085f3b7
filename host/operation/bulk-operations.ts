// Bulk operations, which load items from S3. There is none in this version: the list is empty, none
// is found, and what would begin one is in the table of unavailable.ts.

import { ResourceNotFoundException } from '../errors.js';
import type { OperationContext } from './context.js';
import { readStrictInput } from './service-model/strict-input.js';

interface BulkOperationInput {
  BulkOperationArn: string;
}

export async function listBulkOperations(
  _context: OperationContext,
  rawInput: unknown,
): Promise<{ BulkOperationsSummaryList: never[] }> {
  readStrictInput('ListBulkOperations', rawInput);
  return { BulkOperationsSummaryList: [] };
}

export async function describeBulkOperation(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw bulkOperationNotFound('DescribeBulkOperation', rawInput);
}

export async function cancelBulkOperation(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw bulkOperationNotFound('CancelBulkOperation', rawInput);
}

/** Gives the ARN of the table. */
export function checkStartBulkPutItems({ catalog }: OperationContext, rawInput: unknown): string {
  const input = readStrictInput<{ TableName: string }>('StartBulkPutItems', rawInput);
  return catalog.require(input.TableName).arn;
}

function bulkOperationNotFound(operation: string, rawInput: unknown): Error {
  const { BulkOperationArn: arn } = readStrictInput<BulkOperationInput>(operation, rawInput);
  return new ResourceNotFoundException(
    `Requested resource not found: BulkOperation: ${arn} not found`,
  );
}
