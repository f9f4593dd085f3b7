// Tables of every kind of key, and random items, keys and conditions for them.

import type { Range, SortCondition, TableDefinition } from '../../../host/engine/store.js';
import type {
  AttributeValue,
  Item,
  KeyAttribute,
  KeySchema,
  KeyType,
  KeyValue,
} from '../../../host/table/item-types.js';
import { NumberValue } from '../../../host/number-value.js';
import { randomUuid } from '../../../host/random.js';
import { tableArn } from '../../../host/table/definition.js';
import { below } from '../../io/support/random.js';
import { randomFrom } from './engine.js';

export type Seeded = () => number;

export const SCHEMAS: Readonly<Record<string, KeySchema>> = {
  Strings: { partition: { name: 'pk', type: 'S' }, sort: { name: 'sk', type: 'S' } },
  Numbers: { partition: { name: 'pk', type: 'S' }, sort: { name: 'sk', type: 'N' } },
  Bytes: { partition: { name: 'pk', type: 'B' }, sort: { name: 'sk', type: 'B' } },
  Single: { partition: { name: 'id', type: 'N' } },
};

/** A new table: same name, other UUID each time. */
export function defineTable(name: string, random: Seeded): TableDefinition {
  const key = SCHEMAS[name];
  const attributes = key.sort === undefined ? [key.partition] : [key.partition, key.sort];
  return {
    name,
    key,
    attributeDefinitions: attributes.map(({ name: AttributeName, type }) => ({
      AttributeName,
      AttributeType: type,
    })),
    tableId: randomUuid(randomFrom(random)),
    arn: tableArn(name),
    createdAtMs: 1_700_000_000_000,
    billingMode: 'PAY_PER_REQUEST',
    readUnits: 0,
    writeUnits: 0,
    deletionProtection: false,
    tags: [],
  };
}

const TEXTS = [
  '',
  'a',
  'aa',
  'ab',
  'b\u0000',
  'b\u0000\u0001',
  'z',
  'é',
  '\uFFFD',
  '\u{1F600}',
  'a'.repeat(300),
];
const NUMBERS: readonly (number | NumberValue)[] = [
  0,
  1,
  -1,
  2,
  10,
  100,
  99,
  -99.5,
  0.1,
  1e20,
  -1e20,
  1e-7,
  123456789,
  2 ** 53,
  NumberValue.from('12345678901234567890123456789012345678'),
  NumberValue.from('-9.9e125'),
  NumberValue.from('1e-130'),
];

/** One of about 60 values of a type, close to each other, so that operations meet. */
export function keyValue(type: KeyType, random: Seeded, spread: number): KeyValue {
  if (type === 'N')
    return random() < 0.3 ? NUMBERS[below(random, NUMBERS.length)] : below(random, spread) - 5;
  const text =
    random() < 0.2 ? TEXTS[1 + below(random, TEXTS.length - 1)] : `k${below(random, spread)}`;
  return type === 'S' ? text : new Uint8Array(Buffer.from(text));
}

export function randomKey(schema: KeySchema, random: Seeded): Item {
  const value = ({ type }: KeyAttribute, spread: number): KeyValue =>
    keyValue(type, random, spread);
  const { partition, sort } = schema;
  if (sort === undefined) return { [partition.name]: value(partition, 60) };
  return { [partition.name]: value(partition, 8), [sort.name]: value(sort, 40) };
}

/** `largeBytes`: size of the large value that one item in a hundred has. */
export function randomItem(schema: KeySchema, random: Seeded, largeBytes: number): Item {
  const item = randomKey(schema, random);
  item.n = below(random, 1_000_000);
  if (random() < 0.5) item.text = 'x'.repeat(below(random, 120));
  for (let count = below(random, 4); count > 0; count--)
    item[`a${below(random, 6)}`] = randomValue(random, 0);
  if (random() < 0.08) item.more = randomText(random, 200 + below(random, 3_000));
  if (random() < 0.01) item.large = randomText(random, below(random, largeBytes));
  return item;
}

/** Hard to compress, so that blocks and values have their size on disk too. */
function randomText(random: Seeded, length: number): string {
  let text = '';
  while (text.length < length) text += below(random, 2 ** 30).toString(36);
  return text.slice(0, length);
}

function randomValue(random: Seeded, depth: number): AttributeValue {
  switch (below(random, depth < 3 ? 10 : 7)) {
    case 0:
      return TEXTS[below(random, TEXTS.length)];
    case 1:
      return NUMBERS[below(random, NUMBERS.length)];
    case 2:
      return below(random, 2 ** 32) - 2 ** 31;
    case 3:
      return random() < 0.5 ? null : random() < 0.5;
    case 4:
      return new Uint8Array(Buffer.from(randomText(random, below(random, 60))));
    case 5:
      return new Set(['a', 'b', randomText(random, 5)]);
    case 6:
      return new Set([1, 2.5, below(random, 99) + 3]);
    case 7:
      return Array.from({ length: below(random, 4) }, () => randomValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: below(random, 4) }, (_, index) => [
          `m${index}`,
          randomValue(random, depth + 1),
        ]),
      );
  }
}

const OPERATORS: readonly SortCondition['op'][] = [
  'eq',
  'lt',
  'lte',
  'gt',
  'gte',
  'between',
  'beginsWith',
];

/** A query with any condition, or a scan of all or a segment. */
export function randomQuery(schema: KeySchema, random: Seeded): Range {
  const { partition, sort } = schema;
  const value = keyValue(partition.type, random, 8);
  if (sort === undefined || random() < 0.3) return { kind: 'query', partition: value };
  const op = OPERATORS[below(random, OPERATORS.length - (sort.type === 'N' ? 1 : 0))];
  const operand = keyValue(sort.type, random, 40);
  const condition: SortCondition = {
    op,
    value: op === 'beginsWith' ? beginning(operand, random) : operand,
  };
  if (op !== 'between') return { kind: 'query', partition: value, sort: condition };
  return {
    kind: 'query',
    partition: value,
    sort: { ...condition, value2: keyValue(sort.type, random, 40) },
  };
}

function beginning(value: KeyValue, random: Seeded): KeyValue {
  if (random() < 0.5) return typeof value === 'string' ? 'k' : Uint8Array.of(0x6b);
  return value;
}
