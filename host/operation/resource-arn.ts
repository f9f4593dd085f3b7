// The ARN of a table where an operation takes nothing else: tags and policies.

import { AccessDeniedException, ValidationException } from '../errors.js';
import { ACCOUNT, REGION } from '../table/definition.js';
import { INVALID } from './index-rules.js';

const ARN = /^arn:[a-zA-Z-]+:([a-z0-9-]*):([a-z0-9-]*):([0-9]*):(.+)$/;
const TABLE = /^table\/([a-zA-Z0-9_.-]+)(\/(stream|index)\/.+)?$/;

/** The name of the table that a ResourceArn means. `operation` as in `TagResource`. */
export function tableOfArn(text: string, operation: string): string {
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
