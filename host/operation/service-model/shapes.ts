// The shapes of the inputs of DynamoDB's operations, from AWS's own model.
//
// service-model.json is the model that AWS makes its SDKs from, without documentation, outputs and
// errors; a member is given by the name of its shape. Vector search and bulk operations are not in
// that model yet: their shapes are those of the JavaScript SDK. The build puts the file into the
// bundle. The model says what is a string, what is required, and which bounds there are; what the
// service does otherwise than its model says is in input-constraints.ts.

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
  /** The shape of a list's elements, of a map's keys, of its values. */
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
  /** Of a length or of a number. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

const SHAPES = new Map(Object.entries(model.shapes as Readonly<Record<string, Shape>>));
const INPUTS: Readonly<Record<string, string>> = model.operations;

/** The names of all operations in the model. */
export const MODELLED_OPERATIONS: readonly string[] = Object.keys(INPUTS);

export function shapeOf(name: string): Shape {
  const shape = SHAPES.get(name);
  if (shape === undefined) throw new TypeError(`no shape ${name} in the model`);
  return shape;
}

/** The name of the shape of an operation's input. */
export function inputShapeOf(operation: string): string {
  const name = INPUTS[operation];
  if (name === undefined) throw new TypeError(`no operation ${operation} in the model`);
  return name;
}
