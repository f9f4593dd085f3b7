// Random items and expressions over them, from a seed. They are legal: what DynamoDB refuses before it
// looks at an item is conformance's to show. Names and values come from small pools, and most paths
// and constants from the items themselves, so that much of what is asked is there.

import { below } from '../io/support/random.js';
import {
  order,
  typeOf,
  type Clause,
  type Comparator,
  type Condition,
  type Operand,
  type Path,
  type PlainItem,
  type Source,
  type Value,
} from './plain-expressions.js';

/** One-letter names may stand bare; the others need a placeholder. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'x.y', 'size', '__proto__', 'é'];
const TEXTS = ['', 'a', 'ab', 'abc', 'b', 'é', '\uFFFD', '\u{1F600}', 'a\0'];
/** Sums and differences of these are exact in doubles, however many are added. */
const NUMBERS = [0, 1, 2, 3, 5, 10, 100, -1, -2, 0.5, 0.25, -1.75, 1024, 65_536.5];
const BYTES = [[], [0], [1], [1, 2], [255], [1, 2, 3]].map((bytes) => Uint8Array.from(bytes));
const TYPES = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'L', 'M'];
const COMPARATORS: readonly Comparator[] = ['=', '<>', '<', '<=', '>', '>='];

export class RandomExpressions {
  readonly #random: () => number;
  /** What lies in the items that expressions are to be about. */
  #known: readonly (readonly [path: Path, value: Value])[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Expressions made from now on are about these. */
  look(items: readonly PlainItem[]): void {
    this.#known = items.flatMap((item) => partsOf(item)) as [Path, Value][];
  }

  #below(bound: number): number {
    return below(this.#random, bound);
  }

  #one<Choice>(of: readonly Choice[]): Choice {
    return of[this.#below(of.length)];
  }

  #some<Made>(from: number, to: number, make: () => Made): Made[] {
    return Array.from({ length: from + this.#below(to - from + 1) }, make);
  }

  item(): PlainItem {
    return this.#map(2, 5);
  }

  #map(depth: number, most: number): PlainItem {
    const members = this.#some(0, most, () => [this.#one(NAMES), this.value(depth)] as const);
    return Object.fromEntries(members);
  }

  value(depth: number): Value {
    const kind = this.#below(depth > 0 ? 11 : 8);
    if (kind < 2) return this.#one(TEXTS);
    if (kind < 4) return this.#one(NUMBERS);
    switch (kind) {
      case 4:
        return this.#one(BYTES);
      case 5:
        return this.#one([true, false, null]);
      case 6:
        return new Set(this.#some(1, 3, () => this.#one(TEXTS)));
      case 7:
        return new Set(this.#some(1, 3, () => this.#one(NUMBERS)));
      case 8:
        return this.#map(depth - 1, 3);
      default:
        return this.#some(0, 4, () => this.value(depth - 1));
    }
  }

  path(): Path {
    if (this.#known.length > 0 && this.#random() < 0.8) return this.#one(this.#known)[0];
    const rest = this.#some(0, this.#one([0, 0, 1, 2]), () =>
      this.#random() < 0.5 ? this.#below(4) : this.#one(NAMES),
    );
    return [this.#one(NAMES), ...rest];
  }

  /** Mostly one that leads to such a value. */
  #pathTo(fits: (value: Value) => boolean): Path {
    const found = this.#known.filter(([, value]) => fits(value));
    return found.length > 0 && this.#random() < 0.9 ? this.#one(found)[0] : this.path();
  }

  #operand(fits: (value: Value) => boolean = () => true): Operand {
    const chance = this.#random();
    if (chance < 0.45) return { is: 'path', path: this.path() };
    if (chance < 0.55) return { is: 'size', of: { is: 'path', path: this.path() } };
    return { is: 'constant', value: this.#constant(fits) };
  }

  #constant(fits: (value: Value) => boolean): Value {
    for (;;) {
      const isKnown = this.#known.length > 0 && this.#random() < 0.5;
      const value = isKnown ? this.#one(this.#known)[1] : this.value(1);
      if (fits(value)) return value;
    }
  }

  /** Of two operands that may not be the same path. */
  #other(first: Operand, fits?: (value: Value) => boolean): Operand {
    for (;;) {
      const second = this.#operand(fits);
      if (first.is !== 'path' || second.is !== 'path' || !same(first.path, second.path))
        return second;
    }
  }

