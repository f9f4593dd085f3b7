// The functions that are conditions, with what they refuse before any item is seen.

import type { TypeName } from '../table/item-types.js';
import type { ConditionKind } from './condition.js';
import { expressionError } from './expression-error.js';
import {
  checkDistinct,
  checkOperandCount,
  pathRequired,
  wrongOperandType,
} from './operand-faults.js';
import type { Operand } from './operand.js';
import * as predicate from './predicate.js';

const TYPES: readonly TypeName[] = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M'];
/** What attribute_type's second operand is said to be if it is a path. */
const ANY_TYPE = '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}';

/** `name` is one of the known functions, `size` apart. */
export function compileFunction(
  kind: ConditionKind,
  name: string,
  operands: readonly Operand[],
): predicate.Predicate {
  const unary = name === 'attribute_exists' || name === 'attribute_not_exists';
  checkOperandCount(kind, name, operands.length, unary ? 1 : 2);
  const [first, second] = operands;
  if (unary) {
    if (first.path === undefined) throw pathRequired(kind, name);
    const exists = predicate.exists(first);
    return name === 'attribute_exists' ? exists : predicate.not(exists);
  }
  if (name === 'attribute_type') return predicate.hasType(first, typeName(kind, second));
  checkDistinct(kind, name, operands);
  if (name === 'contains') return predicate.holds(first, second);
  for (const { type } of operands) {
    if (type !== undefined && type !== 'S' && type !== 'B')
      throw wrongOperandType(kind, name, type);
  }
  return predicate.hasPrefix(first, second);
}

function typeName(kind: ConditionKind, { type, value }: Operand): TypeName {
  if (typeof value !== 'string') {
    throw wrongOperandType(kind, 'attribute_type', type ?? ANY_TYPE);
  }
  if (TYPES.includes(value as TypeName)) return value as TypeName;
  throw expressionError(
    kind,
    `Invalid attribute type name found; type: ${value}, valid types: {${TYPES.join(',')}}`,
  );
}
