// Kinesis streaming destinations of a table. No table has one; to enable one is in the table of
// unavailable.ts.

import type { StoredTable } from '../engine/store.js';
import { ValidationException } from '../errors.js';
import { tableNotFound } from '../table/catalog.js';
import type { OperationContext } from './context.js';
import { readModelInput } from './service-model/model-input.js';

export interface KinesisDestinationInput {
  /** Name or ARN. */
  TableName: string;
  StreamArn: string;
}

interface UpdateKinesisInput extends KinesisDestinationInput {
  UpdateKinesisStreamingConfiguration?: { ApproximateCreationDateTimePrecision?: string };
}

export interface DescribeKinesisStreamingDestinationOutput {
  TableName: string;
  KinesisDataStreamDestinations: never[];
}

export async function describeKinesisStreamingDestination(
  context: OperationContext,
  rawInput: unknown,
): Promise<DescribeKinesisStreamingDestinationOutput> {
  const operation = 'DescribeKinesisStreamingDestination';
  const { TableName: given } = readModelInput<{ TableName: string }>(operation, rawInput);
  const { name } = requireTable(context, given);
  return { TableName: name, KinesisDataStreamDestinations: [] };
}

/** Gives the ARN of the table. */
export function checkEnableKinesis(context: OperationContext, rawInput: unknown): string {
  const operation = 'EnableKinesisStreamingDestination';
  const { TableName: given } = readModelInput<KinesisDestinationInput>(operation, rawInput);
  return requireTable(context, given).arn;
}

export async function disableKinesisStreamingDestination(
  context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  const operation = 'DisableKinesisStreamingDestination';
  const { TableName: given } = readModelInput<KinesisDestinationInput>(operation, rawInput);
  requireTable(context, given);
  throw new ValidationException(
    'Table is not in a valid state to disable Kinesis Streaming Destination: ' +
      'KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.',
  );
}

export async function updateKinesisStreamingDestination(
  context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  const input = readModelInput<UpdateKinesisInput>('UpdateKinesisStreamingDestination', rawInput);
  const { UpdateKinesisStreamingConfiguration: configuration, StreamArn: arn } = input;
  if (configuration?.ApproximateCreationDateTimePrecision === undefined) {
    throw new ValidationException(
      'Streaming destination cannot be updated with given parameters: ' +
        'UpdateKinesisStreamingConfiguration cannot be null or contain only null values',
    );
  }
  const { name } = requireTable(context, input.TableName);
  throw new ValidationException(
    'Table is not in a valid state to enable Kinesis Streaming Destination: ' +
      `No streaming destination with streamArn: ${arn} found for table with tableName: ${name}`,
  );
}

function requireTable({ catalog }: OperationContext, nameOrArn: string): StoredTable {
  const table = catalog.findActive(nameOrArn);
  if (table === undefined) throw tableNotFound(nameOrArn);
  return table;
}
