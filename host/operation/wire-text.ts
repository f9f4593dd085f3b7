// How a value reads in DynamoDB's JSON. A few messages quote a request that way; nothing else here
// speaks JSON.

import type { AttributeValue } from '../table/item-types.js';
import { typeOfValue } from '../table/item-value.js';

/** The value as DynamoDB JSON: `{"S":"a"}`. */
export function attributeJson(value: AttributeValue): object {
  const type = typeOfValue(value);
  if (value === null) return { NULL: true };
  if (value instanceof Set)
    return { [type]: [...(value as ReadonlySet<AttributeValue>)].map(scalarJson) };
  if (Array.isArray(value)) return { L: (value as readonly AttributeValue[]).map(attributeJson) };
  if (type === 'M') return { M: itemJson(value as { readonly [name: string]: AttributeValue }) };
  return { [type]: scalarJson(value) };
}

/** An item or key as DynamoDB JSON. */
export function itemJson(item: { readonly [name: string]: AttributeValue }): object {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, attributeJson(value)]),
  );
}

function scalarJson(value: AttributeValue): string | boolean {
  if (typeof value === 'boolean') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
}
