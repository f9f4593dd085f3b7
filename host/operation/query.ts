// Query: the items of one partition key, in the order of their sort keys, a page at a time; of the
// table or of one of its indexes.

import { ValidationException } from '../errors.js';
import { checkFilterKeys } from '../expression/key-attributes.js';
import {
  parseKeyCondition,
  resolveIndexKeyCondition,
  resolveKeyCondition,
  type KeyClause,
} from '../expression/key-condition.js';
import { readKeyConditions } from '../expression/legacy-condition.js';
import { checkParameters } from '../expression/parameters.js';
import { Placeholders } from '../expression/placeholders.js';
import { itemFault } from '../table/item-value.js';
import { keyAttributes } from '../table/key-schema.js';
import { compileReadFilter, compileReadProjection } from './conditions.js';
import { enveloped, mustBeAtLeast, newFault, throwFaults } from './constraints.js';
import type { OperationContext } from './context.js';
import { readComparisons, type LegacyCondition } from './legacy-parameters.js';
import { readPage, requireIndex, type PageOutput, type PageRequest } from './page.js';
import {
  checkPageParameters,
  readPageParameters,
  selectFault,
  type PageInput,
} from './page-request.js';
import { checkQueryStart } from './start-key.js';
import { readBoolean, readString } from './wire-types.js';

export interface QueryInput extends PageInput {
  /** `pk = :v`, and optionally `AND` one of `= < <= > >=`, BETWEEN, begins_with on the sort key. */
  KeyConditionExpression?: string;
  /** False: descending sort keys. Default true. */
  ScanIndexForward?: boolean;
  /** Legacy: use KeyConditionExpression. */
  KeyConditions?: Record<string, LegacyCondition>;
  /** Legacy: use FilterExpression. */
  QueryFilter?: Record<string, LegacyCondition>;
}

export type QueryOutput = PageOutput;

interface QueryRequest extends PageRequest {
  readonly clauses: readonly KeyClause[];
  readonly reverse: boolean;
}

export async function query(context: OperationContext, rawInput: unknown): Promise<QueryOutput> {
  const request = readQuery(context, rawInput);
  const { clauses, parameters, reverse } = request;
  const table = context.catalog.require(parameters.tableName);
  const index = requireIndex(table, parameters);
  const range =
    index === undefined
      ? resolveKeyCondition(clauses, table.key)
      : resolveIndexKeyCondition(clauses, index);
  if (request.filter !== undefined) {
    const keys =
      index === undefined ? keyAttributes(table.key) : [...index.partition, ...index.sort];
    const names = new Set(keys.map(({ name }) => name));
    const parameter = parameters.filter === undefined ? 'QueryFilter' : 'FilterExpression';
    checkFilterKeys(parameter, request.filter.paths, names);
  }
  if (parameters.startKey !== undefined) checkQueryStart(table, range, parameters.startKey);
  return readPage(context, table, range, request, reverse);
}

/** Types, constraints, placeholders, values and expressions: all that comes before the table. */
function readQuery(context: OperationContext, rawInput: unknown): QueryRequest {
  const raw = readPageParameters(context, 'query', rawInput);
  const { input, names, values, startKey } = raw;
  const expression = readString(input.KeyConditionExpression, 'KeyConditionExpression');
  const forward = readBoolean(input.ScanIndexForward, 'ScanIndexForward') ?? true;

  const keyConditions = readComparisons(context.values, input, 'KeyConditions');
  const legacyFilter = readComparisons(context.values, input, 'QueryFilter');

  const parameters = checkPageParameters(raw, (limit) =>
    limit !== undefined && limit < 1 ? newFault('Limit', mustBeAtLeast(1)) : undefined,
  );
  throwFaults([...keyConditions.faults, ...legacyFilter.faults]);
  checkParameters('Query', input);
  if (expression === undefined && keyConditions.entries === undefined) {
    throw new ValidationException(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  }
  const selectProblem = selectFault(parameters);
  if (selectProblem !== undefined) throw enveloped(selectProblem);
  const placeholders = new Placeholders({ names, values });
  if (startKey !== undefined) {
    const fault = itemFault(startKey, 'ExclusiveStartKey');
    if (fault !== undefined) throw new ValidationException(fault);
  }
  const clauses =
    expression === undefined
      ? readKeyConditions(keyConditions.entries ?? {}, 'current')
      : parseKeyCondition(expression, placeholders);
  const filter = compileReadFilter(
    parameters.filter,
    'QueryFilter',
    legacyFilter.entries,
    parameters.conditionalOperator,
    placeholders,
    'current',
  );
  const projection = compileReadProjection(
    parameters.projection,
    parameters.attributesToGet,
    placeholders,
  );
  placeholders.checkAllUsed();
  return {
    parameters,
    clauses,
    filter,
    projection,
    reverse: !forward,
  };
}