  condition(depth = 3): Condition {
    if (depth > 0 && this.#random() < 0.45) {
      const is = this.#one(['and', 'or', 'not'] as const);
      if (is === 'not') return { is, condition: this.condition(depth - 1) };
      return { is, left: this.condition(depth - 1), right: this.condition(depth - 1) };
    }
    switch (this.#below(10)) {
      case 0:
        return { is: this.#one(['exists', 'absent'] as const), path: this.path() };
      case 1:
        return { is: 'type', operand: { is: 'path', path: this.path() }, type: this.#one(TYPES) };
      case 2: {
        const whole: Operand = { is: 'path', path: this.path() };
        const part = this.#other(whole, isText);
        // A size is a number, which never begins anything: refused before any item is seen.
        return part.is === 'size' ? this.condition(depth) : { is: 'begins', whole, part };
      }
      case 3:
      case 4: {
        const whole: Operand = { is: 'path', path: this.path() };
        return { is: 'contains', whole, part: this.#other(whole) };
      }
      case 5: {
        const operand = this.#operand();
        return { is: 'in', operand, list: this.#some(1, 3, () => this.#other(operand)) };
      }
      case 6:
        return this.#between();
      default: {
        const by = this.#one(COMPARATORS);
        const fits = by === '=' || by === '<>' ? undefined : isOrdered;
        const left = this.#operand(fits);
        return { is: 'compare', by, left, right: this.#other(left, fits) };
      }
    }
  }

  #between(): Condition {
    const operand = this.#operand(isOrdered);
    for (;;) {
      const [low, high] = [this.#other(operand, isOrdered), this.#other(operand, isOrdered)];
      if (low.is === 'constant' && high.is === 'constant') {
        const sign = order(low.value, high.value);
        if (sign === undefined || sign > 0) continue;
      }
      return { is: 'between', operand, low, high };
    }
  }

  /** Paths of which none leads into another, and none uses a map where another uses a list. */
  paths(most: number): Path[] {
    const paths: Path[] = [];
    for (const path of this.#some(1, most, () => this.path())) {
      if (!paths.some((other) => clash(path, other))) paths.push(path);
    }
    return paths;
  }

  clauses(): Clause[] {
    const clauses: Clause[] = [];
    for (const clause of this.#some(1, 3, () => this.#clause())) {
      if (!clauses.some(({ path }) => clash(path, clause.path))) clauses.push(clause);
    }
    return clauses;
  }

  #clause(): Clause {
    switch (this.#below(7)) {
      case 0:
        return { action: 'REMOVE', path: this.path() };
      case 1:
      case 2: {
        const action = this.#one(['ADD', 'DELETE'] as const);
        const value = this.#constant((one) => isSet(one) || (action === 'ADD' && isNumber(one)));
        return { action, path: this.#pathTo((one) => typeOf(one) === typeOf(value)), value };
      }
      default:
        return { action: 'SET', path: this.path(), source: this.#source(2) };
    }
  }

  #source(depth: number): Source {
    const constant = (fits: (value: Value) => boolean): Source => ({
      is: 'constant',
      value: this.#constant(fits),
    });
    const path: Source = { is: 'path', path: this.path() };
    switch (this.#below(depth > 0 ? 6 : 2)) {
      case 0:
        return path;
      case 1:
        return constant(() => true);
      case 2:
      case 3: {
        const number = constant(isNumber);
        const other: Source = { is: 'path', path: this.#pathTo(isNumber) };
        const [left, right] = this.#random() < 0.5 ? [other, number] : [number, other];
        return { is: 'sum', by: this.#one(['+', '-']), left, right };
      }
      case 4: {
        const list = constant(Array.isArray);
        const other: Source = { is: 'path', path: this.#pathTo(Array.isArray) };
        const [left, right] = this.#random() < 0.5 ? [other, list] : [list, other];
        return { is: 'append', left, right };
      }
      default: {
        const otherwise = this.#source(0);
        return { is: 'ifNotExists', path: this.path(), otherwise };
      }
    }
  }
}

/** Everything in a value that a path leads to, its keys left out. */
function partsOf(
  value: Value,
  path: readonly (string | number)[] = [],
): [readonly (string | number)[], Value][] {
  if (Array.isArray(value)) {
    return (value as Value[]).flatMap((one, at) => [
      [[...path, at], one] as [(string | number)[], Value],
      ...partsOf(one, [...path, at]),
    ]);
  }
  if (typeOf(value) !== 'M') return [];
  return Object.entries(value as PlainItem)
    .filter(([name]) => path.length > 0 || (name !== 'pk' && name !== 'sk'))
    .flatMap(([name, one]) => [
      [[...path, name], one] as [(string | number)[], Value],
      ...partsOf(one, [...path, name]),
    ]);
}

function same(left: Path, right: Path): boolean {
  return left.length === right.length && left.every((step, at) => step === right[at]);
}

function clash(left: Path, right: Path): boolean {
  const end = Math.min(left.length, right.length);
  const at = left.findIndex((step, index) => index < end && step !== right[index]);
  return at < 0 || typeof left[at] !== typeof right[at];
}

function isText(value: Value): boolean {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function isOrdered(value: Value): boolean {
  return ['S', 'N', 'B'].includes(typeOf(value));
}

function isNumber(value: Value): boolean {
  return typeof value === 'number';
}

function isSet(value: Value): boolean {
  return value instanceof Set;
}
