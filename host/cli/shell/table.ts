// A table as the shell works on it: its keys, and key values given as words.

import type { Target } from './target.js';
import type { TypedItem, TypedValue } from './typed-json.js';

export interface KeyElement {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface TableKeys {
  readonly table: readonly KeyElement[];
  /** Of an index, if one was named: HASH ones first. */
  readonly index: readonly KeyElement[];
  readonly indexHashes: number;
  readonly description: Description;
}

interface Schema {
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly IndexName?: string;
}

/** Of what DescribeTable answers. */
export interface Description extends Schema {
  readonly TableName: string;
  readonly TableStatus: string;
  readonly ItemCount: number;
  readonly TableSizeBytes: number;
  readonly AttributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: 'S' | 'N' | 'B';
  }[];
  readonly GlobalSecondaryIndexes?: readonly Schema[];
  readonly LocalSecondaryIndexes?: readonly Schema[];
  readonly LatestStreamArn?: string;
}

export async function describe(target: Target, TableName: string): Promise<Description> {
  return (await target.execute('DescribeTable', { TableName }))['Table'] as Description;
}

export async function tableKeys(target: Target, name: string, index?: string): Promise<TableKeys> {
  const description = await describe(target, name);
  const types = new Map(
    description.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]),
  );
  const elements = ({ KeySchema }: Schema): KeyElement[] =>
    KeySchema.map(({ AttributeName }) => ({
      name: AttributeName,
      type: types.get(AttributeName) ?? 'S',
    }));
  const { GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = description;
  const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes];
  const found = indexes.find(({ IndexName }) => IndexName === index);
  if (index !== undefined && found === undefined) {
    const names = indexes.map(({ IndexName }) => IndexName).join(', ') || 'none';
    throw new CommandError(`Table ${name} has no index ${index}. It has: ${names}.`);
  }
  const schema = found ?? description;
  return {
    table: elements(description),
    index: elements(schema),
    indexHashes: schema.KeySchema.filter(({ KeyType }) => KeyType === 'HASH').length,
    description,
  };
}

/** A word of the command line as a key value: numbers as they are, bytes in base64. */
export function keyValue({ type }: KeyElement, word: string): TypedValue {
  return { [type]: word };
}

/** A whole primary key: `u1 o7`, or one word of JSON. */
export function keyOf({ table, description }: TableKeys, words: readonly string[]): TypedItem {
  if (words.length !== table.length) {
    const names = table.map(({ name, type }) => `${name} (${type})`).join(' and ');
    throw new CommandError(
      `The key of ${description.TableName} is ${names}: give ${table.length}, not ${words.length}.`,
    );
  }
  return Object.fromEntries(
    table.map((element, at) => [element.name, keyValue(element, words[at])]),
  );
}

/** Something about the command line that the user can put right. */
export class CommandError extends Error {
  readonly code = 'CommandError';
}
