// Backups and restoring from them. There is none in this version: lists are empty, none is found,
// and what would make one is in the table of unavailable.ts.

import type { StoredTable } from '../engine/store.js';
import {
  BackupNotFoundException,
  InvalidRestoreTimeException,
  PointInTimeRecoveryUnavailableException,
  TableAlreadyExistsException,
  TableNotFoundException,
  ValidationException,
} from '../errors.js';
import { tableArn } from '../table/definition.js';
import { settingsOf } from '../table/settings.js';
import type { OperationContext } from './context.js';
import { restorableWindow } from './continuous-backups.js';
import { readModelInput } from './service-model/model-input.js';

export interface CreateBackupInput {
  /** Name or ARN. */
  TableName: string;
  BackupName: string;
}

export interface BackupInput {
  BackupArn: string;
}

export interface ListBackupsInput {
  TableName?: string;
  Limit?: number;
  TimeRangeLowerBound?: Date;
  TimeRangeUpperBound?: Date;
  ExclusiveStartBackupArn?: string;
  BackupType?: 'USER' | 'SYSTEM' | 'AWS_BACKUP' | 'ALL';
}

export interface ListBackupsOutput {
  BackupSummaries: never[];
}

export interface RestoreTableFromBackupInput {
  BackupArn: string;
  TargetTableName: string;
}

export interface RestoreTableToPointInTimeInput {
  /** One of the two. */
  SourceTableName?: string;
  SourceTableArn?: string;
  TargetTableName: string;
  /** One of the two. */
  UseLatestRestorableTime?: boolean;
  RestoreDateTime?: Date;
}

const BACKUP_ARN = /^arn:[a-zA-Z-]+:dynamodb:[a-z0-9-]+:\d+:table\/[\w.-]+\/backup\/\S+$/;

export async function listBackups(
  _context: OperationContext,
  rawInput: unknown,
): Promise<ListBackupsOutput> {
  const input = readModelInput<ListBackupsInput>('ListBackups', rawInput);
  if (input.ExclusiveStartBackupArn !== undefined) checkBackupArn(input.ExclusiveStartBackupArn);
  return { BackupSummaries: [] };
}

export async function describeBackup(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw backupNotFound(readModelInput<BackupInput>('DescribeBackup', rawInput).BackupArn);
}

export async function deleteBackup(_context: OperationContext, rawInput: unknown): Promise<never> {
  throw backupNotFound(readModelInput<BackupInput>('DeleteBackup', rawInput).BackupArn);
}

export async function restoreTableFromBackup(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  const input = readModelInput<RestoreTableFromBackupInput>('RestoreTableFromBackup', rawInput);
  throw backupNotFound(input.BackupArn);
}

/** Gives the ARN of the table. */
export function checkCreateBackup(context: OperationContext, rawInput: unknown): string {
  const { TableName: name } = readModelInput<CreateBackupInput>('CreateBackup', rawInput);
  return requireBackupTable(context, name).arn;
}

/** In the service's order: shape, recovery switched on, time, target. Gives the target's ARN. */
export function checkRestoreToPointInTime(context: OperationContext, rawInput: unknown): string {
  const input = readModelInput<RestoreTableToPointInTimeInput>(
    'RestoreTableToPointInTime',
    rawInput,
  );
  const { SourceTableName: name, SourceTableArn: arn, RestoreDateTime: at } = input;
  const source = name ?? arn;
  if (source === undefined || (name !== undefined && arn !== undefined)) {
    throw new ValidationException(
      'Invalid Request: Either one of SourceTableName or SourceTableArn must be specified, but not both',
    );
  }
  if ((at === undefined) !== (input.UseLatestRestorableTime === true)) {
    throw new ValidationException(
      'Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both',
    );
  }
  const table = requireBackupTable(context, source);
  const { earliestMs, latestMs } = requireRecovery(context, table);
  if (at !== undefined && (at.getTime() < earliestMs || at.getTime() > latestMs)) {
    throw new InvalidRestoreTimeException(
      `Restore date time must be between ${new Date(earliestMs).toISOString()} and ${new Date(latestMs).toISOString()}`,
    );
  }
  const target = input.TargetTableName;
  if (context.catalog.names().includes(target)) {
    throw new TableAlreadyExistsException(`Table already exists: ${target}`);
  }
  return tableArn(target);
}

/** The window that a table can be restored within. */
export function requireRecovery(
  { clock }: OperationContext,
  table: StoredTable,
): { readonly earliestMs: number; readonly latestMs: number } {
  const { recovery } = settingsOf(table);
  if (recovery !== undefined) return restorableWindow(recovery, clock.nowMs());
  throw new PointInTimeRecoveryUnavailableException(
    `Point in time recovery is not enabled for table '${table.name}'`,
  );
}

/** The table, in the words of all that has to do with backups. */
export function requireBackupTable({ catalog }: OperationContext, nameOrArn: string): StoredTable {
  const table = catalog.findActive(nameOrArn);
  if (table === undefined) throw new TableNotFoundException(`Table not found: ${nameOrArn}`);
  return table;
}

function checkBackupArn(arn: string): void {
  if (!BACKUP_ARN.test(arn)) throw new ValidationException('Invalid Backup ARN');
}

function backupNotFound(arn: string): BackupNotFoundException {
  checkBackupArn(arn);
  return new BackupNotFoundException(`Backup not found: ${arn}`);
}
