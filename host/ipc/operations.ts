// What a client of the IPC door may ask for: DynamoDB's operations, and those that embedded programs have beside them.

import { OPERATIONS } from '../api/operations.js';
import type { OperationContext } from '../operation/context.js';

export type IpcOperation = (context: OperationContext, input: unknown) => Promise<unknown>;

/** Version of the protocol. */
export const PROTOCOL_VERSION = 1;

/** Operations that have a number beside their name: 1, 2, ... The first three are known to the core. */
export const NUMBERED = [
  'GetItem',
  'PutItem',
  'DeleteItem',
  'Query',
  'Scan',
  'UpdateItem',
  'BatchGetItem',
  'BatchWriteItem',
  'TransactGetItems',
  'TransactWriteItems',
] as const;

/** Answers of up to a megabyte and more: so many of one connection run at a time. */
export const HEAVY: ReadonlySet<string> = new Set([
  'Query',
  'Scan',
  'BatchGetItem',
  'TransactGetItems',
  'GetRecords',
]);

const ENGINE: Readonly<Record<string, IpcOperation>> = {
  Ping: async () => ({}),
  Stats: async ({ store }) => store.stats(),
  Sync: async ({ store }) => (await store.sync(), {}),
  Flush: async ({ store }) => (await store.flush(), {}),
  Compact: async ({ store }) => (await store.compact(), {}),
};

/** The operation of a name or number, or undefined. */
export function ipcOperation(name: string): IpcOperation | undefined {
  if (Object.hasOwn(OPERATIONS, name)) return OPERATIONS[name as keyof typeof OPERATIONS];
  return Object.hasOwn(ENGINE, name) ? ENGINE[name] : undefined;
}
