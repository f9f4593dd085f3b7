import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { tokenize } from '../../../host/expression/lexer.js';
import { parseCondition } from '../../../host/expression/parser.js';
import { isReservedWord } from '../../../host/expression/reserved-words.js';
import type { ConditionNode, OperandNode } from '../../../host/expression/syntax-tree.js';

/** A tree as a text with every group in brackets. */
function shown(node: ConditionNode | OperandNode): string {
  switch (node.kind) {
    case 'path':
      return node.elements
        .map((element) => (element.kind === 'name' ? `.${element.text}` : `[${element.index}]`))
        .join('')
        .slice(1);
    case 'value':
      return node.placeholder;
    case 'function':
      return `${node.name}(${node.operands.map(shown).join(' ')})`;
    case 'comparison':
      return `{${shown(node.left)} ${node.operator} ${shown(node.right)}}`;
    case 'between':
      return `{${shown(node.operand)} between ${shown(node.lower)} ${shown(node.upper)}}`;
    case 'in':
      return `{${shown(node.operand)} in ${node.candidates.map(shown).join(' ')}}`;
    case 'not':
      return `{not ${shown(node.condition)}}`;
    default:
      return `{${shown(node.left)} ${node.kind} ${shown(node.right)}}`;
  }
}

const TREES: readonly (readonly [text: string, tree: string])[] = [
  ['a = :v', '{a = :v}'],
  [':v<>a', '{:v <> a}'],
  ['#a.b[3].#c[0] >= c', '{#a.b[3].#c[0] >= c}'],
  ['a = :v OR b = :w AND c = :x', '{{a = :v} or {{b = :w} and {c = :x}}}'],
  ['a = :v AND b = :w OR c = :x', '{{{a = :v} and {b = :w}} or {c = :x}}'],
  ['a = :v AND b = :w AND c = :x', '{{{a = :v} and {b = :w}} and {c = :x}}'],
  ['(a = :v OR b = :w) AND c = :x', '{{{a = :v} or {b = :w}} and {c = :x}}'],
  ['NOT a = :v AND b = :w', '{{not {a = :v}} and {b = :w}}'],
  ['NOT (a = :v AND b = :w)', '{not {{a = :v} and {b = :w}}}'],
  ['NOT NOT NOT a = :v', '{not {not {not {a = :v}}}}'],
  ['a BETWEEN :v AND :w AND b = :x', '{{a between :v :w} and {b = :x}}'],
  ['a IN (:v, b, :w) or b < :x', '{{a in :v b :w} or {b < :x}}'],
  ['attribute_exists(a) AND NOT contains(b, :v)', '{attribute_exists(a) and {not contains(b :v)}}'],
  ['size(a) > size (b)', '{size(a) > size(b)}'],
  ['(a) = (:v)', '{a = :v}'],
  ['((a = :v) AND b = :w)', '{{a = :v} and {b = :w}}'],
  ['(attribute_exists(a))', 'attribute_exists(a)'],
  ['f((a), :v)', 'f(a :v)'],
];

describe('the parser', () => {
  for (const [text, tree] of TREES) {
    it(`reads ${text}`, () => assert.equal(shown(parseCondition('Condition', text)), tree));
  }

  it('knows where each node stood', () => {
    const text = ' a.b = :v AND size(c) > :w ';
    const root = parseCondition('Condition', text);
    assert.equal(text.slice(root.start, root.end), 'a.b = :v AND size(c) > :w');
    assert.ok(root.kind === 'and' && root.right.kind === 'comparison');
    assert.equal(text.slice(root.right.left.start, root.right.left.end), 'size(c)');
  });

  it('reads 300 operators and refuses 301', () => {
    const conditions = (count: number) =>
      Array.from({ length: count }, () => 'a = :v').join(' OR ');
    assert.doesNotThrow(() => parseCondition('Filter', `NOT ${conditions(150)}`));
    assert.throws(() => parseCondition('Filter', conditions(151)), {
      message:
        'Invalid FilterExpression: The expression contains too many operators; operator count: 301',
    });
  });

  it('survives the longest runs of one thing that fit', () => {
    for (const piece of ['(', 'NOT ', 'f(', 'a[', 'a AND ', '[', 'a.']) {
      const text = piece.repeat(Math.floor(4096 / piece.length));
      assert.throws(() => parseCondition('Condition', text), { name: 'ValidationException' });
    }
  });

  it('answers any text with a tree or a ValidationException', () => {
    const piece = fc.constantFrom(
      ...'a #b :v ( ) [ ] 0 . , = <> < NOT AND OR BETWEEN IN size begins_with ! _ é'.split(' '),
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (source) => {
        try {
          parseCondition('Condition', source);
        } catch (error) {
          assert.ok(error instanceof Error && error.name === 'ValidationException', String(error));
        }
      }),
      {
        numRuns: 2000,
        seed: process.env.SEED === undefined ? undefined : Number(process.env.SEED),
      },
    );
  });
});

describe('the lexer', () => {
  it('loses no character but white space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tokens = tokenize(text, 'Condition');
        assert.equal(tokens.at(-1)?.kind, 'end');
        let at = 0;
        for (const { start, end } of tokens) {
          assert.match(text.slice(at, start), /^[ \t\r\n]*$/);
          at = end;
        }
        assert.equal(at, text.length);
      }),
      { seed: process.env.SEED === undefined ? undefined : Number(process.env.SEED) },
    );
  });
});

describe('reserved words', () => {
  it('are matched in any case, first and last of the list too', () => {
    for (const word of ['ABORT', 'zone', 'Status', 'size', 'FLATTERN'])
      assert.ok(isReservedWord(word));
    for (const word of ['pk', 'user_id', 'zones', '']) assert.ok(!isReservedWord(word));
  });
});
