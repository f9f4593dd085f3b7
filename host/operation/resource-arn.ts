// The ARN of a table where an operation takes nothing else: tags and policies.

import { AccessDeniedException, ValidationException } from '../errors.js';
import { ACCOUNT, REGION } from '../table/definition.js';
import { RESOURCE_ARN_LENGTH_MAX } from '../limits.js';
import {
  mustBeLonger,
  mustBeShorter,
  oldFault,
  requiredFault,
  throwFaults,
} from './constraints.js';
import { INVALID } from './index-rules.js';

const ARN = /^arn:[a-zA-Z-]+:([a-z0-9-]*):([a-z0-9-]*):([0-9]*):(.+)$/;
const TABLE = /^table\/([a-zA-Z0-9_.-]+)(\/(stream|index)\/.+)?$/;

/** The name of the table that a ResourceArn means. `operation` as in `TagResource`. */
export function tableOfArn(arn: string | undefined, operation: string): string {
  if (arn === undefined) throwFaults([requiredFault(arn, 'resourceArn')]);
  const text = arn ?? '';
  throwFaults([
    text === '' ? oldFault(text, 'resourceArn', mustBeLonger(1)) : undefined,
    text.length > RESOURCE_ARN_LENGTH_MAX
      ? oldFault(text, 'resourceArn', mustBeShorter(RESOURCE_ARN_LENGTH_MAX))
      : undefined,
  ]);
  if (!text.startsWith('arn:')) {
    throw new ValidationException(`${INVALID}ARNs must start with 'arn:': ${text}`);
  }
  const [, service, region, account, resource] = ARN.exec(text) ?? [];
  if (service !== 'dynamodb') {
    throw new ValidationException(`${INVALID}Provided Arn is not a DynamoDB resource arn: ${text}`);
  }
  if (region !== REGION) {
    throw new ValidationException(
      `Invalid TableArn: Invalid ResourceArn provided as input ${text}`,
    );
  }
  if (account !== ACCOUNT) {
    throw new AccessDeniedException(
      `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: dynamodb:${operation} on resource: ${text}`,
    );
  }
  const [, table, part, kind] = TABLE.exec(resource) ?? [];
  if (table !== undefined && (part === undefined || kind === 'stream')) return table;
  throw new ValidationException(
    `${INVALID}Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${text}`,
  );
}
