// `ferrite query <table> <partition> [condition]`, `ferrite scan <table>` and `ferrite count <table>`: items, page by page.

import type { Command } from 'commander';
import {
  databaseCommand,
  wholeNumber,
  withExamples,
  withTarget,
  withTyped,
  type CommonOptions,
} from '../shell/command.js';
import { placeholders, withPlaceholders, type ExpressionOptions } from '../shell/expressions.js';
import { count as shown, printItems } from '../shell/output.js';
import { pages } from '../shell/pages.js';
import { CommandError, keyValue, tableKeys, type TableKeys } from '../shell/table.js';
import type { TypedItem } from '../shell/typed-json.js';

interface PageOptions extends CommonOptions, ExpressionOptions {
  readonly typed?: boolean;
  readonly index?: string;
  readonly filter?: string;
  readonly project?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
  readonly consistent?: boolean;
}

const OPERATORS = new Map([
  ['=', '='],
  ['eq', '='],
  ['<', '<'],
  ['lt', '<'],
  ['<=', '<='],
  ['lte', '<='],
  ['>', '>'],
  ['gt', '>'],
  ['>=', '>='],
  ['gte', '>='],
]);

export function query(program: Command): void {
  withExamples(
    withPages(
      databaseCommand(
        program,
        'query',
        'Prints the items of one partition key, in the order of their sort keys.',
      ),
    )
      .argument('<table>')
      .argument('<partition>', 'value of the partition key')
      .argument('[condition...]', 'on the sort key: gt 5, between a b, begins 2024-, or one value')
      .option('--reverse', 'descending')
      .action((table: string, partition: string, words: string[], options: PageOptions) =>
        list(table, options, (keys) => ['Query', queryInput(keys, partition, words)]),
      ),
    'ferrite query Orders u1',
    'ferrite query Orders u1 begins 2024- --reverse --limit 10',
    `ferrite query Scores tetris gt 9000 --index byScore --filter 'player <> :me' --values ':me=ann'`,
  );
}

export function scan(program: Command): void {
  withExamples(
    withPages(databaseCommand(program, 'scan', 'Prints all items of a table or index.'))
      .argument('<table>')
      .action((table: string, options: PageOptions) => list(table, options, () => ['Scan', {}])),
    'ferrite scan Orders --limit 20',
    `ferrite scan Orders --filter 'total > :t' --values ':t=100' --json`,
  );
}

export function count(program: Command): void {
  withExamples(
    withPlaceholders(
      databaseCommand(program, 'count', 'Counts the items of a table, an index or a partition.'),
    )
      .argument('<table>')
      .argument('[partition]', 'value of the partition key')
      .argument('[condition...]', 'on the sort key, as for query')
      .option('--index <name>', 'of an index')
      .option('--filter <expression>', 'those that a filter keeps')
      .action(countItems),
    'ferrite count Orders',
    'ferrite count Scores tetris gt 9000',
  );
}

function withPages(command: Command): Command {
  return withPlaceholders(withTyped(command))
    .option('--index <name>', 'of an index')
    .option('--filter <expression>', 'a filter expression')
    .option('--project <expression>', 'a projection expression: which attributes')
    .option('--limit <items>', 'no more items than this', wholeNumber)
    .option('--consistent', 'only what a crash cannot take back');
}

async function list(
  table: string,
  options: PageOptions,
  plan: (
    keys: TableKeys,
  ) => ['Query' | 'Scan', { names?: object; values?: object; KeyConditionExpression?: string }],
): Promise<void> {
  await withTarget(options, async (target) => {
    const keys = await tableKeys(target, table, options.index);
    const [operation, { names, values, ...input }] = plan(keys);
    const { filter, project, reverse, consistent, limit } = options;
    const request = merged(names, values, options, {
      TableName: table,
      ...input,
      ...(options.index === undefined ? {} : { IndexName: options.index }),
      ...(filter === undefined ? {} : { FilterExpression: filter }),
      ...(project === undefined ? {} : { ProjectionExpression: project }),
      ...(reverse === true ? { ScanIndexForward: false } : {}),
      ...(consistent === true ? { ConsistentRead: true } : {}),
    });
    const heads =
      project === undefined
        ? [...new Set([...keys.table, ...keys.index].map(({ name }) => name))]
        : [];
    for await (const { items } of pages(target, operation, request, limit))
      printItems(items, heads, options);
  });
}

async function countItems(
  table: string,
  partition: string | undefined,
  words: string[],
  options: PageOptions,
): Promise<void> {
  await withTarget(options, async (target) => {
    const keys = await tableKeys(target, table, options.index);
    const { names, values, ...input } =
      partition === undefined
        ? { names: undefined, values: undefined }
        : queryInput(keys, partition, words);
    const request = merged(names, values, options, {
      TableName: table,
      Select: 'COUNT',
      ...input,
      ...(options.index === undefined ? {} : { IndexName: options.index }),
      ...(options.filter === undefined ? {} : { FilterExpression: options.filter }),
    });
    let sum = 0;
    for await (const page of pages(target, partition === undefined ? 'Scan' : 'Query', request))
      sum += page.count;
    console.log(options.json === true ? String(sum) : shown(sum));
  });
}

/** The request with the placeholders of its key condition and those of the user. */
function merged(
  names: object | undefined,
  values: object | undefined,
  options: ExpressionOptions,
  request: object,
): object {
  const users: { ExpressionAttributeNames?: object; ExpressionAttributeValues?: object } =
    placeholders(options);
  const allNames = { ...names, ...users.ExpressionAttributeNames };
  const allValues = { ...values, ...users.ExpressionAttributeValues };
  return {
    ...request,
    ...(Object.keys(allNames).length === 0 ? {} : { ExpressionAttributeNames: allNames }),
    ...(Object.keys(allValues).length === 0 ? {} : { ExpressionAttributeValues: allValues }),
  };
}

/** Query's key condition from words. Its placeholders begin with `key`, out of the way of the user's. */
export function queryInput(keys: TableKeys, partition: string, words: readonly string[]) {
  const [hash, sort] = keys.index;
  if (keys.indexHashes > 1)
    throw new CommandError('An index with several partition attributes is queried by db.query.');
  const names: Record<string, string> = { '#keyPartition': hash.name };
  const values: Record<string, TypedItem[string]> = { ':keyPartition': keyValue(hash, partition) };
  let condition = '#keyPartition = :keyPartition';
  if (words.length > 0) {
    if (sort === undefined)
      throw new CommandError(
        `${keys.description.TableName} has no sort key to put a condition on.`,
      );
    names['#keySort'] = sort.name;
    const [form, bounds] = sortCondition(words);
    bounds.forEach((word, at) => {
      values[`:keySort${at}`] = keyValue(sort, word);
    });
    condition += ` AND ${form}`;
  }
  return { names, values, KeyConditionExpression: condition };
}

function sortCondition(words: readonly string[]): [form: string, bounds: readonly string[]] {
  const [first, ...rest] = words;
  if (first === 'between' && rest.length === 2)
    return ['#keySort BETWEEN :keySort0 AND :keySort1', rest];
  if (first === 'begins' && rest.length === 1) return ['begins_with(#keySort, :keySort0)', rest];
  const operator = OPERATORS.get(first);
  if (operator !== undefined && rest.length === 1) return [`#keySort ${operator} :keySort0`, rest];
  if (rest.length === 0) return ['#keySort = :keySort0', words];
  throw new CommandError(
    `${words.join(' ')}: give one value, or gt, gte, lt, lte, eq, begins and a value, or between and two.`,
  );
}
