// The rules of CreateTable: constraints of its members, then the rules between them, in DynamoDB's
// order.

import type { IndexDefinition, StreamDefinition } from '../engine/store.js';
import { ValidationException } from '../errors.js';
import { tableArn, type AttributeDefinition, type KeySchemaElement } from '../table/definition.js';
import type { TableSettings, ThroughputSettings } from '../table/settings.js';
import { throwFaults } from './constraints.js';
import type { CreateTableInput } from './create-table.js';
import {
  checkIndexCounts,
  checkIndexKeys,
  checkIndexNames,
  checkKeysDefined,
  checkLocalKeys,
  checkProjectedCount,
  checkProjection,
  indexDefinitionOf,
  INVALID,
} from './index-rules.js';
import { refuse } from './refusal.js';
import { checkedPolicy } from './resource-policies.js';
import { constraintFaults } from './service-model/input-constraints.js';
import { checkNewStream, checkSse, checkTableClass } from './table-feature-rules.js';
import { newIndexOf, throughputOf, type NewIndex, type Throughput } from './table-shapes.js';
import { checkTags, type Tag } from './tags.js';
import {
  type BillingMode,
  checkIndexUnits,
  checkOnDemand,
  checkTableUnits,
  checkWarm,
  mergedLimits,
} from './throughput-rules.js';
import { checkVectorIndexes, type VectorIndex } from './vector-index-rules.js';

/** What a table is made from. */
export interface CheckedCreateTable {
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly billingMode: BillingMode;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly indexes: readonly IndexDefinition[];
  readonly streamView: StreamDefinition['viewType'] | undefined;
  readonly settings: TableSettings;
  readonly tableClass: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS' | undefined;
  readonly deletionProtection: boolean;
  readonly tags: readonly Tag[];
  readonly ranked: boolean;
  /** Of the table, without white space. */
  readonly policy: string | undefined;
}

/** What CreateTable has, and nobody may use: it is checked, and then refused. */
interface RefusedMembers {
  VectorIndexes?: readonly VectorIndex[];
  GlobalTableSourceArn?: string;
  GlobalTableSettingsReplicationMode?: string;
}
const REFUSED = [
  'VectorIndexes',
  'GlobalTableSourceArn',
  'GlobalTableSettingsReplicationMode',
] as const;

/** Types have been checked. Constraints of single members are reported together. */
export function checkCreateTable(input: CreateTableInput & RefusedMembers): CheckedCreateTable {
  throwFaults([...constraintFaults('CreateTableInput', input, '')]);
  checkListsNotEmpty(input);
  const { KeySchema: keySchema, AttributeDefinitions: attributeDefinitions } = input;
  const billingMode = input.BillingMode ?? 'PROVISIONED';
  const units = throughputOf(input);
  const global = (input.GlobalSecondaryIndexes ?? []).map(newIndexOf);
  const local = (input.LocalSecondaryIndexes ?? []).map(newIndexOf);
  checkTableUnits(units.throughput, billingMode);
  if (input.VectorIndexes !== undefined) {
    checkVectorIndexes(input.VectorIndexes, billingMode, attributeDefinitions);
  }
  const refused = REFUSED.find((member) => input[member] !== undefined);
  if (refused !== undefined) refuse('CreateTable', tableArn(input.TableName), refused);
  checkTableKeys(keySchema, attributeDefinitions);
  checkDefinitionsUsed(keySchema, attributeDefinitions, [...global, ...local]);
  checkIndexes(keySchema, attributeDefinitions, global, local);
  for (const { name, throughput } of global) checkIndexUnits(throughput, name, billingMode);
  const streamView = checkNewStream(input.StreamSpecification);
  checkOnDemand(units.onDemand, billingMode);
  for (const { name, onDemand } of global) checkOnDemand(onDemand, billingMode, name);
  checkWarm(units.warm, billingMode, units.throughput);
  for (const { name, warm, throughput } of global) checkWarm(warm, billingMode, throughput, name);
  checkTableClass(input.TableClass);
  const keyArn = checkSse(input.SSESpecification);
  return {
    keySchema,
    attributeDefinitions,
    billingMode,
    readUnits: units.throughput?.read ?? 0,
    writeUnits: units.throughput?.write ?? 0,
    indexes: [
      ...local.map((index) => indexDefinitionOf(index, 'local', attributeDefinitions, 'active')),
      ...global.map((index) => indexDefinitionOf(index, 'global', attributeDefinitions, 'active')),
    ],
    streamView,
    settings: {
      ...throughputSettings(units),
      sse: keyArn === undefined ? undefined : { keyArn },
      indexes: global.map((index) => ({ name: index.name, ...throughputSettings(index) })),
    },
    tableClass: input.TableClass,
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    tags: input.Tags === undefined ? [] : checkTags(input.Tags),
    ranked: input.ranked ?? false,
    policy: input.ResourcePolicy === undefined ? undefined : checkedPolicy(input.ResourcePolicy),
  };
}

