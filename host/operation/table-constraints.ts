// Constraints of the members that CreateTable and UpdateTable share. Old style, joined.

import { KEY_ATTRIBUTE_NAME_BYTES_MAX, TABLE_NAME_LENGTH_MAX } from '../limits.js';
import { TABLE_NAME_LENGTH_MIN, TABLE_KEYS_MAX, NON_KEY_ATTRIBUTES_MAX } from '../limits.js';
import type { AttributeDefinition, KeySchemaElement } from '../table/definition.js';
import {
  enumFault,
  mustBeLonger,
  mustBeShorter,
  mustMatchName,
  oldFault,
  rangeFault,
  requiredFault,
} from './constraints.js';
import type { RawIndex, RawProjection, RawSse, RawStream, RawUnits } from './table-shapes.js';

export type Fault = string | undefined;

const NAME = /^[a-zA-Z0-9_.-]+$/;

export function billingModeFault(mode: string | undefined): Fault {
  return enumFault(mode, 'billingMode', ['PROVISIONED', 'PAY_PER_REQUEST']);
}

/** Writes before reads, as the service lists them. */
export function throughputFaults(units: RawUnits | undefined, parent = ''): Fault[] {
  if (units === undefined) return [];
  return (['write', 'read'] as const).map((kind) => {
    const path = `${parent}provisionedThroughput.${kind}CapacityUnits`;
    return requiredFault(units[kind], path) ?? rangeFault(units[kind], path, 1);
  });
}

export function keySchemaFaults(
  keySchema: readonly Partial<KeySchemaElement>[] | undefined,
  path: string,
  countMax: number,
): Fault[] {
  if (keySchema === undefined) return [];
  const faults: Fault[] = [];
  if (keySchema.length === 0) faults.push(oldFault('[]', path, mustBeLonger(1)));
  if (keySchema.length > countMax) {
    const shown = keySchema.map(
      ({ AttributeName, KeyType }) =>
        `KeySchemaElement(attributeName=${AttributeName}, keyType=${KeyType})`,
    );
    faults.push(oldFault(`[${shown.join(', ')}]`, path, mustBeShorter(countMax)));
  }
  keySchema.forEach(({ AttributeName, KeyType }, at) => {
    const member = `${path}.${at + 1}.member`;
    faults.push(attributeNameFault(AttributeName, `${member}.attributeName`));
    faults.push(requiredFault(KeyType, `${member}.keyType`));
    faults.push(enumFault(KeyType, `${member}.keyType`, ['HASH', 'RANGE']));
  });
  return faults;
}

export function attributeDefinitionFaults(
  definitions: readonly Partial<AttributeDefinition>[] | undefined,
): Fault[] {
  return (definitions ?? []).flatMap(({ AttributeName, AttributeType }, at) => {
    const path = `attributeDefinitions.${at + 1}.member`;
    return [
      attributeNameFault(AttributeName, `${path}.attributeName`),
      requiredFault(AttributeType, `${path}.attributeType`),
      enumFault(AttributeType, `${path}.attributeType`, ['B', 'N', 'S']),
    ];
  });
}

/** Of an index to be created. */
export function indexFaults(index: RawIndex, path: string, kind: 'local' | 'global'): Fault[] {
  return [
    indexNameFault(index.name, `${path}.indexName`),
    requiredFault(index.keySchema, `${path}.keySchema`),
    ...keySchemaFaults(
      index.keySchema,
      `${path}.keySchema`,
      kind === 'local' ? TABLE_KEYS_MAX : Number.POSITIVE_INFINITY,
    ),
    requiredFault(index.projection, `${path}.projection`),
    ...projectionFaults(index.projection, `${path}.projection`),
    ...throughputFaults(index.throughput, `${path}.`),
  ];
}

function projectionFaults(projection: RawProjection | undefined, path: string): Fault[] {
  if (projection === undefined) return [];
  const { type, names } = projection;
  const faults = [enumFault(type, `${path}.projectionType`, ['ALL', 'INCLUDE', 'KEYS_ONLY'])];
  if (names === undefined) return faults;
  const list = `${path}.nonKeyAttributes`;
  if (names.length === 0) faults.push(oldFault('[]', list, mustBeLonger(1)));
  if (names.length > NON_KEY_ATTRIBUTES_MAX) {
    faults.push(oldFault(`[${names.join(', ')}]`, list, mustBeShorter(NON_KEY_ATTRIBUTES_MAX)));
  }
  names.forEach((name, at) => {
    faults.push(attributeNameFault(name, `${list}.${at + 1}.member`));
  });
  return faults;
}

export function indexNameFault(name: string | undefined, path: string): Fault {
  if (name === undefined) return requiredFault(name, path);
  if (name.length < TABLE_NAME_LENGTH_MIN) {
    return oldFault(name, path, mustBeLonger(TABLE_NAME_LENGTH_MIN));
  }
  if (name.length > TABLE_NAME_LENGTH_MAX) {
    return oldFault(name, path, mustBeShorter(TABLE_NAME_LENGTH_MAX));
  }
  return NAME.test(name) ? undefined : oldFault(name, path, mustMatchName);
}

export function streamFaults(stream: RawStream | undefined): Fault[] {
  if (stream === undefined) return [];
  return [
    requiredFault(stream.enabled, 'streamSpecification.streamEnabled'),
    enumFault(stream.viewType, 'streamSpecification.streamViewType', [
      'NEW_IMAGE',
      'OLD_IMAGE',
      'NEW_AND_OLD_IMAGES',
      'KEYS_ONLY',
    ]),
  ];
}

export function sseFaults(sse: RawSse | undefined): Fault[] {
  return [enumFault(sse?.type, 'sSESpecification.sSEType', ['AES256', 'KMS'])];
}

function attributeNameFault(name: string | undefined, path: string): Fault {
  if (name === undefined) return requiredFault(name, path);
  if (name === '') return oldFault(name, path, mustBeLonger(1));
  return Buffer.byteLength(name, 'utf8') > KEY_ATTRIBUTE_NAME_BYTES_MAX
    ? oldFault(name, path, mustBeShorter(KEY_ATTRIBUTE_NAME_BYTES_MAX))
    : undefined;
}
