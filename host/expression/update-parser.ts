// Tokens to the clauses of an update.
//
//   update   = section+                 sections follow each other without a comma
//   section  = SET path "=" value ("," path "=" value)*   | REMOVE path ("," path)*
//            | ADD path :value ("," path :value)*         | DELETE path :value ("," path :value)*
//   value    = operand | operand "+" operand | operand "-" operand | "(" value ")"
//   operand  = path | :value | function | "(" operand ")"
//
// A section that comes twice is noted, not thrown: reserved words and unknown functions are
// reported before it (update-checks.ts).

import { EXPRESSION_DEPTH_MAX } from '../limits.js';
import type {
  ArithmeticNode,
  FunctionNode,
  OperandNode,
  UpdateClause,
  UpdateNode,
} from './syntax-tree.js';
import { TokenReader } from './token-reader.js';

const SECTIONS: ReadonlySet<string> = new Set(['SET', 'REMOVE', 'ADD', 'DELETE']);

/** Throws a ValidationException with the position in DynamoDB's words. */
export function parseUpdate(text: string): UpdateNode {
  return new UpdateParser(text).parse();
}

class UpdateParser extends TokenReader {
  #depth = 0;
  #redundantParentheses = false;
  /** For each parenthesis closed so far, the token that opened it. */
  readonly #openingOf = new Map<number, number>();

  constructor(text: string) {
    super('Update', text);
  }

  parse(): UpdateNode {
    const clauses: UpdateClause[] = [];
    const seen = new Set<string>();
    let repeatedSection: UpdateClause['action'] | undefined;
    do {
      const section = this.peek();
      if (section.kind !== 'keyword' || !SECTIONS.has(section.text)) throw this.syntaxError();
      this.next();
      const action = section.text as UpdateClause['action'];
      if (seen.has(action)) repeatedSection ??= action;
      seen.add(action);
      clauses.push(this.#clause(action));
      while (this.peek().text === ',') {
        this.next();
        clauses.push(this.#clause(action));
      }
    } while (this.peek().kind !== 'end');
    if (this.#redundantParentheses) throw this.#redundancy();
    return { clauses, repeatedSection };
  }

  #clause(action: UpdateClause['action']): UpdateClause {
    const target = this.path();
    if (action === 'REMOVE') return { action, target };
    if (action === 'SET') {
      this.expect('=');
      return { action, target, value: this.#value() };
    }
    const token = this.peek();
    if (token.kind !== 'value') throw this.syntaxError();
    this.next();
    const { text, start, end } = token;
    return { action, target, value: { kind: 'value', placeholder: text, start, end } };
  }

  #value(): OperandNode | ArithmeticNode {
    const left =
      this.peek().text === '(' ? this.#parenthesised(() => this.#value()) : this.#operand();
    const operator = this.peek().text;
    if (left.kind === 'arithmetic' || (operator !== '+' && operator !== '-')) return left;
    this.next();
    const right = this.#operand();
    return { kind: 'arithmetic', operator, left, right, start: left.start, end: right.end };
  }

  #operand(): OperandNode {
    const token = this.peek();
    if (token.text === '(') return this.#parenthesised(() => this.#operand());
    if (token.kind === 'value') {
      this.next();
      return { kind: 'value', placeholder: token.text, start: token.start, end: token.end };
    }
    if (token.kind === 'identifier' && this.tokens[this.at + 1].text === '(') {
      return this.#function();
    }
    return this.path();
  }

  #parenthesised<Node>(inner: () => Node): Node {
    const opening = this.at;
    this.next();
    if (++this.#depth > EXPRESSION_DEPTH_MAX) throw this.#redundancy();
    const node = inner();
    this.#depth--;
    if (this.#openingOf.get(this.at - 1) === opening + 1) this.#redundantParentheses = true;
    this.expect(')');
    this.#openingOf.set(this.at - 1, opening);
    return node;
  }

  #function(): FunctionNode {
    const name = this.next();
    this.next();
    if (++this.#depth > EXPRESSION_DEPTH_MAX) throw this.#redundancy();
    const operands = [this.#operand()];
    while (this.peek().text === ',') {
      this.next();
      operands.push(this.#operand());
    }
    this.#depth--;
    const { end } = this.expect(')');
    return { kind: 'function', name: name.text, operands, start: name.start, end };
  }

  #redundancy(): Error {
    return this.fault('The expression has redundant parentheses;');
  }
}
