// One action of an update on one path, and what it makes of the value there. Update expressions and
// AttributeUpdates are both lists of these.

import { ValidationException } from '../errors.js';
import { unionOf, withoutMembers, type SetValue } from '../table/canonical-value.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import { typeOfValue } from '../table/item-value.js';
import { sumOf } from '../table/number.js';
import type { Path } from './path.js';
import {
  evaluate,
  incorrectOperandType,
  isList,
  isNumber,
  type UpdateValue,
} from './update-value.js';

export type UpdateClause =
  | { readonly action: 'SET'; readonly target: Path; readonly value: UpdateValue }
  | { readonly action: 'REMOVE'; readonly target: Path }
  | {
      readonly action: 'ADD' | 'DELETE';
      readonly target: Path;
      readonly value: AttributeValue;
      /** AttributeUpdates have another text where the stored value is of another type. */
      readonly legacy?: true;
    };

/**
 * The value at the target after the update, from the item before it and the value it had there.
 * Undefined: none.
 */
export function resultOf(
  clause: UpdateClause,
  item: Item | undefined,
  current: AttributeValue | undefined,
): AttributeValue | undefined {
  switch (clause.action) {
    case 'SET':
      return evaluate(clause.value, item);
    case 'REMOVE':
      return undefined;
    case 'ADD':
      return current === undefined ? clause.value : added(clause, current);
    case 'DELETE': {
      if (current === undefined) return undefined;
      if (!isSet(current) || typeOfValue(current) !== typeOfValue(clause.value))
        throw mismatch(clause);
      return withoutMembers(current, clause.value as SetValue);
    }
  }
}

function added(
  clause: UpdateClause & { action: 'ADD' | 'DELETE' },
  current: AttributeValue,
): AttributeValue {
  const { value } = clause;
  if (isNumber(value)) {
    if (isNumber(current)) return sumOf(current, value);
  } else if (isSet(value)) {
    if (isSet(current) && typeOfValue(current) === typeOfValue(value))
      return unionOf(current, value);
  } else if (isList(value) && isList(current)) {
    return [...current, ...value];
  }
  throw mismatch(clause);
}

function isSet(value: AttributeValue): value is SetValue & AttributeValue {
  return value instanceof Set;
}

function mismatch(clause: { readonly legacy?: true }): ValidationException {
  return clause.legacy === true
    ? new ValidationException('Type mismatch for attribute to update')
    : incorrectOperandType();
}
