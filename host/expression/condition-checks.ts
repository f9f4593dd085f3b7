// What a well-formed condition may still get wrong without any look at names, values or the table,
// in DynamoDB's order: unknown functions anywhere, then functions out of place, then reserved
// words.

import { expressionError, type ExpressionKind } from './expression-error.js';
import { misusedFunction } from './operand-faults.js';
import { isReservedWord } from './reserved-words.js';
import {
  childrenOf,
  type ArithmeticNode,
  type ConditionNode,
  type OperandNode,
  type PathNode,
} from './syntax-tree.js';

/** Functions of conditions; `size` alone is an operand. Names are case-sensitive. */
const CONDITION_FUNCTIONS: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
]);

type Node = ConditionNode | OperandNode | ArithmeticNode;

export function checkCondition(kind: ExpressionKind, root: ConditionNode): void {
  walk(root, (node) => {
    if (node.kind === 'function' && !CONDITION_FUNCTIONS.has(node.name)) {
      throw expressionError(kind, `Invalid function name; function: ${node.name}`);
    }
  });
  checkPlaces(kind, root, 'condition');
  walk(root, (node) => {
    if (node.kind === 'path') checkReservedWords(kind, node);
  });
}

/** Bare elements of a path are no reserved words, at any depth. */
export function checkReservedWords(kind: ExpressionKind, path: PathNode): void {
  for (const element of path.elements) {
    if (element.kind === 'name' && !element.placeholder && isReservedWord(element.text)) {
      throw expressionError(
        kind,
        `Attribute name is a reserved keyword; reserved keyword: ${element.text}`,
      );
    }
  }
}

/** Every node, parents first, left to right. Trees are at most EXPRESSION_DEPTH_MAX deep. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

function checkPlaces(kind: ExpressionKind, node: Node, place: 'condition' | 'operand'): void {
  if (node.kind === 'function' && (node.name === 'size') !== (place === 'operand')) {
    throw misusedFunction(kind, node.name);
  }
  const logical = node.kind === 'and' || node.kind === 'or' || node.kind === 'not';
  for (const child of childrenOf(node)) checkPlaces(kind, child, logical ? 'condition' : 'operand');
}
