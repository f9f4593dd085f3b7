// DynamoDB's size of items: what limits, pages and capacity units are counted in. Only legal values
// come here (table/item-value.ts), so there is no depth to guard.

import { decimalSize, numberSize as sizeOfDigits } from '../core/codec/decimal.js';
import { NumberValue } from '../number-value.js';
import type { AttributeValue, Item, NumberAttribute } from './item-types.js';
import { decimalOf } from './number.js';

/** UTF-8 bytes of names plus sizes of values, over the top-level attributes. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name of Object.keys(item)) size += textSize(name) + valueSize(item[name]);
  return size;
}

export function valueSize(value: AttributeValue): number {
  switch (typeof value) {
    case 'string':
      return textSize(value);
    case 'number':
    case 'bigint':
      return numberSize(value);
    case 'boolean':
      return 1;
  }
  if (value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof NumberValue) return numberSize(value);
  if (value instanceof Set) {
    let size = 0;
    for (const member of value as ReadonlySet<AttributeValue>) size += valueSize(member);
    return size;
  }
  let size = 3;
  if (Array.isArray(value)) {
    for (const element of value as readonly AttributeValue[]) size += 1 + valueSize(element);
    return size;
  }
  const map = value as { readonly [name: string]: AttributeValue };
  for (const name of Object.keys(map)) size += 1 + textSize(name) + valueSize(map[name]);
  return size;
}

/** Bytes of a text as UTF-8. */
export function textSize(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function numberSize(value: NumberAttribute): number {
  // Integers of one or two digits are most numbers there are.
  if (typeof value === 'number' && value >= 0 && value < 100 && Number.isInteger(value)) {
    return value === 0 ? 1 : 2;
  }
  return Number.isSafeInteger(value) ? integerSize(value as number) : decimalSize(decimalOf(value));
}

/** Of a safe integer, without its text. */
function integerSize(value: number): number {
  let rest = Math.abs(value);
  let exponent = 0;
  let digits = 0;
  for (; rest !== 0 && rest % 10 === 0; rest /= 10) exponent++;
  for (; rest >= 1; rest = Math.floor(rest / 10)) digits++;
  return sizeOfDigits(digits, exponent, value < 0);
}
