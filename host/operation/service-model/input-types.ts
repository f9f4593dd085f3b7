// The JSON types of an input against the model: the stage that the service calls serialisation.
//
// What comes out has the members that the model knows and that are there, each of its type: `null`
// is absent, a fraction of an integer is cut off, a text such as "yes" is a boolean where one is
// expected, a timestamp is a Date. Members are read in the order in which they were sent, and the
// first fault is thrown. Attribute values are left as they are: their form depends on the door.

import { SerializationException } from '../../errors.js';
import {
  JAVA,
  readBoolean,
  readInteger,
  readList,
  readString,
  readStructure,
  type Structure,
} from '../wire-types.js';
import { shapeOf, type Shape } from './shapes.js';

/** A value as the shape wants it; undefined if it is absent. `parameter`: its path, for errors. */
export function readValue(shapeName: string, value: unknown, parameter: string): unknown {
  if (shapeName === 'AttributeValue') return value;
  if (value === undefined || value === null) return undefined;
  const shape = shapeOf(shapeName);
  switch (shape.type) {
    case 'structure':
      return readMembers(shapeName, shape, value, parameter);
    case 'list':
      return readList(value, parameter)?.map((element, at) =>
        readValue(shape.member ?? '', element, `${parameter}[${at}]`),
      );
    case 'map':
      return readEntries(shape, value, parameter);
    case 'boolean':
      return readBoolean(value, parameter);
    case 'integer':
      return readInteger(value, parameter, 'Integer');
    case 'long':
      return readInteger(value, parameter, 'Long');
    case 'double':
      return typeof value === 'number' && Number.isFinite(value)
        ? value
        : readInteger(value, parameter, 'Double');
    case 'timestamp':
      return readTimestamp(value, parameter);
    default:
      return readString(value, parameter);
  }
}

function readMembers(
  shapeName: string,
  { members = {} }: Shape,
  value: unknown,
  parameter: string,
): Structure | undefined {
  const given = readStructure(value, parameter, `class ${JAVA}.${shapeName}`);
  if (given === undefined) return undefined;
  const prefix = parameter === '' ? '' : `${parameter}.`;
  const read: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(members, name)) continue;
    const member = readValue(members[name], given[name], `${prefix}${name}`);
    if (member !== undefined) read[name] = member;
  }
  return read;
}

function readEntries(
  { value: shapeName = '' }: Shape,
  value: unknown,
  parameter: string,
): Structure | undefined {
  const map = readStructure(
    value,
    parameter,
    `java.util.Map<java.lang.String, ${javaTypeOf(shapeName)}>`,
  );
  return (
    map &&
    Object.fromEntries(
      Object.entries(map).map(([name, entry]) => [
        name,
        readValue(shapeName, entry, `${parameter}.${name}`),
      ]),
    )
  );
}

function javaTypeOf(shapeName: string): string {
  const { type, member = '' } = shapeOf(shapeName);
  if (type === 'list') return `java.util.List<${javaTypeOf(member)}>`;
  return type === 'string' ? 'java.lang.String' : `${JAVA}.${shapeName}`;
}

/** Seconds since 1970 in JSON, a Date in the SDK's shapes. */
function readTimestamp(value: unknown, parameter: string): Date | undefined {
  if (value instanceof Date) return value;
  if (typeof value === 'string') {
    throw new SerializationException('STRING_VALUE cannot be converted to Date', parameter);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return new Date(value * 1_000);
  readInteger(value, parameter, 'Long');
  return undefined;
}
