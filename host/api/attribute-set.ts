// SS, NS and BS as a JavaScript Set, or what DynamoDB says of members that make no set.

import { FaultyValue } from '../table/faulty-value.js';
import type { NumberAttribute } from '../table/item-types.js';
import { compareKeyValues } from '../table/key-schema.js';
import { decimalIdentity, decimalOf } from '../table/number.js';
import { readNumber } from './attribute-number.js';

const INVALID = 'One or more parameter values were invalid: ';

/** `members` are texts of strings or numbers, or bytes. */
export function readSet(
  type: 'SS' | 'NS' | 'BS',
  members: readonly (string | Uint8Array)[],
): ReadonlySet<unknown> | FaultyValue {
  if (members.length === 0) return new FaultyValue(emptyText(type));
  if (type === 'SS') return stringSet(members as readonly string[]);
  // Bytes and numbers that are equal are different objects: table/item-value.ts compares them.
  if (type === 'BS') return new Set(members);
  return numberSet(members as readonly string[]);
}

function emptyText(type: 'SS' | 'NS' | 'BS'): string {
  if (type === 'BS') return `${INVALID}Binary sets should not be empty`;
  return `${INVALID}An ${type === 'SS' ? 'string' : 'number'} set  may not be empty`;
}

function stringSet(members: readonly string[]): ReadonlySet<string> | FaultyValue {
  const set = new Set(members);
  if (set.size === members.length) return set;
  const repeated = members.findIndex((member, index) => members.indexOf(member) < index);
  // Byte order up to the first repeat, then the repeat, then the rest as sent.
  const ordered = [
    ...members.slice(0, repeated).sort(compareKeyValues),
    ...members.slice(repeated),
  ];
  const quoted = ordered.map((member) => `"${member}"`).join(', ');
  return new FaultyValue(
    `${INVALID}Input collection [${quoted}] contains duplicates.`,
    `${INVALID}Input collection [${members.join(', ')}] contains duplicates.`,
  );
}

function numberSet(members: readonly string[]): ReadonlySet<unknown> | FaultyValue {
  const numbers = members.map(readNumber);
  const fault = numbers.find((number) => number instanceof FaultyValue);
  if (fault !== undefined) return fault;
  const values = new Set(numbers.map((number) => valueIdentity(number as NumberAttribute)));
  if (values.size === numbers.length) return new Set(numbers);
  return new FaultyValue(
    `${INVALID}Input collection contains duplicates.`,
    'Input collection contains duplicates',
  );
}

function valueIdentity(number: NumberAttribute): string {
  return decimalIdentity(decimalOf(number));
}
