// The handle of one table of a database in another process: the words of `db.table`, as operations.
//
// Streams are pages that the client pulls: the server keeps nothing between two of them.

import { readRange } from '../table/range.js';
import type { QueryRange, SortCondition } from '../engine/store.js';
import { ItemStream, type PageSource } from '../table/item-stream.js';
import type { Item, KeySchema, KeyType } from '../table/item-types.js';
import type { GetOptions, QueryOptions, ScanOptions, Table } from '../table/table-handle.js';
import type { RemoteDatabase } from './remote-database.js';

/**
 * A fast handle, of a table in another process: nothing that blocks, and changes are followed through `db.streams`.
 */
export type RemoteTable<T extends object = Item, K extends keyof T = never> = Omit<
  Table<T, K>,
  'getSync' | 'stream' | 'on'
>;

const OPERATORS: Readonly<Record<SortCondition['op'], string>> = {
  eq: '#s = :a',
  lt: '#s < :a',
  lte: '#s <= :a',
  gt: '#s > :a',
  gte: '#s >= :a',
  between: '#s BETWEEN :a AND :b',
  beginsWith: 'begins_with(#s, :a)',
};

export class RemoteTableHandle implements RemoteTable<Item> {
  readonly name: string;
  readonly #database: RemoteDatabase;
  #schema: KeySchema | undefined;

  constructor(database: RemoteDatabase, name: string) {
    this.#database = database;
    this.name = name;
  }

  async put(item: Item): Promise<void> {
    await this.#database.put({ TableName: this.name, Item: item });
  }

  async get(key: Item, { consistent, signal }: GetOptions = {}): Promise<Item | undefined> {
    signal?.throwIfAborted();
    const input = { TableName: this.name, Key: key };
    const answer = await this.#database.get(
      consistent === undefined ? input : { ...input, ConsistentRead: consistent },
    );
    signal?.throwIfAborted();
    return answer.Item as Item | undefined;
  }

  async delete(key: Item): Promise<void> {
    await this.#database.delete({ TableName: this.name, Key: key });
  }

  query(range: object, options: QueryOptions = {}): ItemStream {
    const { reverse = false, consistent = false, limit, signal } = options;
    const source: PageSource = async (startKey, rows) => {
      const schema = await this.#keySchema();
      return page(
        await this.#database.query({
          TableName: this.name,
          ...conditionOf(schema, readRange(schema, range)),
          ScanIndexForward: !reverse,
          ConsistentRead: consistent,
          ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
          ...(rows === undefined ? {} : { Limit: rows }),
        }),
      );
    };
    return new ItemStream([source], limit, signal);
  }

  scan(options: ScanOptions = {}): ItemStream {
    const { segments = 1, consistent = false, limit, signal } = options;
    const sources = Array.from(
      { length: segments },
      (_, Segment): PageSource =>
        async (startKey, rows) =>
          page(
            await this.#database.scan({
              TableName: this.name,
              ConsistentRead: consistent,
              ...(segments === 1 ? {} : { Segment, TotalSegments: segments }),
              ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
              ...(rows === undefined ? {} : { Limit: rows }),
            }),
          ),
    );
    return new ItemStream(sources, limit, signal);
  }

  async count(
    range: object,
    options: { index?: string; consistent?: boolean; signal?: AbortSignal } = {},
  ): Promise<number> {
    const { index, consistent = false, signal } = options;
    const schema = await this.#keySchema(index);
    const input = {
      TableName: this.name,
      ...(index === undefined ? {} : { IndexName: index }),
      ...conditionOf(schema, readRange(schema, range)),
      ConsistentRead: consistent,
      Select: 'COUNT' as const,
    };
    let count = 0;
    for (let start: Record<string, unknown> | undefined, more = true; more; ) {
      signal?.throwIfAborted();
      const answer = await this.#database.query(
        start === undefined ? input : { ...input, ExclusiveStartKey: start },
      );
      count += answer.Count ?? 0;
      start = answer.LastEvaluatedKey;
      more = start !== undefined;
    }
    return count;
  }

  async #keySchema(index?: string): Promise<KeySchema> {
    if (index === undefined && this.#schema !== undefined) return this.#schema;
    const { Table: table } = await this.#database.describeTable({ TableName: this.name });
    const indexes = [
      ...(table?.GlobalSecondaryIndexes ?? []),
      ...(table?.LocalSecondaryIndexes ?? []),
    ];
    const owner =
      index === undefined ? table : indexes.find(({ IndexName }) => IndexName === index);
    const attribute = (role: string): { name: string; type: KeyType } | undefined => {
      const element = owner?.KeySchema?.find(({ KeyType: kind }) => kind === role);
      if (element === undefined) return undefined;
      const name = String(element.AttributeName);
      const definition = table?.AttributeDefinitions?.find((each) => each.AttributeName === name);
      return { name, type: definition?.AttributeType as KeyType };
    };
    const schema = { partition: attribute('HASH'), sort: attribute('RANGE') } as KeySchema;
    if (index === undefined) this.#schema = schema;
    return schema;
  }
}

function page(answer: { Items?: unknown[]; Count?: number; LastEvaluatedKey?: unknown }) {
  const items = (answer.Items ?? []) as Item[];
  const count = answer.Count ?? 0;
  const found = { items, count, matched: count, sizeBytes: 0 };
  return answer.LastEvaluatedKey === undefined
    ? found
    : { ...found, lastKey: answer.LastEvaluatedKey as Item };
}

function conditionOf({ partition, sort }: KeySchema, range: QueryRange) {
  const names: Record<string, string> = { '#p': partition.name };
  const values: Record<string, unknown> = { ':p': range.partition };
  let text = '#p = :p';
  if (range.sort !== undefined && sort !== undefined) {
    names['#s'] = sort.name;
    values[':a'] = range.sort.value;
    if (range.sort.op === 'between') values[':b'] = range.sort.value2;
    text += ` AND ${OPERATORS[range.sort.op]}`;
  }
  return {
    KeyConditionExpression: text,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
