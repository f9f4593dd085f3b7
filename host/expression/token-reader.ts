// What the parsers of all kinds of expressions share: the cursor over tokens, document paths, and
// the faults that come first, which are emptiness, size and syntax.

import { DOCUMENT_PATH_ELEMENTS_MAX, EXPRESSION_BYTES_MAX } from '../limits.js';
import type { ValidationException } from '../errors.js';
import { expressionError, type ExpressionKind } from './expression-error.js';
import { tokenize, type Token } from './lexer.js';
import type { NameElement, PathElement, PathNode } from './syntax-tree.js';

/** Kinds whose size fault says how long the expression was. */
const SIZE_IS_TOLD: ReadonlySet<ExpressionKind> = new Set(['Condition', 'KeyCondition', 'Filter']);

export class TokenReader {
  protected readonly kind: ExpressionKind;
  readonly #text: string;
  protected readonly tokens: readonly Token[];
  protected at = 0;

  protected constructor(kind: ExpressionKind, text: string) {
    if (/^[ \t\r\n]*$/.test(text)) throw expressionError(kind, 'The expression can not be empty;');
    const bytes = Buffer.byteLength(text, 'utf8');
    if (bytes > EXPRESSION_BYTES_MAX) {
      throw expressionError(
        kind,
        'Expression size has exceeded the maximum allowed size;' +
          (SIZE_IS_TOLD.has(kind) ? ` expression size: ${bytes}` : ''),
      );
    }
    this.kind = kind;
    this.#text = text;
    this.tokens = tokenize(text, kind);
  }

  protected path(): PathNode {
    const { start } = this.peek();
    const first = this.#name();
    const elements: [NameElement, ...PathElement[]] = [first];
    for (;;) {
      const token = this.peek();
      if (token.text === '.') {
        this.next();
        elements.push(this.#name());
      } else if (token.text === '[') {
        this.next();
        if (this.peek().kind !== 'digits') throw this.syntaxError();
        elements.push({ kind: 'index', index: Number(this.next().text) });
        this.expect(']');
      } else break;
    }
    if (elements.length > DOCUMENT_PATH_ELEMENTS_MAX) {
      throw this.fault('Document path has exceeded maximum nesting');
    }
    return { kind: 'path', elements, start, end: this.tokens[this.at - 1].end };
  }

  #name(): NameElement {
    const token = this.peek();
    if (token.kind !== 'identifier' && token.kind !== 'name') throw this.syntaxError();
    this.next();
    return { kind: 'name', text: token.text, placeholder: token.kind === 'name' };
  }

  protected peek(): Token {
    return this.tokens[this.at];
  }

  protected next(): Token {
    return this.tokens[this.at++];
  }

  protected expect(text: string): Token {
    if (this.peek().text !== text) throw this.syntaxError();
    return this.next();
  }

  protected fault(text: string): ValidationException {
    return expressionError(this.kind, text);
  }

  /**
   * At the token under the cursor. `near` is the text from the token before it to the token after
   * it.
   */
  protected syntaxError(): ValidationException {
    const token = this.tokens[this.at];
    const before = this.tokens[this.at - 1] ?? token;
    const after = this.tokens[this.at + 1] ?? token;
    const end = after.kind === 'end' ? token.end : after.end;
    const near =
      token.kind === 'end'
        ? this.#text.slice(before.start, before.end)
        : this.#text.slice(before.start, end);
    return this.fault(`Syntax error; token: "${this.#raw(token)}", near: "${near}"`);
  }

  #raw(token: Token): string {
    return token.kind === 'end' ? token.text : this.#text.slice(token.start, token.end);
  }
}
