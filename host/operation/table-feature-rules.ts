// The rules of a table's other features: streams, encryption, table class.

import type { StreamDefinition } from '../engine/store.js';
import { ValidationException } from '../errors.js';
import { ACCOUNT, REGION } from '../table/definition.js';
import type { CreateTableInput } from './create-table.js';
import { INVALID } from './index-rules.js';

/** The account's own key for DynamoDB, used when none is named. */
const DEFAULT_KEY = '00000000-0000-4000-8000-000000000000';

/** The view type of a stream that a new table is asked to have; undefined: no stream. */
export function checkNewStream(
  stream: CreateTableInput['StreamSpecification'],
): StreamDefinition['viewType'] | undefined {
  if (stream?.StreamEnabled === true) {
    if (stream.StreamViewType === undefined) {
      throw new ValidationException(
        `${INVALID}Table is being created with a stream enabled, UpdateViewType is required`,
      );
    }
    return stream.StreamViewType;
  }
  if (stream?.StreamViewType !== undefined) {
    throw new ValidationException(
      `${INVALID}Table is being created with a stream disabled, UpdateViewType should not be specified`,
    );
  }
  return undefined;
}

/** A stream that begins at that moment. Its label is new: a label names one stream for ever. */
export function newStream(
  viewType: StreamDefinition['viewType'],
  nowMs: number,
  earlier: readonly StreamDefinition[],
): StreamDefinition {
  const lastMs = earlier.length === 0 ? 0 : earlier[earlier.length - 1].createdAtMs;
  const createdAtMs = Math.max(Math.floor(nowMs), lastMs + 1);
  const label = new Date(createdAtMs).toISOString().slice(0, -1);
  return { id: 0, viewType, label, createdAtMs };
}

/** The ARN of the key a table is said to be encrypted with; undefined: the default, not shown. */
export function checkSse(sse: CreateTableInput['SSESpecification']): string | undefined {
  if (sse === undefined) return undefined;
  const { Enabled: enabled, SSEType: type, KMSMasterKeyId: keyId } = sse;
  if (enabled !== true) {
    if (type !== undefined) {
      throw new ValidationException(`${INVALID}SSEType can not be specified if Enabled is false`);
    }
    if (keyId !== undefined) {
      throw new ValidationException(
        `${INVALID}SSEType KMS is required if KMSMasterKeyId is specified`,
      );
    }
    return undefined;
  }
  if (keyId !== undefined && type !== 'KMS') {
    throw new ValidationException(
      `${INVALID}SSEType KMS is required if KMSMasterKeyId is specified`,
    );
  }
  if (type === 'AES256') throw new ValidationException(`${INVALID}SSEType AES256 is not supported`);
  if (keyId?.startsWith('arn:')) return keyId;
  const key = keyId === undefined ? `key/${DEFAULT_KEY}` : keyId;
  const resource = key.startsWith('alias/') || key.startsWith('key/') ? key : `key/${key}`;
  return `arn:aws:kms:${REGION}:${ACCOUNT}:${resource}`;
}

export function checkTableClass(tableClass: string | undefined): void {
  if (
    tableClass === undefined ||
    tableClass === 'STANDARD' ||
    tableClass === 'STANDARD_INFREQUENT_ACCESS'
  ) {
    return;
  }
  throw new ValidationException(
    'Invalid table-class parameter provided. Please try again with a valid table-class value: ' +
      '[STANDARD, STANDARD_INFREQUENT_ACCESS].',
  );
}
