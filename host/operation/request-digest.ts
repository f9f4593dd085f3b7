// What a transaction's token is bound to: the whole request, in one text whatever the order of its
// members. The token itself and ReturnConsumedCapacity are no part of it.

import { createHash } from 'node:crypto';
import { NumberValue } from '../number-value.js';
import type { Structure } from './wire-types.js';

const LEFT_OUT: ReadonlySet<string> = new Set(['ClientRequestToken', 'ReturnConsumedCapacity']);

export function digestOf(input: Structure): string {
  const body = Object.fromEntries(Object.entries(input).filter(([name]) => !LEFT_OUT.has(name)));
  return createHash('sha256').update(textOf(body)).digest('base64');
}

/** Injective: values of different types or contents have different texts. */
function textOf(value: unknown): string {
  if (typeof value === 'bigint') return `n${value}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'u';
  if (value instanceof NumberValue) return `n${value.value}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('base64')};`;
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (value instanceof Set) return `s[${[...(value as Set<unknown>)].map(textOf).sort().join()}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}:${textOf(member)}`);
  return `{${members.sort().join()}}`;
}
