// What DynamoDB does and this version does not: the one table of it.
//
// Such an operation checks its input as the service does, finds what it names, and then answers as
// to an account that may not use it: AccessDeniedException with the service's text, whose `cause`
// says what it is about. Nothing is done, and nothing is said to be done.

import { checkCreateBackup, checkRestoreToPointInTime } from './backups.js';
import { checkStartBulkPutItems } from './bulk-operations.js';
import type { OperationContext } from './context.js';
import { checkExport, checkImport } from './exports.js';
import { checkEnableKinesis } from './kinesis-destinations.js';
import {
  checkBatchExecuteStatement,
  checkExecuteStatement,
  checkExecuteTransaction,
} from './partiql.js';
import { refuse } from './refusal.js';

/** The checks of an operation: throws what the service says, or gives the ARN that it is about. */
type Checks = (context: OperationContext, rawInput: unknown) => string;

const UNAVAILABLE = {
  BatchExecuteStatement: checkBatchExecuteStatement,
  CreateBackup: checkCreateBackup,
  EnableKinesisStreamingDestination: checkEnableKinesis,
  ExecuteStatement: checkExecuteStatement,
  ExecuteTransaction: checkExecuteTransaction,
  ExportTableToPointInTime: checkExport,
  ImportTable: checkImport,
  RestoreTableToPointInTime: checkRestoreToPointInTime,
  StartBulkPutItems: checkStartBulkPutItems,
} as const satisfies Record<string, Checks>;

type Unavailable = keyof typeof UNAVAILABLE;

/** The operations of the table. None of them ever answers. */
export const UNAVAILABLE_OPERATIONS = Object.fromEntries(
  Object.entries(UNAVAILABLE).map(([operation, check]) => [
    operation,
    async (context: OperationContext, rawInput: unknown) =>
      refuse(operation, check(context, rawInput)),
  ]),
) as Record<Unavailable, (context: OperationContext, rawInput: unknown) => Promise<never>>;