/** What is kept of the throughput of a new table or index. */
export function throughputSettings({ onDemand, warm }: Throughput): ThroughputSettings {
  return {
    onDemand: mergedLimits(undefined, onDemand),
    warm: warm && { read: warm.read ?? 0, write: warm.write ?? 0 },
  };
}

function checkListsNotEmpty(input: CreateTableInput): void {
  for (const member of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'] as const) {
    if (input[member]?.length === 0) {
      throw new ValidationException(`${INVALID}List of ${member} is empty`);
    }
  }
}

function checkTableKeys(
  keySchema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): void {
  const defined = definitions.map(({ AttributeName }) => AttributeName);
  const keys = keySchema.map(({ AttributeName }) => AttributeName);
  const repeated = defined.find((name, index) => defined.indexOf(name) < index);
  if (repeated !== undefined)
    throw new ValidationException(`Attribute Name is duplicated: ${repeated}`);
  if (keys.length > 1 && keys[0] === keys[1]) {
    throw new ValidationException(
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    );
  }
  if (keySchema[0].KeyType !== 'HASH') {
    throw new ValidationException(
      'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    );
  }
  if (keySchema.length > 1 && keySchema[1].KeyType !== 'RANGE') {
    throw new ValidationException(
      'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
    );
  }
  if (keys.length > defined.length) {
    throw new ValidationException('Invalid KeySchema: Some index key attribute have no definition');
  }
  checkKeysDefined(keySchema, definitions);
}

/** Every definition is of a key attribute: of the table alone, or of any index. */
function checkDefinitionsUsed(
  keySchema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
  indexes: readonly NewIndex[],
): void {
  const defined = definitions.map(({ AttributeName }) => AttributeName);
  const schemas = [keySchema, ...indexes.map((index) => index.keySchema)];
  const used = new Set(schemas.flatMap((keys) => keys.map(({ AttributeName }) => AttributeName)));
  if (defined.every((name) => used.has(name))) return;
  throw new ValidationException(
    indexes.length === 0
      ? `${INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`
      : `${INVALID}Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], ` +
          `keys used: [${[...used].join(', ')}]`,
  );
}

/** Global indexes before local ones. */
function checkIndexes(
  tableKeys: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
  global: readonly NewIndex[],
  local: readonly NewIndex[],
): void {
  for (const index of global) {
    checkIndexKeys(index, definitions);
    checkProjection(index);
  }
  if (local.length > 0 && tableKeys.length < 2) {
    throw new ValidationException(
      `${INVALID}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
    );
  }
  for (const index of local) {
    if (index.keySchema[1]?.KeyType !== 'HASH') checkIndexKeys(index, definitions);
    checkLocalKeys(index, tableKeys);
    checkProjection(index);
  }
  checkIndexNames([...global, ...local]);
  checkIndexCounts(local.length, global.length);
  const included = [...global, ...local].map(({ projection }) => projection?.names?.length ?? 0);
  checkProjectedCount(included.reduce((sum, count) => sum + count, 0));
}
