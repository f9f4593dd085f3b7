// The parameters that Query and Scan share: read once, checked once, in DynamoDB's order.

import type { Item } from '../table/item-types.js';
import {
  attributesToGetFault,
  capacityModeFault,
  checkTableName,
  enumFault,
  indexNameFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import {
  readBoolean,
  readInput,
  readInteger,
  readNameMap,
  readString,
  readStrings,
  type Structure,
} from './wire-types.js';

export const SELECT_VALUES = [
  'SPECIFIC_ATTRIBUTES',
  'COUNT',
  'ALL_ATTRIBUTES',
  'ALL_PROJECTED_ATTRIBUTES',
] as const;
export type Select = (typeof SELECT_VALUES)[number];

/** What the inputs of Query and Scan have in common. */
export interface PageInput {
  /** Name or ARN. */
  TableName: string;
  /** A secondary index to read instead of the table. */
  IndexName?: string;
  /** Rows that fail it are read and counted, but not returned. */
  FilterExpression?: string;
  /** The attributes, or parts of them, to return: `a, b.c, d[0]`. */
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: DocumentItem;
  /** Rows at most, counted before the filter. A page also ends at 1 MB. */
  Limit?: number;
  /** Where the last page ended. */
  ExclusiveStartKey?: DocumentItem;
  /** COUNT leaves out the items. Default: all attributes, on an index all that it projects. */
  Select?: Select;
  /** Sees every acknowledged write. Not on a global index. */
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
  /** Legacy: use ProjectionExpression. */
  AttributesToGet?: string[];
  /** Legacy: use FilterExpression. */
  ConditionalOperator?: 'AND' | 'OR';
}

/** The parameters with their types and bounds checked. */
export interface PageParameters {
  readonly input: Structure;
  readonly tableName: string;
  readonly indexName: string | undefined;
  readonly filter: string | undefined;
  readonly projection: string | undefined;
  readonly attributesToGet: readonly string[] | undefined;
  readonly conditionalOperator: string | undefined;
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly values: Item | undefined;
  readonly startKey: Item | undefined;
  readonly limit: number | undefined;
  readonly consistent: boolean;
  readonly select: Select | undefined;
  readonly capacityMode: CapacityMode | undefined;
}

/** The parameters with their types checked, but not their bounds. */
export type RawPageParameters = Omit<PageParameters, 'tableName'> & {
  readonly tableName: string | undefined;
};

export function readPageParameters(
  context: OperationContext,
  operation: 'query' | 'scan',
  rawInput: unknown,
): RawPageParameters {
  const input = readInput(operation, rawInput);
  const { values } = context;
  const text = (member: string) => readString(input[member], member);
  return {
    input,
    tableName: text('TableName'),
    indexName: text('IndexName'),
    filter: text('FilterExpression'),
    projection: text('ProjectionExpression'),
    attributesToGet: readStrings(input.AttributesToGet, 'AttributesToGet'),
    conditionalOperator: text('ConditionalOperator'),
    names: readNameMap(input.ExpressionAttributeNames, 'ExpressionAttributeNames'),
    values: values.readMap(input.ExpressionAttributeValues, 'ExpressionAttributeValues'),
    startKey: values.readMap(input.ExclusiveStartKey, 'ExclusiveStartKey'),
    limit: readInteger(input.Limit, 'Limit'),
    consistent: readBoolean(input.ConsistentRead, 'ConsistentRead') ?? false,
    select: text('Select') as Select | undefined,
    capacityMode: text('ReturnConsumedCapacity') as CapacityMode | undefined,
  };
}

/**
 * To be called when the types of all members are known to be right. `limitFault` words a Limit below 1,
 * after the constraints of the other members.
 */
export function checkPageParameters(
  parameters: RawPageParameters,
  limitFault: (limit: number | undefined) => string | undefined,
): PageParameters {
  const { tableName } = parameters;
  checkTableName(tableName);
  throwFaults([capacityModeFault(parameters.capacityMode)]);
  throwFaults([enumFault(parameters.select, 'select', SELECT_VALUES)]);
  throwFaults([indexNameFault(parameters.indexName)]);
  throwFaults([attributesToGetFault(parameters.attributesToGet)]);
  throwFaults([limitFault(parameters.limit)]);
  return { ...parameters, tableName };
}

/** What is wrong with a Select beside the projection of the request, bare, or undefined. */
export function selectFault(parameters: PageParameters): string | undefined {
  const { select, indexName } = parameters;
  const projection =
    parameters.projection !== undefined
      ? 'ProjectionExpression'
      : parameters.attributesToGet !== undefined
        ? 'AttributesToGet'
        : undefined;
  if (select === 'SPECIFIC_ATTRIBUTES' && projection === undefined) {
    return 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES';
  }
  if (select !== undefined && select !== 'SPECIFIC_ATTRIBUTES' && projection !== undefined) {
    const chosen = select === 'COUNT' ? 'only the Count' : select;
    return `Cannot specify the ${projection} when choosing to get ${chosen}`;
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && indexName === undefined) {
    return 'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName';
  }
  return undefined;
}
