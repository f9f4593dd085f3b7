// The members of CreateTable: their types, their constraints, and the rules between them, in
// DynamoDB's order.

import type { IndexDefinition, StreamDefinition } from '../engine/store.js';
import { ValidationException } from '../errors.js';
import { TABLE_KEYS_MAX } from '../limits.js';
import type { AttributeDefinition, KeySchemaElement } from '../table/definition.js';
import type { TableSettings, ThroughputSettings } from '../table/settings.js';
import { requiredFault, throwFaults } from './constraints.js';
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
  type NewIndex,
} from './index-rules.js';
import {
  attributeDefinitionFaults,
  billingModeFault,
  type Fault,
  indexFaults,
  keySchemaFaults,
  sseFaults,
  streamFaults,
  throughputFaults,
} from './table-constraints.js';
import { checkNewStream, checkSse, checkTableClass } from './table-feature-rules.js';
import {
  readAttributeDefinitions,
  readIndexes,
  readKeySchema,
  readSse,
  readStream,
  readThroughput,
  type RawIndex,
  type RawSse,
  type RawStream,
  type RawUnits,
} from './table-shapes.js';
import { checkTags, readTags, type Tag } from './tags.js';
import {
  type BillingMode,
  checkIndexUnits,
  checkOnDemand,
  checkTableUnits,
  checkWarm,
  mergedLimits,
} from './throughput-rules.js';
import { refuseMembers } from './unsupported.js';
import { readBoolean, readString, type Structure } from './wire-types.js';

const LATER_MEMBERS = [
  'VectorIndexes',
  'ResourcePolicy',
  'GlobalTableSourceArn',
  'GlobalTableSettingsReplicationMode',
];

/** The members, types checked, nothing else. */
export interface RawCreateTable {
  readonly keySchema: readonly Partial<KeySchemaElement>[] | undefined;
  readonly attributeDefinitions: readonly Partial<AttributeDefinition>[] | undefined;
  readonly billingMode: string | undefined;
  readonly throughput?: RawUnits;
  readonly onDemand?: RawUnits;
  readonly warm?: RawUnits;
  readonly globalIndexes: readonly RawIndex[] | undefined;
  readonly localIndexes: readonly RawIndex[] | undefined;
  readonly stream: RawStream | undefined;
  readonly sse: RawSse | undefined;
  readonly tableClass: string | undefined;
  readonly deletionProtection: boolean | undefined;
  readonly tags: readonly Partial<Tag>[] | undefined;
  readonly ranked: boolean | undefined;
}

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
}

export function readCreateTable(input: Structure): RawCreateTable {
  return {
    ...readThroughput(input),
    keySchema: readKeySchema(input.KeySchema, 'KeySchema'),
    attributeDefinitions: readAttributeDefinitions(input.AttributeDefinitions),
    billingMode: readString(input.BillingMode, 'BillingMode'),
    globalIndexes: readIndexes(input, 'GlobalSecondaryIndexes'),
    localIndexes: readIndexes(input, 'LocalSecondaryIndexes'),
    stream: readStream(input),
    sse: readSse(input),
    tableClass: readString(input.TableClass, 'TableClass'),
    deletionProtection: readBoolean(input.DeletionProtectionEnabled, 'DeletionProtectionEnabled'),
    tags: readTags(input.Tags),
    ranked: readBoolean(input.ranked, 'ranked'),
  };
}

export function checkCreateTable(raw: RawCreateTable, input: Structure): CheckedCreateTable {
  throwFaults(constraintFaults(raw));
  refuseMembers('createTable', input, LATER_MEMBERS);
  checkListsNotEmpty(raw);
  const keySchema = (raw.keySchema ?? []) as readonly KeySchemaElement[];
  const attributeDefinitions = (raw.attributeDefinitions ?? []) as readonly AttributeDefinition[];
  const billingMode = raw.billingMode === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' : 'PROVISIONED';
  const global = (raw.globalIndexes ?? []) as readonly NewIndex[];
  const local = (raw.localIndexes ?? []) as readonly NewIndex[];
  checkTableUnits(raw.throughput, billingMode);
  checkTableKeys(keySchema, attributeDefinitions);
  checkDefinitionsUsed(keySchema, attributeDefinitions, [...global, ...local]);
  checkIndexes(keySchema, attributeDefinitions, global, local);
  for (const { name, throughput } of global) checkIndexUnits(throughput, name, billingMode);
  const streamView = checkNewStream(raw.stream);
  checkOnDemand(raw.onDemand, billingMode);
  for (const { name, onDemand } of global) checkOnDemand(onDemand, billingMode, name);
  checkWarm(raw.warm, billingMode, raw.throughput);
  for (const { name, warm, throughput } of global) checkWarm(warm, billingMode, throughput, name);
  checkTableClass(raw.tableClass);
  const keyArn = checkSse(raw.sse);
  return {
    keySchema,
    attributeDefinitions,
    billingMode,
    readUnits: raw.throughput?.read ?? 0,
    writeUnits: raw.throughput?.write ?? 0,
    indexes: [
      ...local.map((index) => indexDefinitionOf(index, 'local', attributeDefinitions, 'active')),
      ...global.map((index) => indexDefinitionOf(index, 'global', attributeDefinitions, 'active')),
    ],
    streamView,
    settings: {
      ...throughputSettings(raw),
      sse: keyArn === undefined ? undefined : { keyArn },
      indexes: global.map((index) => ({ name: index.name, ...throughputSettings(index) })),
    },
    tableClass: raw.tableClass as CheckedCreateTable['tableClass'],
    deletionProtection: raw.deletionProtection ?? false,
    tags: raw.tags === undefined ? [] : checkTags(raw.tags),
    ranked: raw.ranked ?? false,
  };
}

/** What is kept of the throughput of a new table or index. */
export function throughputSettings({
  onDemand,
  warm,
}: {
  readonly onDemand?: RawUnits;
  readonly warm?: RawUnits;
}): ThroughputSettings {
  return {
    onDemand: mergedLimits(undefined, onDemand),
    warm: warm && { read: warm.read ?? 0, write: warm.write ?? 0 },
  };
}

/** Constraints of single members; all of them are reported together. */
function constraintFaults(raw: RawCreateTable): Fault[] {
  const indexes = (list: readonly RawIndex[] | undefined, kind: 'local' | 'global'): Fault[] =>
    (list ?? []).flatMap((index, at) =>
      indexFaults(index, `${kind}SecondaryIndexes.${at + 1}.member`, kind),
    );
  return [
    requiredFault(raw.attributeDefinitions, 'attributeDefinitions'),
    requiredFault(raw.keySchema, 'keySchema'),
    billingModeFault(raw.billingMode),
    ...throughputFaults(raw.throughput),
    ...keySchemaFaults(raw.keySchema, 'keySchema', TABLE_KEYS_MAX),
    ...attributeDefinitionFaults(raw.attributeDefinitions),
    ...indexes(raw.globalIndexes, 'global'),
    ...indexes(raw.localIndexes, 'local'),
    ...streamFaults(raw.stream),
    ...sseFaults(raw.sse),
  ];
}

function checkListsNotEmpty({ globalIndexes, localIndexes }: RawCreateTable): void {
  for (const [list, member] of [
    [globalIndexes, 'GlobalSecondaryIndexes'],
    [localIndexes, 'LocalSecondaryIndexes'],
  ] as const) {
    if (list?.length === 0) throw new ValidationException(`${INVALID}List of ${member} is empty`);
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
