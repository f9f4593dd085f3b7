// Inputs of the newest operations, whose reader is strict: what is missing or null is told by the
// place in the JSON text where that was noticed.

import { SerializationException, ValidationException } from '../../errors.js';
import { readInput } from '../wire-types.js';
import { readModelInput } from './model-input.js';
import { inputShapeOf, shapeOf } from './shapes.js';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'i32',
  long: 'i64',
  list: 'a sequence',
};

/** The same as `readModelInput`, in the words of the strict reader where it has some. */
export function readStrictInput<Input>(operation: string, rawInput: unknown): Input {
  const input = readInput(operation, rawInput);
  const { members = {}, required = [] } = shapeOf(inputShapeOf(operation));
  let text = '{';
  for (const [name, value] of Object.entries(input)) {
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:`;
    if (value === null && Object.hasOwn(members, name)) {
      const kind = KINDS[shapeOf(members[name]).type] ?? `struct ${members[name]}`;
      const column = `${text}null`.length;
      throw new SerializationException(
        `invalid type: null, expected ${kind} at line 1 column ${column}`,
        name,
      );
    }
    text += JSON.stringify(value) ?? 'null';
  }
  const missing = required.find((name) => input[name] === undefined);
  if (missing !== undefined) {
    throw new ValidationException(
      `missing field \`${missing}\` at line 1 column ${text.length + 1}`,
    );
  }
  return readModelInput<Input>(operation, input);
}
