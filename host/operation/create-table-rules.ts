// The members of CreateTable: their types, their constraints, and the rules between them, in
// DynamoDB's order.

import { LimitExceededException, UnsupportedParameter, ValidationException } from '../errors.js';
import {
  CAPACITY_UNITS_BOUND,
  CAPACITY_UNITS_PER_TABLE_MAX,
  KEY_ATTRIBUTE_NAME_BYTES_MAX,
} from '../limits.js';
import type { AttributeDefinition, KeySchemaElement } from '../table/definition.js';
import { REGION } from '../table/definition.js';
import {
  enumFault,
  mustBeLonger,
  mustBeShorter,
  oldFault,
  rangeFault,
  requiredFault,
  throwFaults,
} from './constraints.js';
import { checkTags, readTags, type Tag } from './tags.js';
import { refuseMembers } from './unsupported.js';
import {
  readBoolean,
  readInteger,
  readList,
  readString,
  readStructure,
  type Structure,
} from './wire-types.js';

const INVALID = 'One or more parameter values were invalid: ';
const JAVA = 'com.amazonaws.dynamodb.v20120810';

const LATER_MEMBERS = [
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'VectorIndexes',
  'OnDemandThroughput',
  'WarmThroughput',
  'ResourcePolicy',
  'GlobalTableSourceArn',
  'GlobalTableSettingsReplicationMode',
];

/** The members, types checked, nothing else. */
export interface RawCreateTable {
  readonly keySchema: readonly Partial<KeySchemaElement>[] | undefined;
  readonly attributeDefinitions: readonly Partial<AttributeDefinition>[] | undefined;
  readonly billingMode: string | undefined;
  readonly throughput: { readonly read?: number; readonly write?: number } | undefined;
  readonly tableClass: string | undefined;
  readonly deletionProtection: boolean | undefined;
  readonly tags: readonly Partial<Tag>[] | undefined;
}

/** What a table is made from. */
export interface CheckedCreateTable {
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly tableClass: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS' | undefined;
  readonly deletionProtection: boolean;
  readonly tags: readonly Tag[];
}

export function readCreateTable(input: Structure): RawCreateTable {
  const throughput = readStructure(
    input.ProvisionedThroughput,
    'ProvisionedThroughput',
    `${JAVA}.ProvisionedThroughput`,
  );
  return {
    keySchema: readList(input.KeySchema, 'KeySchema')?.map((value, index) => {
      const path = `KeySchema[${index}]`;
      const element = readStructure(value, path, `${JAVA}.KeySchemaElement`) ?? {};
      return {
        AttributeName: readString(element.AttributeName, `${path}.AttributeName`),
        KeyType: readString(element.KeyType, `${path}.KeyType`) as KeySchemaElement['KeyType'],
      };
    }),
    attributeDefinitions: readList(input.AttributeDefinitions, 'AttributeDefinitions')?.map(
      (value, index) => {
        const path = `AttributeDefinitions[${index}]`;
        const element = readStructure(value, path, `${JAVA}.AttributeDefinition`) ?? {};
        const type = readString(element.AttributeType, `${path}.AttributeType`);
        return {
          AttributeName: readString(element.AttributeName, `${path}.AttributeName`),
          AttributeType: type as AttributeDefinition['AttributeType'],
        };
      },
    ),
    billingMode: readString(input.BillingMode, 'BillingMode'),
    throughput: throughput && {
      read: readInteger(
        throughput.ReadCapacityUnits,
        'ProvisionedThroughput.ReadCapacityUnits',
        'Long',
      ),
      write: readInteger(
        throughput.WriteCapacityUnits,
        'ProvisionedThroughput.WriteCapacityUnits',
        'Long',
      ),
    },
    tableClass: readString(input.TableClass, 'TableClass'),
    deletionProtection: readBoolean(input.DeletionProtectionEnabled, 'DeletionProtectionEnabled'),
    tags: readTags(input.Tags),
  };
}

export function checkCreateTable(raw: RawCreateTable, input: Structure): CheckedCreateTable {
  throwFaults(constraintFaults(raw));
  refuseLaterFeatures(input);
  const keySchema = (raw.keySchema ?? []) as readonly KeySchemaElement[];
  const attributeDefinitions = (raw.attributeDefinitions ?? []) as readonly AttributeDefinition[];
  const billingMode = raw.billingMode === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' : 'PROVISIONED';
  checkThroughput(raw, billingMode);
  checkKeys(keySchema, attributeDefinitions);
  if (raw.tableClass !== undefined) checkTableClass(raw.tableClass);
  return {
    keySchema,
    attributeDefinitions,
    billingMode,
    readUnits: raw.throughput?.read ?? 0,
    writeUnits: raw.throughput?.write ?? 0,
    tableClass: raw.tableClass as CheckedCreateTable['tableClass'],
    deletionProtection: raw.deletionProtection ?? false,
    tags: raw.tags === undefined ? [] : checkTags(raw.tags),
  };
}

