// Trees of plain-expressions.ts as text with placeholders, the way programs write them.

import type { Clause, Condition, Operand, Path, Source, Value } from './plain-expressions.js';

/** Collects the placeholders of one request. */
export class ExpressionWriter {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, Value> = {};
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** For a request: absent where there are none. */
  get placeholders(): object {
    return {
      ...(Object.keys(this.names).length > 0 && { ExpressionAttributeNames: this.names }),
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: this.values }),
    };
  }

  condition(condition: Condition): string {
    switch (condition.is) {
      case 'and':
      case 'or':
        return `${this.#inner(condition.left)} ${condition.is.toUpperCase()} ${this.#inner(condition.right)}`;
      case 'not':
        return `NOT ${this.#inner(condition.condition)}`;
      case 'exists':
        return `attribute_exists(${this.path(condition.path)})`;
      case 'absent':
        return `attribute_not_exists(${this.path(condition.path)})`;
      case 'compare':
        return `${this.operand(condition.left)} ${condition.by} ${this.operand(condition.right)}`;
      case 'between':
        return `${this.operand(condition.operand)} BETWEEN ${this.operand(condition.low)} AND ${this.operand(condition.high)}`;
      case 'in':
        return `${this.operand(condition.operand)} IN (${condition.list.map((one) => this.operand(one)).join(', ')})`;
      case 'type':
        return `attribute_type(${this.operand(condition.operand)}, ${this.#value(condition.type)})`;
      case 'begins':
        return `begins_with(${this.operand(condition.whole)}, ${this.operand(condition.part)})`;
      case 'contains':
        return `contains(${this.operand(condition.whole)}, ${this.operand(condition.part)})`;
    }
  }

  /** In parentheses where the tree needs them, and sometimes where it does not. */
  #inner(condition: Condition): string {
    const text = this.condition(condition);
    const joins = condition.is === 'and' || condition.is === 'or' || condition.is === 'between';
    return joins || this.#random() < 0.2 ? `(${text})` : text;
  }

  operand(operand: Operand): string {
    if (operand.is === 'constant') return this.#value(operand.value);
    return operand.is === 'path' ? this.path(operand.path) : `size(${this.operand(operand.of)})`;
  }

  projection(paths: readonly Path[]): string {
    return paths.map((path) => this.path(path)).join(', ');
  }

  update(clauses: readonly Clause[]): string {
    const sections = (['SET', 'REMOVE', 'ADD', 'DELETE'] as const).map((action) => {
      const texts = clauses
        .filter((clause) => clause.action === action)
        .map((clause) => this.#clause(clause));
      return texts.length === 0 ? '' : `${action} ${texts.join(', ')}`;
    });
    return sections.filter((section) => section !== '').join(' ');
  }

  #clause(clause: Clause): string {
    const target = this.path(clause.path);
    if (clause.action === 'REMOVE') return target;
    return clause.action === 'SET'
      ? `${target} = ${this.#source(clause.source)}`
      : `${target} ${this.#value(clause.value)}`;
  }

  #source(source: Source): string {
    switch (source.is) {
      case 'sum':
        return `${this.#source(source.left)} ${source.by} ${this.#source(source.right)}`;
      case 'ifNotExists':
        return `if_not_exists(${this.path(source.path)}, ${this.#source(source.otherwise)})`;
      case 'append':
        return `list_append(${this.#source(source.left)}, ${this.#source(source.right)})`;
      default:
        return this.operand(source);
    }
  }

  path(path: Path): string {
    const [first, ...rest] = path;
    return (
      this.#name(first) +
      rest.map((step) => (typeof step === 'number' ? `[${step}]` : `.${this.#name(step)}`)).join('')
    );
  }

  /** Bare where that is legal and chance wants it. */
  #name(name: string): string {
    if (/^[a-z]$/.test(name) && this.#random() < 0.5) return name;
    const known = Object.entries(this.names).find(([, one]) => one === name);
    if (known !== undefined) return known[0];
    const placeholder = `#${Object.keys(this.names).length}`;
    this.names[placeholder] = name;
    return placeholder;
  }

  #value(value: Value): string {
    const placeholder = `:${Object.keys(this.values).length}`;
    this.values[placeholder] = value;
    return placeholder;
  }
}
