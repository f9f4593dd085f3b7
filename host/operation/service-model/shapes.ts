// The shapes of the inputs of DynamoDB's operations.
//
// service-model.json is the model that AWS makes its SDKs from (API version 2012-08-10), without
// documentation, outputs and errors; a member is given by the name of its shape. The build puts the
// file into the bundle. amendments.ts says where the service is otherwise than that.

import { ADDITIONS, AMENDMENTS, NEWEST_INPUTS } from './amendments.js';
import model from './service-model.json' with { type: 'json' };

export interface Shape {
  readonly type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'boolean'
    | 'integer'
    | 'long'
    | 'double'
    | 'timestamp'
    | 'blob';
  /** Of a structure: its members and their shapes, and which of them must be there. */
  readonly members?: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  /** Members whose constraints are checked first, in this order. */
  readonly order?: readonly string[];
  /** The shape of a list's elements, of a map's keys, of its values. */
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
  /** Of a length or of a number. */
  readonly min?: number;
  readonly max?: number;
  /** What the length of a text is counted in. Default UTF-16 units. */
  readonly lengthIn?: 'bytes';
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

const INPUTS: Readonly<Record<string, string>> = { ...model.operations, ...NEWEST_INPUTS };
const MODELLED = model.shapes as Readonly<Record<string, Shape>>;
const amended = new Map<string, Shape>();

/** The names of all operations of the API but those of streams. */
export const MODELLED_OPERATIONS: readonly string[] = Object.keys(INPUTS);

export function shapeOf(name: string): Shape {
  let shape = amended.get(name);
  if (shape === undefined) {
    shape = withAmendment(ADDITIONS[name] ?? MODELLED[name], AMENDMENTS[name]);
    if (shape === undefined) throw new TypeError(`no shape ${name} in the model`);
    amended.set(name, shape);
  }
  return shape;
}

function withAmendment(shape: Shape | undefined, changed: Partial<Shape> = {}): Shape | undefined {
  if (shape === undefined) return undefined;
  const members = shape.members && { ...shape.members, ...changed.members };
  return { ...shape, ...changed, members };
}

/** The name of the shape of an operation's input. */
export function inputShapeOf(operation: string): string {
  const name = INPUTS[operation];
  if (name === undefined) throw new TypeError(`no operation ${operation} in the model`);
  return name;
}
