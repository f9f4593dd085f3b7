// The constraints of an input against the model: required, length, range, pattern, enum.
//
// Texts are of the old style: the path in camelCase, and the value.

import { ValidationException } from '../../errors.js';
import {
  mustBeAtLeast,
  mustBeAtMost,
  mustBeLonger,
  mustBeOneOf,
  mustBeShorter,
  mustNotBeNull,
  oldFault,
  tableFault,
} from '../constraints.js';
import { shapeOf, type Shape } from './shapes.js';
import { shownValue } from './shown-value.js';

/** Values, whose own readers check them. */
const ELSEWHERE: ReadonlySet<string> = new Set(['AttributeValue']);

/** Names of tables to be made, in operations that say a wrong length in their own words. */
const OWN_LENGTH: ReadonlySet<string> = new Set([
  'exclusiveStartGlobalTableName',
  'globalTableName',
  'targetTableName',
]);

/** Every fault of a value, in the order of the model. */
export function* constraintFaults(
  shapeName: string,
  value: unknown,
  path: string,
): Generator<string> {
  if (ELSEWHERE.has(shapeName)) return;
  const shape = shapeOf(shapeName);
  if (Array.isArray(value)) {
    yield* lengthFault(shapeName, shape, value.length, value, path);
    for (const [at, element] of value.entries()) {
      yield* memberFaults(shape.member ?? '', element, `${path}.${at + 1}.member`, true);
    }
  } else if (shape.type === 'map') {
    const map = value as Readonly<Record<string, unknown>>;
    yield* lengthFault(shapeName, shape, Object.keys(map).length, map, path);
    for (const [name, entry] of Object.entries(map)) {
      yield* memberFaults(shape.value ?? '', entry, `${path}.${name}.member`, true);
    }
  } else if (shape.type === 'structure') {
    const structure = value as Readonly<Record<string, unknown>>;
    const { members = {}, order = [] } = shape;
    for (const name of new Set([...order, ...Object.keys(members)])) {
      const place = path === '' ? camelCase(name) : `${path}.${camelCase(name)}`;
      const isRequired = shape.required?.includes(name) === true;
      yield* memberFaults(members[name], structure[name], place, isRequired);
    }
  } else if (typeof value === 'number') {
    yield* rangeFault(shape, value, path);
  } else if (typeof value === 'string') {
    yield* textFault(shapeName, shape, value, path);
  }
}

function* memberFaults(
  shapeName: string,
  value: unknown,
  path: string,
  isRequired: boolean,
): Generator<string> {
  if (value !== undefined) yield* constraintFaults(shapeName, value, path);
  else if (isRequired) yield oldFault(undefined, path, mustNotBeNull);
}

function* rangeFault({ min, max }: Shape, value: number, path: string): Generator<string> {
  if (min !== undefined && value < min) yield oldFault(value, path, mustBeAtLeast(min));
  else if (max !== undefined && value > max) yield oldFault(value, path, mustBeAtMost(max));
}

function* lengthFault(
  shapeName: string,
  { min, max }: Shape,
  length: number,
  value: unknown,
  path: string,
): Generator<string> {
  const shown = (): string => shownValue(shapeName, value);
  if (min !== undefined && length < min) yield oldFault(shown(), path, mustBeLonger(min));
  else if (max !== undefined && length > max) yield oldFault(shown(), path, mustBeShorter(max));
}

/** One fault a text: a wrong length hides a wrong character. */
function* textFault(
  shapeName: string,
  shape: Shape,
  value: string,
  path: string,
): Generator<string> {
  // The name or the ARN of a table there is.
  if (shapeName === 'TableArn') {
    const fault = tableFault(value, path);
    if (fault !== undefined) yield fault;
    return;
  }
  const length = shape.lengthIn === 'bytes' ? Buffer.byteLength(value, 'utf8') : value.length;
  const { min = 0, max = Number.POSITIVE_INFINITY } = shape;
  if (OWN_LENGTH.has(path) && (length < min || length > max)) {
    throw new ValidationException(
      `TableName must be at least ${min} characters long and at most ${max} characters long`,
    );
  }
  if (length < min || length > max) {
    yield* lengthFault(shapeName, shape, length, value, path);
    return;
  }
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    yield oldFault(value, path, mustBeOneOf(shape.enum));
  } else if (shape.pattern !== undefined && !patternOf(shape.pattern).test(value)) {
    yield oldFault(value, path, `satisfy regular expression pattern: ${shape.pattern}`);
  }
}

const patterns = new Map<string, RegExp>();

/** A pattern of Java, which means the whole text. */
function patternOf(pattern: string): RegExp {
  let expression = patterns.get(pattern);
  if (expression === undefined) {
    const inJavaScript = pattern
      .replaceAll('\\p{Print}', '[\\x20-\\x7e]')
      // The code points past U+FFFF, written as pairs.
      .replace('\\uD800\\uDC00-\\uDBFF\\uDFFF', '\\u{10000}-\\u{10FFFF}');
    expression = new RegExp(`^(?:${inJavaScript})$`, 'u');
    patterns.set(pattern, expression);
  }
  return expression;
}

function camelCase(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
