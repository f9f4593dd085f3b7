// What UpdateItem counts an update as, beside the finished item (data-model.md 7): the larger of the
// two must not exceed the limit of an item's size.

import { membersBeside, type SetValue } from '../table/canonical-value.js';
import { textSize, valueSize } from '../table/item-size.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import { typeOfValue } from '../table/item-value.js';
import type { Path } from './path.js';
import type { UpdateClause } from './update-clause.js';
import { valueAt, type UpdateValue } from './update-value.js';

const UPDATE = 3;
const SET_OR_ADD = 19;
const REMOVE_OR_DELETE = 1;
const TARGET_ELEMENT = 4;
const PATH_OPERAND = 1;
const PATH_OPERAND_ELEMENT = 14;
const ADDITION = 34;
const SUBTRACTION = 37;
const IF_NOT_EXISTS = 39;
const LIST_APPEND = 37;

/** Members that are added to a set count only if they are new, so the item before matters. */
export function chargeOf(clauses: readonly UpdateClause[], item: Item | undefined): number {
  return clauses.reduce((sum, clause) => sum + clauseCharge(clause, item), UPDATE);
}

function clauseCharge(clause: UpdateClause, item: Item | undefined): number {
  const target = targetCharge(clause.target);
  switch (clause.action) {
    case 'SET':
      return SET_OR_ADD + target + valueCharge(clause.value);
    case 'ADD':
      return SET_OR_ADD + target + addedSize(clause.value, valueAt(item, clause.target));
    default:
      return REMOVE_OR_DELETE + target;
  }
}

function addedSize(value: AttributeValue, current: AttributeValue | undefined): number {
  if (!(value instanceof Set) || !(current instanceof Set)) return valueSize(value);
  if (typeOfValue(value) !== typeOfValue(current)) return valueSize(value);
  return membersBeside(current as SetValue, value as SetValue).reduce<number>(
    (sum, member) => sum + valueSize(member),
    0,
  );
}

function valueCharge(value: UpdateValue): number {
  switch (value.kind) {
    case 'constant':
      return valueSize(value.value);
    case 'path':
      return pathOperandCharge(value.path);
    case 'arithmetic':
      return (
        (value.operator === '+' ? ADDITION : SUBTRACTION) +
        valueCharge(value.left) +
        valueCharge(value.right)
      );
    case 'ifNotExists':
      return IF_NOT_EXISTS + pathOperandCharge(value.path) + valueCharge(value.otherwise);
    case 'listAppend':
      return LIST_APPEND + valueCharge(value.left) + valueCharge(value.right);
  }
}

function targetCharge([name, ...rest]: Path): number {
  return rest.reduce<number>(
    (sum, element) => sum + TARGET_ELEMENT + elementBytes(element),
    textSize(name),
  );
}

function pathOperandCharge(path: Path): number {
  return path.reduce<number>(
    (sum, element) => sum + PATH_OPERAND_ELEMENT + elementBytes(element),
    PATH_OPERAND,
  );
}

/** A name's bytes, or an index's digits. */
function elementBytes(element: string | number): number {
  return typeof element === 'number' ? String(element).length : textSize(element);
}
