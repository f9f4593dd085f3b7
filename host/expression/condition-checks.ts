// What a well-formed condition may still get wrong without any look at names, values or the table,
// in DynamoDB's order: unknown functions anywhere, then functions out of place, then reserved
// words.

import { expressionError, type ExpressionKind } from './expression-error.js';
import { isReservedWord } from './reserved-words.js';
import { childrenOf, type ConditionNode, type OperandNode } from './syntax-tree.js';

/** Functions of conditions; `size` alone is an operand. Names are case-sensitive. */
const CONDITION_FUNCTIONS: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
]);

type Node = ConditionNode | OperandNode;

export function checkCondition(kind: ExpressionKind, root: ConditionNode): void {
  walk(root, (node) => {
    if (node.kind === 'function' && !CONDITION_FUNCTIONS.has(node.name)) {
      throw expressionError(kind, `Invalid function name; function: ${node.name}`);
    }
  });
  checkPlaces(kind, root, 'condition');
  walk(root, (node) => {
    if (node.kind !== 'path') return;
    for (const element of node.elements) {
      if (element.kind === 'name' && !element.placeholder && isReservedWord(element.text)) {
        throw expressionError(
          kind,
          `Attribute name is a reserved keyword; reserved keyword: ${element.text}`,
        );
      }
    }
  });
}

/** Every node, parents first, left to right. Trees are at most EXPRESSION_DEPTH_MAX deep. */
function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

function checkPlaces(kind: ExpressionKind, node: Node, place: 'condition' | 'operand'): void {
  if (node.kind === 'function' && (node.name === 'size') !== (place === 'operand')) {
    throw expressionError(
      kind,
      `The function is not allowed to be used this way in an expression; function: ${node.name}`,
    );
  }
  const logical = node.kind === 'and' || node.kind === 'or' || node.kind === 'not';
  for (const child of childrenOf(node)) checkPlaces(kind, child, logical ? 'condition' : 'operand');
}
