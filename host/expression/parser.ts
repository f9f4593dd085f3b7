// Tokens to a tree: the grammar of conditions, by operator precedence (Pratt).
//
//   condition  = condition OR condition | condition AND condition | NOT condition
//              | "(" condition ")" | operand cmp operand | operand BETWEEN operand AND operand
//              | operand IN "(" operands ")" | function
//   operand    = path | :value | function | "(" operand ")"
//   path       = name ( "." name | "[" digits "]" )*
//
// One loop serves operands and conditions alike, because `(` may open either; each result knows
// which it is, and an operator that meets the wrong kind is a syntax error at that operator.
//
// Order of faults: empty, size, syntax, redundant parentheses, number of operators. What names and
// functions mean is checked afterwards (condition-checks.ts), so a syntax error at the end wins
// over a reserved word at the start.
//
// Recursion: each `(` and each call goes one level down. A legal expression has at most 300
// operators and never two directly nested parentheses, so it stays far below EXPRESSION_DEPTH_MAX;
// beyond it we report the parentheses.

import { EXPRESSION_DEPTH_MAX, EXPRESSION_OPERATORS_MAX } from '../limits.js';
import type { ValidationException } from '../errors.js';
import type { ExpressionKind } from './expression-error.js';
import type { Token } from './lexer.js';
import type { Comparator, ConditionNode, FunctionNode, OperandNode } from './syntax-tree.js';
import { TokenReader } from './token-reader.js';

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

// How tightly an operator binds its left side. NOT is a prefix: its operand takes what binds
// tighter than AND.
const BINDS_OR = 1;
const BINDS_AND = 2;
const BINDS_NOT = 3;
const BINDS_COMPARISON = 4;

/** What a stretch of text turned out to be. A function is both until its surroundings decide. */
type Parsed =
  | { readonly is: 'operand'; readonly node: OperandNode }
  | { readonly is: 'condition'; readonly node: ConditionNode }
  | { readonly is: 'either'; readonly node: FunctionNode };

/**
 * Parses a condition, filter or key condition. Throws a ValidationException with the position in
 * DynamoDB's words.
 */
export function parseCondition(kind: ExpressionKind, text: string): ConditionNode {
  const parser = new ConditionParser(kind, text);
  return parser.parse();
}

class ConditionParser extends TokenReader {
  #depth = 0;
  #operatorCount = 0;
  #redundantParentheses = false;
  /** For each parenthesis closed so far, the token that opened it. */
  readonly #openingOf = new Map<number, number>();

  constructor(kind: ExpressionKind, text: string) {
    super(kind, text);
  }

  parse(): ConditionNode {
    const parsed = this.#expression(0);
    if (this.peek().kind !== 'end') throw this.syntaxError();
    const root = this.#asCondition(parsed);
    if (this.#redundantParentheses) throw this.#redundancy();
    if (this.#operatorCount > EXPRESSION_OPERATORS_MAX) {
      throw this.fault(
        `The expression contains too many operators; operator count: ${this.#operatorCount}`,
      );
    }
    return root;
  }

  /**
   * The Pratt loop: a prefix, then every infix operator that binds tighter than the one to the
   * left.
   */
  #expression(bindsLeft: number): Parsed {
    let left = this.#prefix();
    for (;;) {
      const token = this.peek();
      const binds = bindingOf(token);
      if (binds <= bindsLeft) return left;
      if (binds === BINDS_COMPARISON) left = this.#comparison(this.#asOperand(left));
      else left = this.#logical(this.#asCondition(left), binds);
    }
  }

  #prefix(): Parsed {
    const token = this.peek();
    if (token.kind === 'keyword' && token.text === 'NOT') return this.#not();
    if (token.text === '(') return this.#parenthesised();
    if (token.kind === 'value') {
      this.at++;
      const { start, end } = token;
      return { is: 'operand', node: { kind: 'value', placeholder: token.text, start, end } };
    }
    if (token.kind === 'identifier' && this.tokens[this.at + 1].text === '(') {
      return { is: 'either', node: this.#function() };
    }
    return { is: 'operand', node: this.path() };
  }

