// The JSON type of every member of a request, checked before anything else: what the service calls
// serialisation.
//
// A value that JSON could carry but the member cannot take is a SerializationException with the
// service's text. A value that JSON could not even carry (a function, a Map, an instance of a
// class) is an InvalidArgument. Both name the member. `null` and `undefined` members count as
// absent, and members nobody knows are ignored, as on the wire.

import { InvalidArgument, SerializationException } from '../errors.js';
import { isPlainObject } from '../table/item-value.js';

/** The package of the service's types, as its texts name them. */
export const JAVA = 'com.amazonaws.dynamodb.v20120810';

/** A request, or a structure in one, before its members are looked at. */
export type Structure = Readonly<Record<string, unknown>>;

/** The input of an operation: an object, or nothing for operations that need nothing. */
export function readInput(operation: string, input: unknown): Structure {
  if (input === undefined) return {};
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidArgument(`The input of ${operation}`, 'an object', input);
  }
  return input as Structure;
}

export function readString(value: unknown, parameter: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw wrongScalar(value, parameter, 'String', 'a string');
}

const TRUE_TEXTS: ReadonlySet<string> = new Set(['true', '1', 'yes']);
const FALSE_TEXTS: ReadonlySet<string> = new Set(['false', '0', 'no']);

export function readBoolean(value: unknown, parameter: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (TRUE_TEXTS.has(value.toLowerCase())) return true;
    if (FALSE_TEXTS.has(value.toLowerCase())) return false;
    throw new SerializationException('Unexpected token received from parser', parameter);
  }
  throw wrongScalar(value, parameter, 'Boolean', 'a boolean');
}

/** An integer; a fraction is cut off, as the service does. */
export function readInteger(
  value: unknown,
  parameter: string,
  width: 'Integer' | 'Long' | 'Double' = 'Integer',
): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return Math.floor(value);
  if (typeof value === 'string') {
    throw new SerializationException(`STRING_VALUE cannot be converted to ${width}`, parameter);
  }
  throw wrongScalar(value, parameter, width, 'a finite number');
}

export function readStructure(
  value: unknown,
  parameter: string,
  javaType: string,
): Structure | undefined {
  if (value === undefined || value === null) return undefined;
  if (isPlainObject(value)) return value;
  if (Array.isArray(value)) {
    throw new SerializationException(`Unrecognized collection type ${javaType}`, parameter);
  }
  throw notACollection(value, parameter, 'a plain object');
}

const ATTRIBUTE_MAP = `java.util.Map<java.lang.String, ${JAVA}.AttributeValue>`;

/**
 * An item, a key or the values of placeholders. What is in it is checked by table/item-value.ts.
 */
export function readAttributeMap(value: unknown, parameter: string): Structure | undefined {
  return readStructure(value, parameter, ATTRIBUTE_MAP);
}

/** A map of placeholders to names. */
export function readNameMap(
  value: unknown,
  parameter: string,
): Readonly<Record<string, string>> | undefined {
  const map = readStructure(value, parameter, 'java.util.Map<java.lang.String, java.lang.String>');
  if (map === undefined) return undefined;
  const names: [string, string][] = [];
  for (const key of Object.keys(map)) {
    const name = readString(map[key], `${parameter}.${key}`);
    if (name !== undefined) names.push([key, name]);
  }
  return Object.fromEntries(names);
}

export function readList(value: unknown, parameter: string): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  if (isPlainObject(value)) {
    throw new SerializationException(
      'Start of structure or map found where not expected',
      parameter,
    );
  }
  throw notACollection(value, parameter, 'an array');
}

export function readStrings(value: unknown, parameter: string): readonly string[] | undefined {
  return readList(value, parameter)
    ?.map((element, index) => readString(element, `${parameter}[${index}]`))
    .filter((element) => element !== undefined);
}

function wrongScalar(value: unknown, parameter: string, javaType: string, expected: string): Error {
  if (typeof value === 'number' && Number.isFinite(value)) {
    const kind = Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
    return new SerializationException(`${kind} cannot be converted to ${javaType}`, parameter);
  }
  if (typeof value === 'boolean') {
    const kind = value ? 'TRUE_VALUE' : 'FALSE_VALUE';
    return new SerializationException(`${kind} cannot be converted to ${javaType}`, parameter);
  }
  if (Array.isArray(value)) {
    return new SerializationException(
      `Unrecognized collection type class java.lang.${javaType}`,
      parameter,
    );
  }
  if (isPlainObject(value)) {
    return new SerializationException(
      'Start of structure or map found where not expected',
      parameter,
    );
  }
  return new InvalidArgument(parameter, expected, value);
}

function notACollection(value: unknown, parameter: string, expected: string): Error {
  return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol'
    ? new InvalidArgument(parameter, expected, value)
    : new SerializationException('Unexpected field type', parameter);
}
