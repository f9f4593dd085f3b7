// The byte costs of numbers that DynamoDB publishes: what the codec, the model and the core are held to alike.

/** Literal and bytes, the table of data-model.md 2.1. */
export const NUMBER_SIZES: readonly (readonly [literal: string, size: number])[] = [
  ['0', 1],
  ['-0', 1],
  ['1', 2],
  ['12', 2],
  ['123', 3],
  ['1234', 3],
  ['1'.repeat(38), 20],
  ['0042', 2],
  ['100', 2],
  ['1010', 3],
  ['0.0000001', 2],
  ['1E125', 2],
  ['1E-100', 2],
  ['1.5', 3],
  ['15', 2],
  ['1.2', 3],
  ['1.200', 3],
  ['1.234', 4],
  ['3.14159', 5],
  ['123456', 4],
  ['100.5', 4],
  ['0.15', 2],
  ['-42', 3],
];
