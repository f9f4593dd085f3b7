// Random inputs of every operation, made from the service's model: mostly of the right shape, so that
// they get past the first checks, with something odd here and there.
//
// What a member means is told by its name: TableName gets names of tables that exist, expressions are
// put together from their own words.

import {
  inputShapeOf,
  MODELLED_OPERATIONS,
  shapeOf,
} from '../../host/operation/service-model/shapes.js';
import { expression } from './expressions.js';
import { oddity, oddNumber, oddText } from './oddities.js';
import { chance, pick, type Random } from './random.js';
import { attributeValue, attributeMap, keyMap } from './values.js';

/** The streams API is in a model of its own. */
const STREAM_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  ListStreams: ['TableName', 'Limit', 'ExclusiveStartStreamArn'],
  DescribeStream: ['StreamArn', 'Limit', 'ExclusiveStartShardId'],
  GetShardIterator: ['StreamArn', 'ShardId', 'ShardIteratorType', 'SequenceNumber'],
  GetRecords: ['ShardIterator', 'Limit'],
};

export const FUZZED_OPERATIONS: readonly string[] = [
  ...MODELLED_OPERATIONS,
  ...Object.keys(STREAM_MEMBERS),
];

/** Tables the runner keeps, one that it does not, and names that are none. */
const TABLES = ['Pairs', 'Pairs', 'Indexed', 'Indexed', 'Indexed', 'Single', 'Missing'];
const NO_TABLES = ['../../etc/passwd', 'a/b', ''];
const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/';
const LEVELS_MAX = 6;
const ODD_MEMBER = 0.005;
const LEFT_OUT = 0.01;
const OPTIONAL = 0.15;

type Make = (random: Random) => unknown;

const tableName: Make = (random) => {
  const name = pick(random, chance(random, 0.02) ? NO_TABLES : TABLES);
  return chance(random, 0.1) ? `${ARN}${name}` : name;
};
const arn: Make = (random) =>
  pick(random, [
    `${ARN}${pick(random, TABLES)}`,
    `${ARN}Indexed/stream/2026-10-09T12:00:00.000`,
    'arn:aws:dynamodb:eu-west-1:111111111111:table/Pairs',
    oddText(random),
  ]);
const anExpression: Make = (random) => expression(random);

/** By the name of a member, wherever it is. */
const BY_NAME: Readonly<Record<string, Make>> = {
  TableName: tableName,
  IndexName: (random) => pick(random, ['byGroup', 'byLocal', 'missing', oddText(random)]),
  AttributeName: (random) => pick(random, ['pk', 'sk', 'g', 'a', 'ttl', oddText(random)]),
  Key: (random) => keyMap(random),
  Item: (random) => ({ ...keyMap(random), ...attributeMap(random) }),
  ExclusiveStartKey: (random) => keyMap(random),
  ExpressionAttributeNames: (random) =>
    pick(random, [{ '#a': 'a', '#b': 'b' }, { '#a': 'a' }, { '#a': oddText(random) }]),
  ExpressionAttributeValues: (random) => ({
    ':v': attributeValue(random),
    ':w': attributeValue(random),
  }),
  ResourceArn: arn,
  StreamArn: arn,
  TableArn: arn,
  Limit: (random) => pick(random, [1, 2, 100, 0, -1, oddNumber(random)]),
  TotalSegments: (random) => pick(random, [1, 2, 1_000_000, oddNumber(random)]),
  Segment: (random) => pick(random, [0, 1, oddNumber(random)]),
  KeyConditionExpression: (random) =>
    pick(random, ['pk = :v', 'pk = :v AND sk > :w', 'g = :v', expression(random)]),
  FilterExpression: anExpression,
  ConditionExpression: anExpression,
  UpdateExpression: (random) =>
    pick(random, [
      'SET a = :v',
      'ADD n :v REMOVE b[1]',
      `SET ${expression(random)}`,
      expression(random),
    ]),
  ProjectionExpression: (random) => pick(random, ['a', '#a, b[0].c', expression(random)]),
  Policy: (random) =>
    pick(random, ['{}', '{"Version":"2012-10-17","Statement":[]}', oddText(random)]),
  ClientRequestToken: (random) => pick(random, ['t1', 't2', oddText(random)]),
  ShardIteratorType: (random) =>
    pick(random, ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'x']),
  ReturnConsumedCapacity: (random) => pick(random, ['TOTAL', 'INDEXES', 'NONE', 'x']),
};

export function makeInput(operation: string, random: Random): unknown {
  const members = STREAM_MEMBERS[operation];
  if (members === undefined) return make(random, inputShapeOf(operation), 0);
  const input: Record<string, unknown> = {};
  for (const name of members) {
    if (chance(random, 0.8)) input[name] = (BY_NAME[name] ?? oddText)(random);
  }
  return input;
}

function make(random: Random, name: string, level: number): unknown {
  if (chance(random, ODD_MEMBER)) return oddity(random);
  if (name === 'AttributeValue') return attributeValue(random);
  const shape = shapeOf(name);
  switch (shape.type) {
    case 'structure':
      return structure(random, shape.members ?? {}, shape.required ?? [], level);
    case 'list':
      return several(random, level, () => make(random, shape.member ?? '', level + 1));
    case 'map': {
      const keys = several(random, level, () => mapKey(random, shape.key ?? ''));
      return Object.fromEntries(
        keys.map((key) => [key, make(random, shape.value ?? '', level + 1)]),
      );
    }
    case 'boolean':
      return chance(random, 0.5);
    case 'string':
      return shape.enum === undefined || chance(random, 0.1)
        ? oddText(random)
        : pick(random, shape.enum);
    case 'blob':
      return pick(random, ['AQID', 'x', '']);
    default:
      return pick(random, [0, 1, 5, shape.min ?? 1, shape.max ?? 100, oddNumber(random)]);
  }
}

function structure(
  random: Random,
  members: Readonly<Record<string, string>>,
  required: readonly string[],
  level: number,
): object {
  const made: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(members)) {
    const wanted = required.includes(name)
      ? !chance(random, LEFT_OUT)
      : chance(random, level > LEVELS_MAX ? 0 : OPTIONAL);
    if (!wanted) continue;
    const byName = BY_NAME[name];
    made[name] =
      byName === undefined || chance(random, ODD_MEMBER)
        ? make(random, shape, level + 1)
        : byName(random);
  }
  return made;
}

function mapKey(random: Random, shape: string): string {
  return shape.startsWith('Table')
    ? String(tableName(random))
    : pick(random, ['pk', 'a', oddText(random)]);
}

function several<Made>(random: Random, level: number, one: () => Made): Made[] {
  const count = level > LEVELS_MAX ? 0 : pick(random, [0, 1, 1, 2, 3, 26]);
  return Array.from({ length: count }, one);
}
