// Compiled conditions: closures over encoded items, two-valued. A missing operand makes a comparison
// false (expressions.md 7). Expressions and legacy conditions are both made of these.

import type { EncodedItem } from '../core/codec/encoded-item.js';
import {
  beginsWith,
  compareValues,
  contains,
  equalValues,
  typeAt,
} from '../core/codec/encoded-value.js';
import type { TypeName } from '../table/item-types.js';
import type { Operand } from './operand.js';

export type Predicate = (item: EncodedItem) => boolean;

/** Takes two encoded values. */
type Relation = (a: Uint8Array, aAt: number, b: Uint8Array, bAt: number) => boolean;

export type OrderOperator = '<' | '<=' | '>' | '>=';

// compareValues gives NaN for values that have no order: then each of these is false.
const ORDERS: Readonly<Record<OrderOperator, Relation>> = {
  '<': (a, aAt, b, bAt) => compareValues(a, aAt, b, bAt) < 0,
  '<=': (a, aAt, b, bAt) => compareValues(a, aAt, b, bAt) <= 0,
  '>': (a, aAt, b, bAt) => compareValues(a, aAt, b, bAt) > 0,
  '>=': (a, aAt, b, bAt) => compareValues(a, aAt, b, bAt) >= 0,
};

function related(relation: Relation, left: Operand, right: Operand): Predicate {
  const { at: leftAt, bytes: leftBytes } = left;
  const { at: rightAt, bytes: rightBytes } = right;
  return (item) => {
    const a = leftAt(item);
    if (a < 0) return false;
    const b = rightAt(item);
    return b >= 0 && relation(leftBytes ?? item.u8, a, rightBytes ?? item.u8, b);
  };
}

export function equal(left: Operand, right: Operand): Predicate {
  return related(equalValues, left, right);
}

export function ordered(operator: OrderOperator, left: Operand, right: Operand): Predicate {
  return related(ORDERS[operator], left, right);
}

export function between(operand: Operand, lower: Operand, upper: Operand): Predicate {
  return every([ordered('>=', operand, lower), ordered('<=', operand, upper)]);
}

export function equalToAny(operand: Operand, candidates: readonly Operand[]): Predicate {
  return some(candidates.map((candidate) => equal(operand, candidate)));
}

export function exists({ at }: Operand): Predicate {
  return (item) => at(item) >= 0;
}

export function hasType({ at, bytes }: Operand, type: TypeName): Predicate {
  return (item) => {
    const found = at(item);
    return found >= 0 && typeAt(bytes ?? item.u8, found) === type;
  };
}

export function hasPrefix(operand: Operand, prefix: Operand): Predicate {
  return related(beginsWith, operand, prefix);
}

export function holds(container: Operand, part: Operand): Predicate {
  return related(contains, container, part);
}

export function not(predicate: Predicate): Predicate {
  return (item) => !predicate(item);
}

/** True of an empty list. */
export function every(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0];
  return (item) => {
    for (const predicate of predicates) {
      if (!predicate(item)) return false;
    }
    return true;
  };
}

/** False of an empty list. */
export function some(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0];
  return (item) => {
    for (const predicate of predicates) {
      if (predicate(item)) return true;
    }
    return false;
  };
}
