// ExpressionAttributeNames and ExpressionAttributeValues of one request: are they well-formed, what
// do they stand for, and which of them did no expression use.
//
// Use is counted while the expressions are parsed and resolved, never while they are evaluated.
// Names are checked before values, in everything.

import { ValidationException } from '../errors.js';
import { NESTING_LEVELS_MAX, PLACEHOLDER_LENGTH_MAX } from '../limits.js';
import type { AttributeValue } from '../table/item-types.js';
import { valueFault, type Wording } from '../table/item-value.js';
import { expressionError, type ExpressionKind } from './expression-error.js';

const NAME = /^#[A-Za-z0-9_]+$/;
const VALUE = /^:[A-Za-z0-9_]+$/;

/** The maps as they came in, types of the maps themselves checked. */
export interface PlaceholderMaps {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface PlaceholderOptions {
  /** The older layer says that a value's fault is one of ExpressionAttributeValues. Default current. */
  readonly wording?: Wording;
  /** Transactions take deeper values than items may hold, as long as only conditions see them. */
  readonly valueLevelsMax?: number;
}

export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  /** Throws the first fault of the maps: emptiness, keys, then the values' own, as bare texts. */
  constructor(maps: PlaceholderMaps, options: PlaceholderOptions = {}) {
    this.#names = readNames(maps.names);
    this.#values = readValues(maps.values, options);
  }

  /** What `#name` stands for. */
  name(kind: ExpressionKind, placeholder: string): string {
    const name = this.#names.get(placeholder);
    if (name === undefined) {
      throw expressionError(
        kind,
        `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      );
    }
    this.#usedNames.add(placeholder);
    return name;
  }

  /** What `:value` stands for. */
  value(kind: ExpressionKind, placeholder: string): AttributeValue {
    const value = this.#values.get(placeholder);
    if (value === undefined) {
      throw expressionError(
        kind,
        `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
      );
    }
    this.#usedValues.add(placeholder);
    return value;
  }

  /** To be called when every expression of the request has been resolved. */
  checkAllUsed(): void {
    refuseUnused('ExpressionAttributeNames', this.#names, this.#usedNames);
    refuseUnused('ExpressionAttributeValues', this.#values, this.#usedValues);
  }
}

function readNames(map: PlaceholderMaps['names']): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  if (map === undefined) return names;
  for (const key of keysOf('ExpressionAttributeNames', map, NAME)) {
    names.set(key, map[key]);
  }
  return names;
}

function readValues(
  map: PlaceholderMaps['values'],
  { wording = 'current', valueLevelsMax = NESTING_LEVELS_MAX }: PlaceholderOptions,
): ReadonlyMap<string, AttributeValue> {
  const values = new Map<string, AttributeValue>();
  if (map === undefined) return values;
  const level = 1 + NESTING_LEVELS_MAX - valueLevelsMax;
  for (const key of keysOf('ExpressionAttributeValues', map, VALUE)) {
    const value = map[key];
    const fault = valueFault(value, `ExpressionAttributeValues.${key}`, wording, level);
    if (fault !== undefined) {
      throw new ValidationException(
        wording === 'current'
          ? fault
          : `ExpressionAttributeValues contains invalid value: ${fault} for key ${key}`,
      );
    }
    values.set(key, value as AttributeValue);
  }
  return values;
}

function keysOf(
  parameter: string,
  map: Readonly<Record<string, unknown>>,
  syntax: RegExp,
): string[] {
  const keys = Object.keys(map);
  if (keys.length === 0) throw new ValidationException(`${parameter} must not be empty`);
  for (const key of keys) {
    if (!syntax.test(key) || key.length > PLACEHOLDER_LENGTH_MAX) {
      throw new ValidationException(
        `${parameter} contains invalid key: Syntax error; key: "${key}"`,
      );
    }
  }
  return keys;
}

function refuseUnused(
  parameter: string,
  defined: ReadonlyMap<string, unknown>,
  used: ReadonlySet<string>,
): void {
  // Only what is defined is ever used.
  if (used.size === defined.size) return;
  const unused = [...defined.keys()].filter((key) => !used.has(key));
  if (unused.length > 0) {
    throw new ValidationException(
      `Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`,
    );
  }
}
