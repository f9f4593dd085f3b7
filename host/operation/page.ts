// What Query and Scan have in common once the table is known: the index, what of a row is seen and
// handed out, the page and its answer.

import { ValidationException } from '../errors.js';
import type { IndexDefinition, Page, PageOptions, Range, StoredTable } from '../engine/store.js';
import type { EncodedRow } from './conditions.js';
import type { Condition } from '../expression/condition.js';
import { attributesOf } from '../expression/path.js';
import { projectionOf, type Projection } from '../expression/projection.js';
import { PAGE_BYTES_MAX } from '../limits.js';
import type { Item } from '../table/item-types.js';
import { indexKeyNames, projectedNames } from '../table/index-view.js';
import { Charge, readUnits, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import { RAW_ITEMS, type DocumentItem, type OperationContext, type RawItems } from './context.js';
import { checkReadPaths } from './key-names.js';
import type { PageParameters } from './page-request.js';

/** The answer of Query and Scan. */
export interface PageOutput {
  /** The rows of the page that the filter kept; absent for COUNT. */
  Items?: DocumentItem[];
  /** Rows that the filter kept, returned or counted. */
  Count: number;
  /** Rows read. */
  ScannedCount: number;
  /** The ExclusiveStartKey of the next page. Absent only when the data ran out. */
  LastEvaluatedKey?: DocumentItem;
  ConsumedCapacity?: ConsumedCapacity;
}

/** A request whose expressions are compiled. */
export interface PageRequest {
  readonly parameters: PageParameters;
  readonly filter: Condition | undefined;
  readonly projection: Projection | undefined;
}

const INVALID = 'One or more parameter values were invalid: ';

/** The index a request names, readable; undefined if it names none. */
export function requireIndex(
  table: StoredTable,
  { indexName, consistent }: PageParameters,
): IndexDefinition | undefined {
  if (indexName === undefined) return undefined;
  const index = table.indexes?.find(({ name }) => name === indexName);
  if (index === undefined || index.status === 'deleting') {
    throw new ValidationException(`The table does not have the specified index: ${indexName}`);
  }
  if (consistent && index.kind === 'global') {
    throw new ValidationException('Consistent reads are not supported on global secondary indexes');
  }
  if (index.status === 'creating') {
    throw new ValidationException(
      `Cannot read from backfilling global secondary index: ${indexName}`,
    );
  }
  return index;
}

export async function readPage(
  context: OperationContext,
  table: StoredTable,
  range: Range,
  request: PageRequest,
  reverse: boolean,
): Promise<PageOutput & RawItems> {
  const { parameters, projection, filter } = request;
  checkReadPaths(table, projection?.paths);
  checkReadPaths(table, filter?.paths);
  const index = 'index' in range ? range.index : undefined;
  const rows = planRows(table, index, request);
  const page = await context.store.page(table, range, {
    limit: parameters.limit,
    reverse,
    startKey: parameters.startKey,
    bytesMax: PAGE_BYTES_MAX,
    consistent: parameters.consistent,
    select: parameters.select === 'COUNT' ? 'count' : 'items',
    form: context.values.itemForm,
    ...rows.options,
  });
  return pageOutput(context, table, index, parameters, page, rows);
}

interface RowPlan {
  readonly options: Pick<PageOptions, 'filter' | 'project' | 'wholeItems'>;
  /** Units for items fetched because a local index does not project what was asked. */
  readonly fetchedUnits: () => number;
}

/** What is looked at in each row, and what each gives. */
function planRows(
  table: StoredTable,
  index: IndexDefinition | undefined,
  { parameters, filter, projection }: PageRequest,
): RowPlan {
  const test = filter?.test;
  if (index === undefined) {
    return { options: { filter: test, project: projection?.project }, fetchedUnits: () => 0 };
  }
  const { select, consistent } = parameters;
  const projected = projectedNames(table, index);
  if (index.kind === 'global' && projected !== undefined) {
    refuseUnprojected(index, projected, parameters, filter, projection);
  }
  const all = select === 'ALL_ATTRIBUTES';
  const shown =
    projection ??
    (all || projected === undefined
      ? undefined
      : projectionOf([...projected].map((name) => [name] as const)));
  const filterNames = filter === undefined ? [] : [...attributesOf(filter.paths)];
  const shownNames =
    select === 'COUNT' ? [] : shown === undefined ? undefined : [...attributesOf(shown.paths)];
  const isOutside = (names: readonly string[] | undefined) =>
    projected !== undefined && (names?.some((name) => !projected.has(name)) ?? true);
  const keys = indexKeyNames(table, index);
  const wholeItems = ![...filterNames, ...(shownNames ?? [''])].every((name) => keys.has(name));

  let units = 0;
  const fetched = <Result>(read: (item: EncodedRow) => Result) => {
    return (item: EncodedRow): Result => {
      units += readUnits(item.sizeBytes, consistent);
      return read(item);
    };
  };
  const project = shown?.project ?? ((item: EncodedRow) => item.decode() as Item);
  if (filter !== undefined && isOutside(filterNames)) {
    return {
      options: { filter: fetched(filter.test), project: shown?.project, wholeItems },
      fetchedUnits: () => units,
    };
  }
  const options = isOutside(shownNames)
    ? { filter: test, project: fetched(project), wholeItems }
    : { filter: test, project: shown?.project, wholeItems };
  return { options, fetchedUnits: () => units };
}

/** A global index gives what it projects and nothing else. */
function refuseUnprojected(
  index: IndexDefinition,
  projected: ReadonlySet<string>,
  parameters: PageParameters,
  filter: Condition | undefined,
  projection: Projection | undefined,
): void {
  if (parameters.select === 'ALL_ATTRIBUTES') {
    throw new ValidationException(
      `${INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} ` +
        'because its projection type is not ALL',
    );
  }
  const missing = (paths: Condition['paths'] | undefined) =>
    [...attributesOf(paths ?? [])].filter((name) => !projected.has(name));
  const unprojected = missing(projection?.paths);
  if (unprojected.length > 0) {
    throw new ValidationException(
      `${INVALID}Global secondary index ${index.name} does not project [${unprojected.join(', ')}]`,
    );
  }
  const unfiltered = missing(filter?.paths);
  if (unfiltered.length > 0) {
    throw new ValidationException(
      `${INVALID}Secondary index ${index.name} does not project one or more filter attributes: ` +
        `[${unfiltered.join(', ')}]`,
    );
  }
}

function pageOutput(
  { values }: OperationContext,
  table: StoredTable,
  index: IndexDefinition | undefined,
  parameters: PageParameters,
  page: Page,
  rows: RowPlan,
): PageOutput & RawItems {
  const output: PageOutput & RawItems = { Count: page.matched, ScannedCount: page.count };
  if (page.bytes !== undefined) output[RAW_ITEMS] = page.bytes;
  else if (parameters.select !== 'COUNT')
    output.Items = page.items.map((row) => values.writeMap(row));
  if (page.lastKey !== undefined) output.LastEvaluatedKey = values.writeMap(page.lastKey);
  if (wantsCapacity(parameters.capacityMode)) {
    const units = readUnits(page.sizeBytes, parameters.consistent);
    const charge = new Charge(table);
    if (index === undefined) charge.add(units);
    else charge.addIndex(index.name, units).add(rows.fetchedUnits());
    output.ConsumedCapacity = charge.consumed(parameters.capacityMode);
  }
  return output;
}
