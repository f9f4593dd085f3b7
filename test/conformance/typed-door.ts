// The suite's document door on top of `db.execute`: every request is rewritten into typed shapes and
// every answer back, by a converter of its own, so that the same cases hold for both forms.

import { NumberValue, type Database } from '../../host/index.js';
import { isOperationName } from '../../host/api/operations.js';
import type { Door } from './door.js';

/** Members whose value is an item, a key or the values of placeholders. */
const MAPS: ReadonlySet<string> = new Set([
  'Attributes',
  'ExclusiveStartKey',
  'ExpressionAttributeValues',
  'Item',
  'ItemCollectionKey',
  'Key',
  'Keys',
  'LastEvaluatedKey',
  'NewImage',
  'OldImage',
]);
/** Members that are lists of such. */
const LISTS: ReadonlySet<string> = new Set(['Items', 'Keys']);
/** Members of legacy parameters that are values, and lists of values. */
const VALUES: ReadonlySet<string> = new Set(['Value']);
const VALUE_LISTS: ReadonlySet<string> = new Set(['AttributeValueList']);

type Convert = (value: unknown) => unknown;

const METHODS = {
  put: 'PutItem',
  update: 'UpdateItem',
  get: 'GetItem',
  delete: 'DeleteItem',
  query: 'Query',
  scan: 'Scan',
  batchGet: 'BatchGetItem',
  batchWrite: 'BatchWriteItem',
  transactWrite: 'TransactWriteItems',
  transactGet: 'TransactGetItems',
} as const;

const STREAM_METHODS = {
  listStreams: 'ListStreams',
  describeStream: 'DescribeStream',
  getShardIterator: 'GetShardIterator',
  getRecords: 'GetRecords',
} as const;

/** Control operations have no attribute values: they are the database's own. */
export function typedDoor(db: Database): Door {
  const method = (operation: string) => async (input: object) => {
    if (!isOperationName(operation)) throw new TypeError(`no operation ${operation}`);
    try {
      return rewrite(await db.execute(operation, rewrite(input, toTyped) as object), toDocument);
    } catch (error) {
      if (error instanceof Error) restoreItems(error);
      throw error;
    }
  };
  const methods: Record<string, unknown> = mapValues(METHODS, (name) => method(name as string));
  methods.streams = mapValues(STREAM_METHODS, (name) => method(name as string));
  return new Proxy(db, {
    get(target, name) {
      const own = methods[name as string];
      if (own !== undefined) return own;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  }) as unknown as Door;
}

/** Errors of conditions and transactions have items too. */
function restoreItems(error: Error): void {
  for (const member of ['Item', 'CancellationReasons']) {
    const value: unknown = Reflect.get(error, member);
    if (value === undefined) continue;
    const restored = rewrite({ [member]: value }, toDocument) as Record<string, unknown>;
    Object.defineProperty(error, member, { value: restored[member] });
  }
}

function rewrite(value: unknown, convert: Convert): unknown {
  if (Array.isArray(value)) return value.map((element) => rewrite(element, convert));
  if (!isPlain(value)) return value;
  // What comes as a list by table name.
  return mapValues(value, (member, name) => {
    if (MAPS.has(name) && isPlain(member)) return mapValues(member, convert);
    if (LISTS.has(name) && Array.isArray(member)) {
      return member.map((item) => (isPlain(item) ? mapValues(item, convert) : item));
    }
    if (name === 'Responses' && isPlain(member)) return mapValues(member, itemsOf(convert));
    if (VALUES.has(name)) return convert(member);
    if (VALUE_LISTS.has(name) && Array.isArray(member)) return member.map(convert);
    return rewrite(member, convert);
  });
}

/** BatchGetItem's answer: items by table. */
function itemsOf(convert: Convert): Convert {
  return (items) =>
    (items as unknown[]).map((item) => mapValues(item as Record<string, unknown>, convert));
}

function toTyped(value: unknown): unknown {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isNumber(value)) return { N: String(value) };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: value };
  if (Array.isArray(value)) return { L: value.map(toTyped) };
  if (value instanceof Set) return toTypedSet([...(value as Set<unknown>)]);
  if (isPlain(value)) return { M: mapValues(value, toTyped) };
  return value;
}

function toTypedSet(members: unknown[]): unknown {
  if (members.every(isNumber) && members.length > 0) return { NS: members.map(String) };
  if (members.length > 0 && members.every((member) => member instanceof Uint8Array)) {
    return { BS: members };
  }
  return { SS: members };
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue;
}

function toDocument(value: unknown): unknown {
  const [[type, held], ...others] = Object.entries(value as Record<string, unknown>);
  if (others.length > 0) throw new TypeError(`two types: ${type} and ${others[0][0]}`);
  switch (type) {
    case 'NULL':
      return null;
    case 'N':
      return toNumber(held as string);
    case 'NS':
      return new Set((held as string[]).map(toNumber));
    case 'SS':
    case 'BS':
      return new Set(held as unknown[]);
    case 'L':
      return (held as unknown[]).map(toDocument);
    case 'M':
      return mapValues(held as Record<string, unknown>, toDocument);
    default:
      return held;
  }
}

function toNumber(text: string): unknown {
  const exact = NumberValue.from(text);
  if (exact.value !== text) throw new TypeError(`${text} is not canonical`);
  const number = Number(text);
  // The largest numbers round up to what DynamoDB has none of.
  if (Math.abs(number) >= 1e126) return exact;
  return NumberValue.from(number).value === text ? number : exact;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function mapValues(
  map: Record<string, unknown>,
  convert: (value: unknown, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [name, convert(value, name)]),
  );
}
