// Global tables. The operations of the legacy version answer what the service answers everybody by
// now; no table has replicas.

import {
  GlobalTableNotFoundException,
  ResourceNotFoundException,
  ValidationException,
} from '../errors.js';
import type { OperationContext } from './context.js';
import { INVALID } from './index-rules.js';
import { readModelInput } from './service-model/model-input.js';

interface GlobalTableInput {
  GlobalTableName: string;
}

export async function listGlobalTables(
  _context: OperationContext,
  rawInput: unknown,
): Promise<{ GlobalTables: never[] }> {
  readModelInput('ListGlobalTables', rawInput);
  return { GlobalTables: [] };
}

export async function describeGlobalTable(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw globalTableNotFound('DescribeGlobalTable', rawInput);
}

export async function describeGlobalTableSettings(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw globalTableNotFound('DescribeGlobalTableSettings', rawInput);
}

export async function createGlobalTable(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw legacyVersion('CreateGlobalTable', rawInput);
}

export async function updateGlobalTable(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw legacyVersion('UpdateGlobalTable', rawInput);
}

export async function updateGlobalTableSettings(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw legacyVersion('UpdateGlobalTableSettings', rawInput);
}

export async function describeTableReplicaAutoScaling(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw noReplicas('DescribeTableReplicaAutoScaling', rawInput);
}

export async function updateTableReplicaAutoScaling(
  _context: OperationContext,
  rawInput: unknown,
): Promise<never> {
  throw noReplicas('UpdateTableReplicaAutoScaling', rawInput);
}

function globalTableNotFound(operation: string, rawInput: unknown): Error {
  const { GlobalTableName: name } = readModelInput<GlobalTableInput>(operation, rawInput);
  return new GlobalTableNotFoundException(
    `Global table not found: Global table with name: '${name}' does not exist.`,
  );
}

function legacyVersion(operation: string, rawInput: unknown): Error {
  readModelInput<GlobalTableInput>(operation, rawInput);
  return new ValidationException(
    `${INVALID}DynamoDB global tables version 2017.11.29 is not supported. We recommend using ` +
      'DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy).',
  );
}

function noReplicas(operation: string, rawInput: unknown): Error {
  const { TableName: name } = readModelInput<{ TableName: string }>(operation, rawInput);
  return new ResourceNotFoundException(`Global table with name: '${name}' does not exist.`);
}
