// From a parsed update to its clauses: everything that needs no item is checked here, in DynamoDB's
// order over the whole expression: reserved words, unknown and misplaced functions, repeated
// sections, undefined names, undefined values, overlapping and conflicting paths (path-tree.ts),
// operands of ADD and DELETE, operands of functions.

import { canonicalValue } from '../table/canonical-value.js';
import type { AttributeValue, TypeName } from '../table/item-types.js';
import { typeOfValue } from '../table/item-value.js';
import { checkReservedWords, walk } from './condition-checks.js';
import { expressionError } from './expression-error.js';
import {
  checkOperandCount,
  misusedFunction,
  pathRequired,
  wrongOperandType,
} from './operand-faults.js';
import { resolvePath, type Path } from './path.js';
import type { Placeholders } from './placeholders.js';
import type {
  childrenOf,
  ArithmeticNode,
  FunctionNode,
  OperandNode,
  UpdateClause as ClauseNode,
  UpdateNode,
} from './syntax-tree.js';
import type { UpdateClause } from './update-clause.js';
import type { UpdateValue } from './update-value.js';

type ValueTree = OperandNode | ArithmeticNode;

const FUNCTIONS: ReadonlySet<string> = new Set(['if_not_exists', 'list_append']);

/** ADD and DELETE name types in full. */
const LONG_TYPE_NAMES: Readonly<Record<TypeName, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
};
const SETS: ReadonlySet<TypeName> = new Set(['SS', 'NS', 'BS']);

/** Faults that the text alone shows. */
export function checkUpdateText(update: UpdateNode): void {
  for (const clause of update.clauses) {
    checkReservedWords('Update', clause.target);
    walkValue(clause, (node) => {
      if (node.kind === 'path') checkReservedWords('Update', node);
    });
  }
  for (const clause of update.clauses) {
    walkValue(clause, (node) => {
      if (node.kind === 'function' && !FUNCTIONS.has(node.name)) {
        throw expressionError('Update', `Invalid function name; function: ${node.name}`);
      }
    });
  }
  if (update.repeatedSection !== undefined) {
    throw expressionError(
      'Update',
      `The "${update.repeatedSection}" section can only be used once in an update expression;`,
    );
  }
}

/** Every placeholder of an update once, in the order of the text. */
export interface UpdatePlaceholders {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

export function placeholdersOf(update: UpdateNode): UpdatePlaceholders {
  const names = new Set<string>();
  const values = new Set<string>();
  const visit = (node: ReturnType<typeof childrenOf>[number] | ArithmeticNode): void => {
    if (node.kind === 'value') values.add(node.placeholder);
    if (node.kind !== 'path') return;
    for (const element of node.elements) {
      if (element.kind === 'name' && element.placeholder) names.add(element.text);
    }
  };
  for (const clause of update.clauses) {
    visit(clause.target);
    walkValue(clause, visit);
  }
  return { names: [...names], values: [...values] };
}

/** The clauses with everything resolved. Throws for operands that never fit. */
export function resolveClauses(
  update: UpdateNode,
  targets: readonly Path[],
  placeholders: Placeholders,
): readonly UpdateClause[] {
  for (const clause of update.clauses) {
    if (clause.action !== 'ADD' && clause.action !== 'DELETE') continue;
    const type = typeOfValue(placeholders.value('Update', clause.value.placeholder));
    if (SETS.has(type) || (type === 'N' && clause.action === 'ADD')) continue;
    throw expressionError(
      'Update',
      'Incorrect operand type for operator or function; ' +
        `operator: ${clause.action}, operand type: ${LONG_TYPE_NAMES[type]}`,
    );
  }
  const resolver = new ValueResolver(placeholders);
  return update.clauses.map((clause, i): UpdateClause => {
    const target = targets[i];
    if (clause.action === 'REMOVE') return { action: 'REMOVE', target };
    if (clause.action === 'SET') {
      return { action: 'SET', target, value: resolver.value(clause.value) };
    }
    return { action: clause.action, target, value: resolver.constant(clause.value.placeholder) };
  });
}

function walkValue(clause: ClauseNode, visit: (node: Parameters<typeof walk>[0]) => void): void {
  if (clause.action !== 'REMOVE') walk(clause.value, visit);
}

class ValueResolver {
  readonly #placeholders: Placeholders;

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders;
  }

  value(node: ValueTree): UpdateValue {
    switch (node.kind) {
      case 'value':
        return { kind: 'constant', value: this.constant(node.placeholder) };
      case 'path':
        return { kind: 'path', path: resolvePath('Update', node, this.#placeholders) };
      case 'arithmetic': {
        const left = this.value(node.left);
        const right = this.value(node.right);
        checkTypes(node.operator, [left, right], 'N');
        return { kind: 'arithmetic', operator: node.operator, left, right };
      }
      case 'function':
        return node.name === 'list_append' ? this.#listAppend(node) : this.#ifNotExists(node);
    }
  }

  constant(placeholder: string): AttributeValue {
    return canonicalValue(this.#placeholders.value('Update', placeholder));
  }

  #listAppend({ name, operands }: FunctionNode): UpdateValue {
    for (const operand of operands) {
      if (operand.kind === 'function' && operand.name === name)
        throw misusedFunction('Update', name);
    }
    checkOperandCount('Update', name, operands.length, 2);
    const [left, right] = operands.map((operand) => this.value(operand));
    checkTypes(name, [left, right], 'L');
    return { kind: 'listAppend', left, right };
  }

  #ifNotExists({ name, operands }: FunctionNode): UpdateValue {
    checkOperandCount('Update', name, operands.length, 2);
    const [first, second] = operands;
    if (first.kind !== 'path') throw pathRequired('Update', name);
    const path = resolvePath('Update', first, this.#placeholders);
    return { kind: 'ifNotExists', path, otherwise: this.value(second) };
  }
}

/** Operands whose type is known before the item is. */
function checkTypes(operator: string, operands: readonly UpdateValue[], expected: TypeName): void {
  for (const operand of operands) {
    const type = staticType(operand);
    if (type !== undefined && type !== expected) throw wrongOperandType('Update', operator, type);
  }
}

function staticType(value: UpdateValue): TypeName | undefined {
  if (value.kind === 'constant') return typeOfValue(value.value);
  return value.kind === 'listAppend' ? 'L' : undefined;
}
