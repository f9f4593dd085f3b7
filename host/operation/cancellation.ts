// Why a transaction was cancelled, one reason for each action by position.

import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  ValidationException,
  type CancellationReason,
} from '../errors.js';
import { TransactionCancelled, type TransactionFault } from '../engine/store.js';

const NONE: CancellationReason = Object.freeze({ Code: 'None' });
const CONFLICT: CancellationReason = Object.freeze({
  Code: 'TransactionConflict',
  Message: 'Transaction is ongoing for the item',
});

/** Runs a transaction; cancelled ones reject with TransactionCanceledException. */
export async function cancellable<Result>(run: Promise<Result>): Promise<Result> {
  try {
    return await run;
  } catch (error) {
    throw error instanceof TransactionCancelled ? cancelled(error.faults) : error;
  }
}

/** The exception for faults by position, or the first of them that is none of DynamoDB's. */
export function cancelled(faults: readonly (TransactionFault | undefined)[]): Error {
  const other = faults.find(
    (fault) => fault?.kind === 'thrown' && reasonOfError(fault.error) === undefined,
  );
  if (other?.kind === 'thrown') return other.error;
  return new TransactionCanceledException(faults.map(reasonOf));
}

function reasonOf(fault: TransactionFault | undefined): CancellationReason {
  if (fault === undefined) return NONE;
  return fault.kind === 'conflict' ? CONFLICT : (reasonOfError(fault.error) ?? NONE);
}

function reasonOfError(error: Error): CancellationReason | undefined {
  if (error instanceof ValidationException) {
    return { Code: 'ValidationError', Message: error.message };
  }
  if (!(error instanceof ConditionalCheckFailedException)) return undefined;
  const reason = { Code: 'ConditionalCheckFailed', Message: error.message };
  return error.Item === undefined ? reason : { ...reason, Item: error.Item };
}
