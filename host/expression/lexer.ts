// Text to tokens, for every kind of expression.
//
// The lexer never fails: what fits no token becomes an `invalid` token of one character, and the
// parser reports it when it gets there, so the first syntax error of a text is the one reported.
// Positions are UTF-16 offsets into the text; the last token is always `end`.

import type { ExpressionKind } from './expression-error.js';

export type TokenKind =
  | 'identifier' // a bare name, or a function's
  | 'keyword' // AND OR NOT BETWEEN IN, and in updates SET REMOVE ADD DELETE, in any case
  | 'name' // #placeholder
  | 'value' // :placeholder
  | 'digits' // of a list index
  | 'symbol' // ( ) [ ] . , = <> < <= > >= + -
  | 'invalid'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; keywords in upper case. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const KEYWORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
const UPDATE_KEYWORDS: ReadonlySet<string> = new Set([
  ...KEYWORDS,
  ...['SET', 'REMOVE', 'ADD', 'DELETE'],
]);

// Alternatives in the order of preference; `y` matches at lastIndex only.
const TOKEN =
  /[ \t\r\n]*(?:([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([0-9]+)|(<>|<=|>=|[()[\].,=<>+-])|$|(.))/suy;

export function tokenize(text: string, expression: ExpressionKind): Token[] {
  const keywords = expression === 'Update' ? UPDATE_KEYWORDS : KEYWORDS;
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const match = TOKEN.exec(text);
    // The alternatives cover every character, so this only tells the compiler so.
    if (match === null) throw new Error('the lexer is stuck');
    const end = TOKEN.lastIndex;
    const kind = kindOf(match);
    if (kind === 'end') {
      tokens.push({ kind, text: '<EOF>', start: text.length, end: text.length });
      return tokens;
    }
    const word = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5] ?? match[6];
    const start = end - word.length;
    if (kind === 'identifier' && keywords.has(word.toUpperCase())) {
      tokens.push({ kind: 'keyword', text: word.toUpperCase(), start, end });
    } else {
      tokens.push({ kind, text: word, start, end });
    }
  }
}

function kindOf(match: RegExpExecArray): TokenKind {
  if (match[1] !== undefined) return 'identifier';
  if (match[2] !== undefined) return 'name';
  if (match[3] !== undefined) return 'value';
  if (match[4] !== undefined) return 'digits';
  if (match[5] !== undefined) return 'symbol';
  return match[6] !== undefined ? 'invalid' : 'end';
}
