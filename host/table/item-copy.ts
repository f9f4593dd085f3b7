// A deep copy of legal values, for what is needed after the caller has its objects back.

import { setOwn } from '../core/codec/plain-object.js';
import { NumberValue } from '../number-value.js';
import type { AttributeValue, Item } from './item-types.js';

export function copyItem(item: Item): Item {
  const copy: Item = {};
  for (const name of Object.keys(item)) setOwn(copy, name, copyValue(item[name]));
  return copy;
}

function copyValue(value: AttributeValue): AttributeValue {
  if (typeof value !== 'object' || value === null || value instanceof NumberValue) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return (value as readonly AttributeValue[]).map(copyValue);
  if (value instanceof Set) {
    const members = [...(value as ReadonlySet<AttributeValue>)];
    return new Set(members.map(copyValue)) as AttributeValue;
  }
  return copyItem(value as Item);
}