/** Constraints of single members; all of them are reported together. */
function constraintFaults(raw: RawCreateTable): (string | undefined)[] {
  const { keySchema, attributeDefinitions, throughput } = raw;
  const faults: (string | undefined)[] = [
    requiredFault(attributeDefinitions, 'attributeDefinitions'),
    requiredFault(keySchema, 'keySchema'),
    enumFault(raw.billingMode, 'billingMode', ['PROVISIONED', 'PAY_PER_REQUEST']),
  ];
  if (throughput !== undefined) {
    for (const [path, units] of [
      ['provisionedThroughput.writeCapacityUnits', throughput.write],
      ['provisionedThroughput.readCapacityUnits', throughput.read],
    ] as const) {
      faults.push(requiredFault(units, path) ?? rangeFault(units, path, 1));
    }
  }
  if (keySchema?.length === 0) faults.push(oldFault('[]', 'keySchema', mustBeLonger(1)));
  if (keySchema !== undefined && keySchema.length > 2) {
    const shown = keySchema.map(
      ({ AttributeName, KeyType }) =>
        `KeySchemaElement(attributeName=${AttributeName}, keyType=${KeyType})`,
    );
    faults.push(oldFault(`[${shown.join(', ')}]`, 'keySchema', mustBeShorter(2)));
  }
  keySchema?.forEach(({ AttributeName, KeyType }, index) => {
    const path = `keySchema.${index + 1}.member`;
    faults.push(nameFault(AttributeName, `${path}.attributeName`));
    faults.push(requiredFault(KeyType, `${path}.keyType`));
    faults.push(enumFault(KeyType, `${path}.keyType`, ['HASH', 'RANGE']));
  });
  attributeDefinitions?.forEach(({ AttributeName, AttributeType }, index) => {
    const path = `attributeDefinitions.${index + 1}.member`;
    faults.push(nameFault(AttributeName, `${path}.attributeName`));
    faults.push(requiredFault(AttributeType, `${path}.attributeType`));
    faults.push(enumFault(AttributeType, `${path}.attributeType`, ['B', 'N', 'S']));
  });
  return faults;
}

function nameFault(name: string | undefined, path: string): string | undefined {
  if (name === undefined) return requiredFault(name, path);
  if (name === '') return oldFault(name, path, mustBeLonger(1));
  return Buffer.byteLength(name, 'utf8') > KEY_ATTRIBUTE_NAME_BYTES_MAX
    ? oldFault(name, path, mustBeShorter(KEY_ATTRIBUTE_NAME_BYTES_MAX))
    : undefined;
}

/** Features of later versions. A feature that is asked for switched off is not asked for. */
function refuseLaterFeatures(input: Structure): void {
  for (const member of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes']) {
    const list = readList(input[member], member);
    if (list?.length === 0) throw new ValidationException(`${INVALID}List of ${member} is empty`);
  }
  const stream = readStructure(
    input.StreamSpecification,
    'StreamSpecification',
    `${JAVA}.StreamSpecification`,
  );
  if (stream !== undefined) {
    if (readBoolean(stream.StreamEnabled, 'StreamSpecification.StreamEnabled') === true) {
      throw new UnsupportedParameter('createTable', 'StreamSpecification');
    }
    if (stream.StreamViewType !== undefined && stream.StreamViewType !== null) {
      throw new ValidationException(
        `${INVALID}Table is being created with a stream disabled, UpdateViewType should not be specified`,
      );
    }
  }
  const sse = readStructure(input.SSESpecification, 'SSESpecification', `${JAVA}.SSESpecification`);
  if (sse !== undefined) {
    if (readBoolean(sse.Enabled, 'SSESpecification.Enabled') === true) {
      throw new UnsupportedParameter('createTable', 'SSESpecification');
    }
    refuseMembers('createTable', sse, ['KMSMasterKeyId']);
    if (sse.SSEType !== undefined && sse.SSEType !== null) {
      throw new ValidationException(`${INVALID}SSEType can not be specified if Enabled is false`);
    }
  }
  refuseMembers('createTable', input, LATER_MEMBERS);
}

function checkThroughput(raw: RawCreateTable, billingMode: string): void {
  const { throughput } = raw;
  if (billingMode === 'PAY_PER_REQUEST') {
    if (throughput === undefined) return;
    throw new ValidationException(
      `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    );
  }
  if (throughput === undefined) {
    throw new ValidationException(
      `${INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
    );
  }
  const units = [
    ['ReadCapacityUnits', throughput.read ?? 0],
    ['WriteCapacityUnits', throughput.write ?? 0],
  ] as const;
  for (const [name, value] of units) {
    if (value > CAPACITY_UNITS_BOUND) {
      throw new ValidationException(`Given value ${value} for ${name} is out of bounds`);
    }
  }
  for (const [name, value] of units) {
    if (value > CAPACITY_UNITS_PER_TABLE_MAX) {
      throw new LimitExceededException(
        `The requested ${name}, ${value}, is above the per table maximum for the account in ${REGION}. ` +
          `Per table maximum: ${CAPACITY_UNITS_PER_TABLE_MAX}. Refer to the Amazon DynamoDB Developer Guide for ` +
          'current limits and how to request higher limits.',
      );
    }
  }
}

function checkKeys(
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
  if (!keys.every((name) => defined.includes(name))) {
    throw new ValidationException(
      `${INVALID}Some index key attributes are not defined in AttributeDefinitions. ` +
        `Keys: [${keys.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
    );
  }
  if (defined.length > keys.length) {
    throw new ValidationException(
      `${INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in ` +
        'AttributeDefinitions',
    );
  }
}

function checkTableClass(tableClass: string): void {
  if (tableClass === 'STANDARD' || tableClass === 'STANDARD_INFREQUENT_ACCESS') return;
  throw new ValidationException(
    'Invalid table-class parameter provided. Please try again with a valid table-class value: ' +
      '[STANDARD, STANDARD_INFREQUENT_ACCESS].',
  );
}
