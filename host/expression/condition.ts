// Conditions and filters, from text to a closure over encoded items.
//
// Everything that needs no item is checked here, clause by clause as written: undefined names and
// values, counts of operands, distinct operands, types of constants. The tree's depth is bounded by
// the number of operators (parser.ts), so walking it and running the closure are safe recursions.

import { EncodedItem } from '../core/codec/encoded-item.js';
import { encodeInlineItem } from '../core/codec/inline-item.js';
import { IN_OPERANDS_MAX } from '../limits.js';
import type { TypeName } from '../table/item-types.js';
import { checkCondition } from './condition-checks.js';
import { expressionError, type ExpressionKind } from './expression-error.js';
import { compileFunction } from './condition-function.js';
import {
  checkBounds,
  checkDistinct,
  checkOperandCount,
  checkOrdered,
  wrongOperandType,
} from './operand-faults.js';
import { constantOperand, pathOperand, sizeOperand, type Operand } from './operand.js';
import { remembering } from './parse-cache.js';
import { parseCondition } from './parser.js';
import { resolvePath, type Path } from './path.js';
import type { Placeholders } from './placeholders.js';
import * as predicate from './predicate.js';
import type {
  BetweenNode,
  ComparisonNode,
  ConditionNode,
  InNode,
  OperandNode,
} from './syntax-tree.js';

export type ConditionKind = 'Condition' | 'Filter';

export interface Condition {
  /** Of an item, or of its absence: then every path is missing. */
  readonly test: (item: EncodedItem | undefined) => boolean;
  /** Every path it looks at, in the order of the text. */
  readonly paths: readonly Path[];
}

/** A parsed condition whose names and functions are in order; placeholders are still as written. */
export const parsedCondition: (kind: ExpressionKind, text: string) => ConditionNode = remembering(
  (kind, text) => {
    const root = parseCondition(kind, text);
    checkCondition(kind, root);
    return root;
  },
);

/** Throws the first static fault as a bare ValidationException. */
export function compileCondition(
  kind: ConditionKind,
  text: string,
  placeholders: Placeholders,
): Condition {
  const compiler = new ConditionCompiler(kind, placeholders);
  return conditionOf(compiler.condition(parsedCondition(kind, text)), compiler.paths);
}

export function conditionOf(test: predicate.Predicate, paths: readonly Path[]): Condition {
  return { test: (item) => test(item ?? NO_ITEM), paths };
}

const NO_ITEM = emptyItem();

/** What a condition sees where there is no item: every path is missing. */
function emptyItem(): EncodedItem {
  const bytes = new Uint8Array(16);
  return new EncodedItem(bytes, 0, encodeInlineItem(bytes, 0, bytes.length, {}), undefined);
}

class ConditionCompiler {
  readonly paths: Path[] = [];
  readonly #kind: ConditionKind;
  readonly #placeholders: Placeholders;

  constructor(kind: ConditionKind, placeholders: Placeholders) {
    this.#kind = kind;
    this.#placeholders = placeholders;
  }

  condition(node: ConditionNode): predicate.Predicate {
    switch (node.kind) {
      case 'and':
        return predicate.every(this.#chain(node, 'and'));
      case 'or':
        return predicate.some(this.#chain(node, 'or'));
      case 'not':
        return predicate.not(this.condition(node.condition));
      case 'comparison':
        return this.#comparison(node);
      case 'between':
        return this.#between(node);
      case 'in':
        return this.#in(node);
      case 'function':
        return compileFunction(this.#kind, node.name, this.#operands(node.operands));
    }
  }

  /** `a AND b AND c` leans to the left as a tree; as a list it costs no depth. */
  #chain(node: ConditionNode, operator: 'and' | 'or'): predicate.Predicate[] {
    const links: ConditionNode[] = [];
    let rest = node;
    while (rest.kind === operator) {
      links.push(rest.right);
      rest = rest.left;
    }
    links.push(rest);
    return links.reverse().map((link) => this.condition(link));
  }

  #comparison({ operator, left, right }: ComparisonNode): predicate.Predicate {
    const [first, second] = this.#operands([left, right]);
    checkDistinct(this.#kind, operator, [first, second]);
    if (operator === '=') return predicate.equal(first, second);
    if (operator === '<>') return predicate.not(predicate.equal(first, second));
    checkOrdered(this.#kind, operator, [first, second]);
    return predicate.ordered(operator, first, second);
  }

  #between(node: BetweenNode): predicate.Predicate {
    const operands = this.#operands([node.operand, node.lower, node.upper]);
    checkDistinct(this.#kind, 'BETWEEN', operands);
    checkOrdered(this.#kind, 'BETWEEN', operands);
    const [operand, lower, upper] = operands;
    if (lower.value !== undefined && upper.value !== undefined) {
      checkBounds(this.#kind, lower.value, upper.value);
    }
    return predicate.between(operand, lower, upper);
  }

  #in(node: InNode): predicate.Predicate {
    const [operand, ...candidates] = this.#operands([node.operand, ...node.candidates]);
    if (candidates.length > IN_OPERANDS_MAX) {
      throw expressionError(
        this.#kind,
        `The IN operator is provided with too many operands; number of operands: ${candidates.length}`,
      );
    }
    checkDistinct(this.#kind, 'IN', [operand, ...candidates]);
    return predicate.equalToAny(operand, candidates);
  }

  #operands(nodes: readonly OperandNode[]): Operand[] {
    return nodes.map((node) => this.#operand(node));
  }

  #operand(node: OperandNode): Operand {
    if (node.kind === 'value') {
      const value = this.#placeholders.value(this.#kind, node.placeholder);
      return constantOperand(value, node.placeholder);
    }
    if (node.kind === 'path') {
      const path = resolvePath(this.#kind, node, this.#placeholders);
      this.paths.push(path);
      return pathOperand(path);
    }
    // The only function that is an operand (condition-checks.ts).
    const operands = this.#operands(node.operands);
    checkOperandCount(this.#kind, 'size', operands.length, 1);
    const { type } = operands[0];
    if (type !== undefined && HAVE_NO_SIZE.has(type)) {
      throw wrongOperandType(this.#kind, 'size', type);
    }
    return sizeOperand(operands[0]);
  }
}

const HAVE_NO_SIZE: ReadonlySet<TypeName> = new Set(['N', 'BOOL', 'NULL']);
