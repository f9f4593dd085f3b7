// The text around every fault of an expression. The operation adds its envelope, if it has one.

import { ValidationException } from '../errors.js';

export type ExpressionKind = 'Update' | 'Condition' | 'KeyCondition' | 'Filter' | 'Projection';

/** `Invalid FilterExpression: …` */
export function expressionError(kind: ExpressionKind, text: string): ValidationException {
  return new ValidationException(`Invalid ${kind}Expression: ${text}`);
}
