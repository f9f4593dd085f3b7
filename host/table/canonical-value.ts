// Values in the form in which reads give them, and the arithmetic of sets. What an update makes of an
// item is handed out before it is read again, so it must look as if it had been.

import { encodeValue } from '../core/codec/encode-value.js';
import { readValue } from '../core/codec/value-decoder.js';
import type { AttributeValue, NumberAttribute } from './item-types.js';
import { canonicalNumber } from './number.js';

type SetMember = string | NumberAttribute | Uint8Array;
export type SetValue = ReadonlySet<SetMember>;

/** A copy that shares nothing mutable: sets sorted, numbers as reads give them. */
export function canonicalValue(value: AttributeValue): AttributeValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
    case 'bigint':
      return canonicalNumber(value);
  }
  if (value === null) return null;
  return readValue(encodeValue(value, 'value'), 0, '', 0) as AttributeValue;
}

/** Members of both sets, which are of one type. */
export function unionOf(left: SetValue, right: SetValue): AttributeValue {
  return canonicalSet([...left, ...membersBeside(left, right)]);
}

/** Members of `left` that `right` does not have; undefined if none is left. */
export function withoutMembers(left: SetValue, right: SetValue): AttributeValue | undefined {
  const members = membersBeside(right, left);
  return members.length === 0 ? undefined : canonicalSet(members);
}

/** Members of `right` that `left` does not have. */
export function membersBeside(left: SetValue, right: SetValue): SetMember[] {
  const known = new Set([...left].map(identityOf));
  return [...right].filter((member) => !known.has(identityOf(member)));
}

function canonicalSet(members: readonly SetMember[]): AttributeValue {
  return canonicalValue(new Set(members) as AttributeValue);
}

/** Equal exactly for equal members of one set. */
function identityOf(member: SetMember): string | number {
  if (typeof member === 'string') return member;
  if (member instanceof Uint8Array) return Buffer.from(member).toString('latin1');
  const number = canonicalNumber(member);
  return typeof number === 'number' ? number : number.value;
}
