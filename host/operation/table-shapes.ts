// The members that CreateTable and UpdateTable share: their types, and nothing else.

import type { AttributeDefinition, KeySchemaElement } from '../table/definition.js';
import {
  readBoolean,
  readInteger,
  readList,
  readString,
  readStructure,
  type Structure,
} from './wire-types.js';

export const JAVA = 'com.amazonaws.dynamodb.v20120810';

/** A pair of units, whatever they are called there. */
export interface RawUnits {
  readonly read?: number;
  readonly write?: number;
}

export interface RawProjection {
  readonly type: string | undefined;
  readonly names: readonly (string | undefined)[] | undefined;
}

/** An index as CreateTable and the `Create` of UpdateTable define it. */
export interface RawIndex {
  readonly name: string | undefined;
  readonly keySchema: readonly Partial<KeySchemaElement>[] | undefined;
  readonly projection: RawProjection | undefined;
  readonly throughput: RawUnits | undefined;
  readonly onDemand: RawUnits | undefined;
  readonly warm: RawUnits | undefined;
  readonly ranked: boolean | undefined;
}

export interface RawStream {
  readonly enabled: boolean | undefined;
  readonly viewType: string | undefined;
}

export interface RawSse {
  readonly enabled: boolean | undefined;
  readonly type: string | undefined;
  readonly keyId: string | undefined;
}

export function readKeySchema(
  value: unknown,
  parameter: string,
): readonly Partial<KeySchemaElement>[] | undefined {
  return readList(value, parameter)?.map((entry, at) => {
    const path = `${parameter}[${at}]`;
    const element = readStructure(entry, path, `${JAVA}.KeySchemaElement`) ?? {};
    return {
      AttributeName: readString(element.AttributeName, `${path}.AttributeName`),
      KeyType: readString(element.KeyType, `${path}.KeyType`) as KeySchemaElement['KeyType'],
    };
  });
}

export function readAttributeDefinitions(
  value: unknown,
): readonly Partial<AttributeDefinition>[] | undefined {
  return readList(value, 'AttributeDefinitions')?.map((entry, at) => {
    const path = `AttributeDefinitions[${at}]`;
    const element = readStructure(entry, path, `${JAVA}.AttributeDefinition`) ?? {};
    const type = readString(element.AttributeType, `${path}.AttributeType`);
    return {
      AttributeName: readString(element.AttributeName, `${path}.AttributeName`),
      AttributeType: type as AttributeDefinition['AttributeType'],
    };
  });
}

export function readThroughput(
  container: Structure,
  parent = '',
): { readonly throughput?: RawUnits; readonly onDemand?: RawUnits; readonly warm?: RawUnits } {
  return {
    throughput: readUnits(
      container,
      parent,
      'ProvisionedThroughput',
      'ReadCapacityUnits',
      'WriteCapacityUnits',
    ),
    onDemand: readUnits(
      container,
      parent,
      'OnDemandThroughput',
      'MaxReadRequestUnits',
      'MaxWriteRequestUnits',
    ),
    warm: readUnits(
      container,
      parent,
      'WarmThroughput',
      'ReadUnitsPerSecond',
      'WriteUnitsPerSecond',
    ),
  };
}

function readUnits(
  container: Structure,
  parent: string,
  member: string,
  read: string,
  write: string,
): RawUnits | undefined {
  const path = `${parent}${member}`;
  const units = readStructure(container[member], path, `${JAVA}.${member}`);
  return (
    units && {
      read: readInteger(units[read], `${path}.${read}`, 'Long'),
      write: readInteger(units[write], `${path}.${write}`, 'Long'),
    }
  );
}

/** A list of indexes to be created. */
export function readIndexes(input: Structure, member: string): readonly RawIndex[] | undefined {
  return readList(input[member], member)?.map((entry, at) =>
    readIndex(entry, `${member}[${at}]`, `${JAVA}.${member.replace(/es$/, '')}`),
  );
}

export function readIndex(value: unknown, path: string, javaType: string): RawIndex {
  const index = readStructure(value, path, javaType) ?? {};
  const { throughput, onDemand, warm } = readThroughput(index, `${path}.`);
  return {
    name: readString(index.IndexName, `${path}.IndexName`),
    keySchema: readKeySchema(index.KeySchema, `${path}.KeySchema`),
    projection: readProjection(index.Projection, `${path}.Projection`),
    throughput,
    onDemand,
    warm,
    ranked: readBoolean(index.ranked, `${path}.ranked`),
  };
}

function readProjection(value: unknown, path: string): RawProjection | undefined {
  const projection = readStructure(value, path, `${JAVA}.Projection`);
  return (
    projection && {
      type: readString(projection.ProjectionType, `${path}.ProjectionType`),
      names: readList(projection.NonKeyAttributes, `${path}.NonKeyAttributes`)?.map((name, at) =>
        readString(name, `${path}.NonKeyAttributes[${at}]`),
      ),
    }
  );
}

export function readStream(input: Structure): RawStream | undefined {
  const path = 'StreamSpecification';
  const stream = readStructure(input[path], path, `${JAVA}.${path}`);
  return (
    stream && {
      enabled: readBoolean(stream.StreamEnabled, `${path}.StreamEnabled`),
      viewType: readString(stream.StreamViewType, `${path}.StreamViewType`),
    }
  );
}

export function readSse(input: Structure): RawSse | undefined {
  const path = 'SSESpecification';
  const sse = readStructure(input[path], path, `${JAVA}.${path}`);
  return (
    sse && {
      enabled: readBoolean(sse.Enabled, `${path}.Enabled`),
      type: readString(sse.SSEType, `${path}.SSEType`),
      keyId: readString(sse.KMSMasterKeyId, `${path}.KMSMasterKeyId`),
    }
  );
}
