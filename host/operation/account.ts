// DescribeLimits and DescribeEndpoints: what the account may have, and where it is.

import {
  CAPACITY_UNITS_PER_ACCOUNT_MAX,
  CAPACITY_UNITS_PER_TABLE_MAX,
  ENDPOINT_CACHE_MINUTES,
} from '../limits.js';
import { REGION } from '../table/definition.js';
import type { OperationContext } from './context.js';
import { readModelInput } from './service-model/model-input.js';

export interface DescribeLimitsOutput {
  AccountMaxReadCapacityUnits: number;
  AccountMaxWriteCapacityUnits: number;
  TableMaxReadCapacityUnits: number;
  TableMaxWriteCapacityUnits: number;
}

export interface DescribeEndpointsOutput {
  Endpoints: { Address: string; CachePeriodInMinutes: number }[];
}

export async function describeLimits(
  _context: OperationContext,
  rawInput: unknown,
): Promise<DescribeLimitsOutput> {
  readModelInput('DescribeLimits', rawInput);
  return {
    AccountMaxReadCapacityUnits: CAPACITY_UNITS_PER_ACCOUNT_MAX,
    AccountMaxWriteCapacityUnits: CAPACITY_UNITS_PER_ACCOUNT_MAX,
    TableMaxReadCapacityUnits: CAPACITY_UNITS_PER_TABLE_MAX,
    TableMaxWriteCapacityUnits: CAPACITY_UNITS_PER_TABLE_MAX,
  };
}

export async function describeEndpoints(
  _context: OperationContext,
  rawInput: unknown,
): Promise<DescribeEndpointsOutput> {
  readModelInput('DescribeEndpoints', rawInput);
  const Address = `dynamodb.${REGION}.amazonaws.com`;
  return { Endpoints: [{ Address, CachePeriodInMinutes: ENDPOINT_CACHE_MINUTES }] };
}
