// Exports to and imports from S3. There is none in this version: lists are empty, none is found,
// and what would begin one is in the table of unavailable.ts.

import {
  ExportNotFoundException,
  ImportNotFoundException,
  InvalidExportTimeException,
  ValidationException,
} from '../errors.js';
import { tableArn } from '../table/definition.js';
import { requireBackupTable, requireRecovery } from './backups.js';
import type { OperationContext } from './context.js';
import type { CreateTableInput } from './create-table.js';
import { checkCreateTable } from './create-table-rules.js';
import { readModelInput } from './service-model/model-input.js';

export interface ListExportsInput {
  TableArn?: string;
  /** 1 to 25. */
  MaxResults?: number;
  NextToken?: string;
}

export interface ListImportsInput {
  TableArn?: string;
  /** 1 to 25. */
  PageSize?: number;
  NextToken?: string;
}

export interface ExportTableInput {
  TableArn: string;
  S3Bucket: string;
  ExportTime?: Date;
}

export interface ImportTableInput {
  TableCreationParameters: CreateTableInput;
}

export async function listExports(
  _context: OperationContext,
  rawInput: unknown,
): Promise<{ ExportSummaries: never[] }> {
  readModelInput<ListExportsInput>('ListExports', rawInput);
  return { ExportSummaries: [] };
}

export async function listImports(
  _context: OperationContext,
  rawInput: unknown,
): Promise<{ ImportSummaryList: never[] }> {
  readModelInput<ListImportsInput>('ListImports', rawInput);
  return { ImportSummaryList: [] };
}

export async function describeExport(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  const { ExportArn: arn } = readModelInput<{ ExportArn: string }>('DescribeExport', rawInput);
  if (!isArnOf('export', arn)) throw new ValidationException('Invalid Export ARN');
  throw new ExportNotFoundException(`Export not found: ${arn}`);
}

export async function describeImport(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  const { ImportArn: arn } = readModelInput<{ ImportArn: string }>('DescribeImport', rawInput);
  if (!isArnOf('import', arn)) throw new ValidationException('Invalid Import ARN');
  throw new ImportNotFoundException(`Import not found: ${arn}`);
}

/** Gives the ARN of the table. */
export function checkExport(context: OperationContext, rawInput: unknown): string {
  const input = readModelInput<ExportTableInput>('ExportTableToPointInTime', rawInput);
  const table = requireBackupTable(context, input.TableArn);
  const { earliestMs } = requireRecovery(context, table);
  const atMs = input.ExportTime?.getTime();
  if (atMs !== undefined && (atMs < earliestMs || atMs > context.clock.nowMs())) {
    throw new InvalidExportTimeException(
      `Export time must be between ${new Date(earliestMs).toISOString()} and now`,
    );
  }
  return table.arn;
}

/** The table to be made obeys the rules of CreateTable. Gives its ARN. */
export function checkImport({ catalog }: OperationContext, rawInput: unknown): string {
  const { TableCreationParameters: parameters } = readModelInput<ImportTableInput>(
    'ImportTable',
    rawInput,
  );
  catalog.requireFree(parameters.TableName);
  checkCreateTable(parameters);
  return tableArn(parameters.TableName);
}

function isArnOf(kind: string, arn: string): boolean {
  const form = /^arn:[a-zA-Z-]+:dynamodb:[a-z0-9-]+:\d+:table\/[\w.-]+\/(\w+)\/\S+$/;
  return form.exec(arn)?.[1] === kind;
}
