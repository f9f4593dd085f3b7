// A table's definition between DynamoDB's shapes and the stored one.

import type { IndexDefinition, TableDefinition } from '../engine/store.js';
import type { KeyAttribute, KeySchema } from './item-types.js';

/** Where the tables of an embedded database live, as far as ARNs go. */
export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

export interface KeySchemaElement {
  AttributeName: string;
  KeyType: 'HASH' | 'RANGE';
}

export interface AttributeDefinition {
  AttributeName: string;
  AttributeType: 'S' | 'N' | 'B';
}

export function tableArn(name: string): string {
  return `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
}

/** The definition in a catalog entry, which may hold more. */
export function definitionOf(table: TableDefinition): TableDefinition {
  const { name, key, attributeDefinitions, tableId, arn, createdAtMs } = table;
  const { billingMode, readUnits, writeUnits, onDemandSinceMs, tableClass } = table;
  const { deletionProtection, tags, indexes, streams, ttl, ranked, settings, revision } = table;
  return {
    ...{ name, key, attributeDefinitions, tableId, arn, createdAtMs },
    ...{ billingMode, readUnits, writeUnits, onDemandSinceMs, tableClass },
    ...{ deletionProtection, tags, indexes, streams, ttl, ranked, settings, revision },
  };
}

/** The key schema of a table, from checked shapes. */
export function keySchemaOf(
  elements: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): KeySchema {
  const attribute = (element: KeySchemaElement): KeySchema['partition'] => {
    const definition = definitions.find(
      ({ AttributeName }) => AttributeName === element.AttributeName,
    );
    if (definition === undefined) throw new Error(`no definition of ${element.AttributeName}`);
    return { name: definition.AttributeName, type: definition.AttributeType };
  };
  const partition = attribute(elements[0]);
  return elements.length > 1 ? { partition, sort: attribute(elements[1]) } : { partition };
}

/** DynamoDB's shape of the key of a table. */
export function keySchemaElements(key: KeySchema): KeySchemaElement[] {
  return elementsOf([key.partition], key.sort === undefined ? [] : [key.sort]);
}

/** DynamoDB's shape of the key of an index. */
export function indexKeySchema({ partition, sort }: IndexDefinition): KeySchemaElement[] {
  return elementsOf(partition, sort);
}

function elementsOf(
  partition: readonly KeyAttribute[],
  sort: readonly KeyAttribute[],
): KeySchemaElement[] {
  return [
    ...partition.map(({ name }) => ({ AttributeName: name, KeyType: 'HASH' as const })),
    ...sort.map(({ name }) => ({ AttributeName: name, KeyType: 'RANGE' as const })),
  ];
}
