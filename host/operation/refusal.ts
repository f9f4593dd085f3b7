// The answer to what no account of this version may do.

import { AccessDeniedException } from '../errors.js';
import { ACCOUNT } from '../table/definition.js';

/** `feature`: what is asked for, if it is less than the operation. */
export function refuse(operation: string, resource: string, feature = operation): never {
  throw new AccessDeniedException(
    `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: dynamodb:${operation} on resource: ${resource} ` +
      `because no identity-based policy allows the dynamodb:${operation} action`,
    { cause: new Error(`${feature} is not part of this version of FerriteDB. Nothing was done.`) },
  );
}
