// The right sides of SET: what they are made of once placeholders are resolved, and their value for an
// item as it was before the update.

import { ValidationException } from '../errors.js';
import { NumberValue } from '../number-value.js';
import type { AttributeValue, Item, NumberAttribute } from '../table/item-types.js';
import { differenceOf, sumOf } from '../table/number.js';
import type { Path } from './path.js';
import { isMap } from './projection.js';

export type UpdateValue =
  | { readonly kind: 'constant'; readonly value: AttributeValue }
  | { readonly kind: 'path'; readonly path: Path }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-';
      readonly left: UpdateValue;
      readonly right: UpdateValue;
    }
  | { readonly kind: 'ifNotExists'; readonly path: Path; readonly otherwise: UpdateValue }
  | { readonly kind: 'listAppend'; readonly left: UpdateValue; readonly right: UpdateValue };

/** Throws the execution errors of expressions.md 10. */
export function evaluate(value: UpdateValue, item: Item | undefined): AttributeValue {
  switch (value.kind) {
    case 'constant':
      return value.value;
    case 'path': {
      const found = valueAt(item, value.path);
      return found === undefined ? missingAttribute() : found;
    }
    case 'ifNotExists': {
      const found = valueAt(item, value.path);
      return found === undefined ? evaluate(value.otherwise, item) : found;
    }
    case 'arithmetic': {
      const left = evaluate(value.left, item);
      const right = evaluate(value.right, item);
      if (!isNumber(left) || !isNumber(right)) throw incorrectOperandType();
      return value.operator === '+' ? sumOf(left, right) : differenceOf(left, right);
    }
    case 'listAppend': {
      const left = evaluate(value.left, item);
      const right = evaluate(value.right, item);
      if (!isList(left) || !isList(right)) throw incorrectOperandType();
      return [...left, ...right];
    }
  }
}

/** What a path leads to in a decoded item, or undefined. */
export function valueAt(item: Item | undefined, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = item;
  for (const step of path) {
    if (typeof step === 'number') value = isList(value) ? value[step] : undefined;
    else value = isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

export function isNumber(value: AttributeValue | undefined): value is NumberAttribute {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue;
}

export function isList(value: AttributeValue | undefined): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

export function incorrectOperandType(): ValidationException {
  return new ValidationException('An operand in the update expression has an incorrect data type');
}

function missingAttribute(): never {
  throw new ValidationException(
    'The provided expression refers to an attribute that does not exist in the item',
  );
}
