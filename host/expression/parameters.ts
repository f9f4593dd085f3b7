// Which parameters of a request go together: expressions with their placeholders, and never with the
// legacy parameters they replaced. Looked at before any of them is read (expressions.md 5, 11).

import { ValidationException } from '../errors.js';

export type ExpressionOperation =
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'Scan';

/** Lists in messages have these orders. */
interface Parameters {
  readonly expressions: readonly string[];
  readonly legacy: readonly string[];
  /** What ExpressionAttributeValues is said to lack; undefined: the operation does not take values. */
  readonly valuesLack?: string;
}

const WRITE: Parameters = {
  expressions: ['ConditionExpression'],
  legacy: ['Expected', 'ConditionalOperator'],
  valuesLack: '',
};
const READ: Parameters = { expressions: ['ProjectionExpression'], legacy: ['AttributesToGet'] };

const PARAMETERS: Readonly<Record<ExpressionOperation, Parameters>> = {
  PutItem: WRITE,
  DeleteItem: WRITE,
  UpdateItem: {
    expressions: ['UpdateExpression', 'ConditionExpression'],
    legacy: ['AttributeUpdates', 'Expected', 'ConditionalOperator'],
    valuesLack: '',
  },
  GetItem: READ,
  BatchGetItem: READ,
  Query: {
    expressions: ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
    legacy: ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'],
    valuesLack: ': FilterExpression and KeyConditionExpression are null',
  },
  Scan: {
    expressions: ['ProjectionExpression', 'FilterExpression'],
    legacy: ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
    valuesLack: ': FilterExpression is null',
  },
};

/** Throws if the request mixes the two families, or has placeholders that nothing could use. */
export function checkParameters(
  operation: ExpressionOperation,
  input: Readonly<Record<string, unknown>>,
): void {
  const isGiven = (name: string): boolean => input[name] !== undefined && input[name] !== null;
  const { expressions, legacy, valuesLack } = PARAMETERS[operation];
  const isUsual = expressions.some((name) => name !== 'ProjectionExpression' && isGiven(name));
  if (isUsual && !legacy.some(isGiven)) return; // an expression that takes both kinds of placeholders
  const modern = expressions.filter(isGiven);
  // KeyConditions may stand beside the expressions that do not replace it.
  const old = legacy.filter(
    (name) =>
      isGiven(name) && (name !== 'KeyConditions' || modern.includes('KeyConditionExpression')),
  );
  if (modern.length > 0 && old.length > 0) {
    throw new ValidationException(
      'Can not use both expression and non-expression parameters in the same request: ' +
        `Non-expression parameters: {${old.join(', ')}} Expression parameters: {${modern.join(', ')}}`,
    );
  }
  if (isGiven('ExpressionAttributeNames') && modern.length === 0) {
    throw new ValidationException(
      'ExpressionAttributeNames can only be specified when using expressions',
    );
  }
  const takesValues = modern.some((name) => name !== 'ProjectionExpression');
  if (valuesLack !== undefined && isGiven('ExpressionAttributeValues') && !takesValues) {
    throw new ValidationException(
      `ExpressionAttributeValues can only be specified when using expressions${valuesLack}`,
    );
  }
}
