// PartiQL statements: their inputs are checked, and that is all. See the table of unavailable.ts.

import { tableArn } from '../table/definition.js';
import type { OperationContext } from './context.js';
import { readModelInput } from './service-model/model-input.js';

/** Which table a statement is about, only its grammar would say. */
const ANY_TABLE = tableArn('*');

export function checkExecuteStatement(_context: OperationContext, rawInput: unknown): string {
  readModelInput('ExecuteStatement', rawInput);
  return ANY_TABLE;
}

export function checkBatchExecuteStatement(_context: OperationContext, rawInput: unknown): string {
  readModelInput('BatchExecuteStatement', rawInput);
  return ANY_TABLE;
}

export function checkExecuteTransaction(_context: OperationContext, rawInput: unknown): string {
  readModelInput('ExecuteTransaction', rawInput);
  return ANY_TABLE;
}