  /** `NOT NOT NOT c`, counted in a loop so that a long run costs no stack. */
  #not(): Parsed {
    const starts: number[] = [];
    while (this.peek().kind === 'keyword' && this.peek().text === 'NOT') {
      starts.push(this.next().start);
      this.#operatorCount++;
    }
    let condition = this.#asCondition(this.#expression(BINDS_NOT));
    for (const start of starts.reverse()) {
      condition = { kind: 'not', condition, start, end: condition.end };
    }
    return { is: 'condition', node: condition };
  }

  #parenthesised(): Parsed {
    const opening = this.at;
    this.next();
    this.#descend();
    const inner = this.#expression(0);
    this.#ascend();
    // `((a = b) AND c)` is fine; `((a = b))` is not: there the inner pair is all that the outer one
    // holds.
    if (this.#openingOf.get(this.at - 1) === opening + 1) this.#redundantParentheses = true;
    this.expect(')');
    this.#openingOf.set(this.at - 1, opening);
    return inner;
  }

  #function(): FunctionNode {
    const name = this.next();
    this.next();
    this.#descend();
    const operands = [this.#operand()];
    while (this.peek().text === ',') {
      this.next();
      operands.push(this.#operand());
    }
    this.#ascend();
    const { end } = this.expect(')');
    return { kind: 'function', name: name.text, operands, start: name.start, end };
  }

  #comparison(left: OperandNode): Parsed {
    const operator = this.next();
    this.#operatorCount++;
    const { start } = left;
    if (operator.text === 'BETWEEN') {
      const lower = this.#operand();
      this.expect('AND');
      const upper = this.#operand();
      const node = { kind: 'between', operand: left, lower, upper, start, end: upper.end } as const;
      return { is: 'condition', node };
    }
    if (operator.text === 'IN') {
      this.expect('(');
      const candidates = [this.#operand()];
      while (this.peek().text === ',') {
        this.next();
        candidates.push(this.#operand());
      }
      const { end } = this.expect(')');
      return { is: 'condition', node: { kind: 'in', operand: left, candidates, start, end } };
    }
    const right = this.#operand();
    const comparator = operator.text as Comparator;
    return {
      is: 'condition',
      node: { kind: 'comparison', operator: comparator, left, right, start, end: right.end },
    };
  }

  #logical(left: ConditionNode, binds: number): Parsed {
    this.next();
    this.#operatorCount++;
    const right = this.#asCondition(this.#expression(binds));
    const kind = binds === BINDS_AND ? 'and' : 'or';
    return {
      is: 'condition',
      node: { kind, left, right, start: left.start, end: right.end },
    };
  }

  /** One operand: an expression that stops before any comparator. */
  #operand(): OperandNode {
    return this.#asOperand(this.#expression(BINDS_COMPARISON));
  }

  #asOperand(parsed: Parsed): OperandNode {
    if (parsed.is === 'condition') throw this.syntaxError();
    return parsed.node;
  }

  #asCondition(parsed: Parsed): ConditionNode {
    if (parsed.is === 'operand') throw this.syntaxError();
    return parsed.node;
  }

  #descend(): void {
    if (++this.#depth > EXPRESSION_DEPTH_MAX) throw this.#redundancy();
  }

  #ascend(): void {
    this.#depth--;
  }

  #redundancy(): ValidationException {
    return this.fault('The expression has redundant parentheses;');
  }
}

/** How tightly the operator under the cursor binds; 0 for what is no infix operator. */
function bindingOf(token: Token): number {
  if (token.kind === 'symbol') return COMPARATORS.has(token.text) ? BINDS_COMPARISON : 0;
  if (token.kind !== 'keyword') return 0;
  switch (token.text) {
    case 'OR':
      return BINDS_OR;
    case 'AND':
      return BINDS_AND;
    case 'BETWEEN':
    case 'IN':
      return BINDS_COMPARISON;
    default:
      return 0;
  }
}
