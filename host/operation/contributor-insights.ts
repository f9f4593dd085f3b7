// Contributor Insights: which keys are used most. It is disabled for every table and index, and
// cannot be enabled in this version.

import { ResourceNotFoundException } from '../errors.js';
import type { StoredTable } from '../engine/store.js';
import { tableNotFound } from '../table/catalog.js';
import type { OperationContext } from './context.js';
import { refuse } from './refusal.js';
import { readModelInput } from './service-model/model-input.js';

export interface ContributorInsightsInput {
  /** Name or ARN. */
  TableName: string;
  IndexName?: string;
}

export interface UpdateContributorInsightsInput extends ContributorInsightsInput {
  ContributorInsightsAction: 'ENABLE' | 'DISABLE';
  ContributorInsightsMode?: 'ACCESSED_AND_THROTTLED_KEYS' | 'THROTTLED_KEYS';
}

export interface ContributorInsightsOutput {
  TableName: string;
  IndexName?: string;
  ContributorInsightsStatus: 'DISABLED';
}

export interface ListContributorInsightsInput {
  TableName?: string;
  NextToken?: string;
  /** At most 100. */
  MaxResults?: number;
}

/** What is disabled is left out. */
export async function listContributorInsights(
  context: OperationContext,
  rawInput: unknown,
): Promise<{ ContributorInsightsSummaries: never[] }> {
  const operation = 'ListContributorInsights';
  const { TableName: name } = readModelInput<ListContributorInsightsInput>(operation, rawInput);
  if (name !== undefined) requireSubject(context, { TableName: name });
  return { ContributorInsightsSummaries: [] };
}

export async function describeContributorInsights(
  context: OperationContext,
  rawInput: unknown,
): Promise<ContributorInsightsOutput> {
  const operation = 'DescribeContributorInsights';
  return disabled(context, readModelInput<ContributorInsightsInput>(operation, rawInput));
}

export async function updateContributorInsights(
  context: OperationContext,
  rawInput: unknown,
): Promise<ContributorInsightsOutput> {
  const operation = 'UpdateContributorInsights';
  const input = readModelInput<UpdateContributorInsightsInput>(operation, rawInput);
  if (input.ContributorInsightsAction === 'DISABLE') return disabled(context, input);
  const { arn } = requireSubject(context, input);
  const { IndexName: index } = input;
  return refuse(operation, index === undefined ? arn : `${arn}/index/${index}`);
}

function disabled(
  context: OperationContext,
  input: ContributorInsightsInput,
): ContributorInsightsOutput {
  const { name } = requireSubject(context, input);
  const { IndexName: index } = input;
  return {
    TableName: name,
    ...(index === undefined ? {} : { IndexName: index }),
    ContributorInsightsStatus: 'DISABLED',
  };
}

/** The table, which has the index if one is named. */
function requireSubject(
  { catalog }: OperationContext,
  { TableName: nameOrArn, IndexName: index }: ContributorInsightsInput,
): StoredTable {
  const table = catalog.findActive(nameOrArn);
  if (table === undefined) throw tableNotFound(nameOrArn);
  if (index === undefined || table.indexes?.some(({ name }) => name === index) === true) {
    return table;
  }
  throw new ResourceNotFoundException(
    `Requested resource not found: Index: ${index} not found for table: ${table.name}`,
  );
}
