// The rules of secondary indexes to be created, in DynamoDB's order. Constraints have passed.

import type { IndexDefinition } from '../engine/store.js';
import { ValidationException } from '../errors.js';
import {
  GLOBAL_INDEXES_MAX,
  INDEX_KEYS_OF_A_KIND_MAX,
  LOCAL_INDEXES_MAX,
  PROJECTED_ATTRIBUTES_PER_TABLE_MAX,
} from '../limits.js';
import type { AttributeDefinition, KeySchemaElement } from '../table/definition.js';
import type { KeyAttribute } from '../table/item-types.js';
import type { NewIndex } from './table-shapes.js';

export const INVALID = 'One or more parameter values were invalid: ';

/** Keys of an index among themselves, then against the definitions. */
export function checkIndexKeys(
  { keySchema }: NewIndex,
  definitions: readonly AttributeDefinition[],
): void {
  checkKeyRoles(keySchema);
  for (const kind of ['HASH', 'RANGE']) {
    const count = keySchema.filter(({ KeyType }) => KeyType === kind).length;
    if (count > INDEX_KEYS_OF_A_KIND_MAX) {
      throw new ValidationException(
        `${INVALID}The KeySchema exceeds the maximum allowed number of ${kind} key attributes`,
      );
    }
  }
  checkKeysDefined(keySchema, definitions);
}

function checkKeyRoles(keySchema: readonly KeySchemaElement[]): void {
  if (keySchema[0].KeyType !== 'HASH') {
    throw new ValidationException(
      'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    );
  }
  const firstRange = keySchema.findIndex(({ KeyType }) => KeyType === 'RANGE');
  if (firstRange >= 0 && keySchema.slice(firstRange).some(({ KeyType }) => KeyType === 'HASH')) {
    throw new ValidationException(
      `${INVALID}All HASH key attributes must precede RANGE key attributes in the KeySchema`,
    );
  }
  const names = keySchema.map(({ AttributeName }) => AttributeName);
  if (new Set(names).size < names.length) {
    throw new ValidationException(
      names.length === 2 && keySchema[1].KeyType === 'RANGE'
        ? 'Both the Hash Key and the Range Key element in the KeySchema have the same name'
        : 'The KeySchema contains multiple key attributes with the same name',
    );
  }
}

export function checkKeysDefined(
  keySchema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): void {
  const keys = keySchema.map(({ AttributeName }) => AttributeName);
  const defined = definitions.map(({ AttributeName }) => AttributeName);
  if (keys.every((name) => defined.includes(name))) return;
  throw new ValidationException(
    `${INVALID}Some index key attributes are not defined in AttributeDefinitions. ` +
      `Keys: [${keys.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
  );
}

export function checkLocalKeys(
  { name, keySchema }: NewIndex,
  tableKeys: readonly KeySchemaElement[],
): void {
  if (keySchema.length < 2) {
    throw new ValidationException(
      `${INVALID}Index KeySchema does not have a range key for index: ${name}`,
    );
  }
  if (keySchema[1].KeyType !== 'RANGE') {
    throw new ValidationException(
      'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
    );
  }
  const hash = keySchema[0].AttributeName;
  if (hash === tableKeys[0].AttributeName) return;
  throw new ValidationException(
    `${INVALID}Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
      `index hash key: ${hash}, table hash key: ${tableKeys[0].AttributeName}`,
  );
}

export function checkProjection({ projection }: NewIndex): void {
  const { type, names } = projection;
  if (type === undefined) {
    throw new ValidationException(`${INVALID}Unknown ProjectionType: null`);
  }
  if (type !== 'INCLUDE' && names !== undefined) {
    throw new ValidationException(
      `${INVALID}ProjectionType is ${type}, but NonKeyAttributes is specified`,
    );
  }
  if (type !== 'INCLUDE') return;
  if (names === undefined) {
    throw new ValidationException(
      `${INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
    );
  }
  const repeated = names.find((name, at) => names.indexOf(name) < at);
  if (repeated !== undefined) {
    throw new ValidationException(`${INVALID}Duplicate element in NonKeyAttributes: ${repeated}`);
  }
}

/** Global and local indexes share one space of names; one may be named like its table. */
export function checkIndexNames(indexes: readonly NewIndex[]): void {
  const names = indexes.map(({ name }) => name);
  const repeated = names.find((name, at) => names.indexOf(name) < at);
  if (repeated !== undefined) {
    throw new ValidationException(`${INVALID}Duplicate index name: ${repeated}`);
  }
}

export function checkIndexCounts(local: number, global: number): void {
  if (global > GLOBAL_INDEXES_MAX) {
    throw new ValidationException(
      `${INVALID}GlobalSecondaryIndex count exceeds the per-table limit of ${GLOBAL_INDEXES_MAX}`,
    );
  }
  if (local > LOCAL_INDEXES_MAX) {
    throw new ValidationException(
      `${INVALID}Number of LocalSecondaryIndexes exceeds per-table limit of ${LOCAL_INDEXES_MAX}`,
    );
  }
}

/** Names of INCLUDE projections over all indexes of a table. The handbook has no text for it. */
export function checkProjectedCount(count: number): void {
  if (count <= PROJECTED_ATTRIBUTES_PER_TABLE_MAX) return;
  throw new ValidationException(
    `${INVALID}Number of NonKeyAttributes exceeds per-table limit of ${PROJECTED_ATTRIBUTES_PER_TABLE_MAX}`,
  );
}

/** The stored definition of a checked index. The store gives it its id. */
export function indexDefinitionOf(
  index: NewIndex,
  kind: IndexDefinition['kind'],
  definitions: readonly AttributeDefinition[],
  status: IndexDefinition['status'],
): IndexDefinition {
  const keys = (role: KeySchemaElement['KeyType']): KeyAttribute[] =>
    index.keySchema
      .filter(({ KeyType }) => KeyType === role)
      .map(({ AttributeName: name }) => ({ name, type: typeOf(name, definitions) }));
  const { type, names } = index.projection as { type: 'ALL' | 'KEYS_ONLY'; names?: string[] };
  return {
    id: 0,
    name: index.name,
    kind,
    partition: keys('HASH'),
    sort: keys('RANGE'),
    projection: names === undefined ? { type } : { type, names },
    status,
    ...(kind === 'global'
      ? { readUnits: index.throughput?.read ?? 0, writeUnits: index.throughput?.write ?? 0 }
      : {}),
    ...(index.ranked ? { ranked: true } : {}),
  };
}

function typeOf(name: string, definitions: readonly AttributeDefinition[]): KeyAttribute['type'] {
  const definition = definitions.find(({ AttributeName }) => AttributeName === name);
  if (definition === undefined) throw new TypeError(`no definition of ${name}`);
  return definition.AttributeType;
}
