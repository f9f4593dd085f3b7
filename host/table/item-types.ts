// The JavaScript values an item is made of.
//
// One DynamoDB type has one JavaScript form on the way out; on the way in a number may also be a
// bigint:
//   S string   N number when that is exact, else NumberValue   B Uint8Array
//   BOOL boolean   NULL null
//   L array    M plain object (any name is legal, `__proto__` too)    SS, NS, BS Set
// Nothing here is an instance of a user's class: such objects are refused, never converted.

import type { NumberValue } from '../number-value.js';

/**
 * A number attribute. Reads give `number` when it is exact and `NumberValue` (a decimal text) when
 * not.
 */
export type NumberAttribute = number | bigint | NumberValue;

/** A value that a key attribute can have. */
export type KeyValue = string | NumberAttribute | Uint8Array;

/** Any value of an attribute, nested ones included. */
export type AttributeValue =
  | KeyValue
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue }
  | ReadonlySet<string>
  | ReadonlySet<NumberAttribute>
  | ReadonlySet<Uint8Array>;

/** A whole item, or the key of one (then it holds the key attributes and nothing else). */
export type Item = { [name: string]: AttributeValue };

/** The types a key attribute can be declared with. */
export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The primary key of a table: a partition key, and a sort key if items share partitions. */
export interface KeySchema {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

/** The letters DynamoDB uses for the ten types, as they appear in messages. */
export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';
