// The members that CreateTable and UpdateTable share, in the form that their rules work with.

import type { AttributeDefinition, KeySchemaElement } from '../table/definition.js';
import type { GlobalSecondaryIndex, LocalSecondaryIndex } from './create-table.js';

/** A pair of units, whatever they are called there. */
export interface UnitPair {
  readonly read?: number;
  readonly write?: number;
}

/** Provisioned units, maxima on demand, and warm throughput of a table or index. */
export interface Throughput {
  readonly throughput?: UnitPair;
  readonly onDemand?: UnitPair;
  readonly warm?: UnitPair;
}

/** An index to be created. Constraints have passed: what is required is there. */
export interface NewIndex extends Throughput {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly projection: {
    readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE' | undefined;
    readonly names: readonly string[] | undefined;
  };
  readonly ranked: boolean;
}

export type Definitions = readonly AttributeDefinition[];

type ThroughputMembers = Pick<
  GlobalSecondaryIndex,
  'ProvisionedThroughput' | 'OnDemandThroughput' | 'WarmThroughput'
>;

export function throughputOf({
  ProvisionedThroughput: units,
  OnDemandThroughput: onDemand,
  WarmThroughput: warm,
}: ThroughputMembers): Throughput {
  return {
    throughput: units && { read: units.ReadCapacityUnits, write: units.WriteCapacityUnits },
    onDemand: onDemand && {
      read: onDemand.MaxReadRequestUnits,
      write: onDemand.MaxWriteRequestUnits,
    },
    warm: warm && { read: warm.ReadUnitsPerSecond, write: warm.WriteUnitsPerSecond },
  };
}

/** A local index has no throughput of its own. */
export function newIndexOf(index: LocalSecondaryIndex & ThroughputMembers): NewIndex {
  const { IndexName: name, KeySchema: keySchema, Projection: projection } = index;
  return {
    name,
    keySchema,
    projection: { type: projection.ProjectionType, names: projection.NonKeyAttributes },
    ranked: index.ranked === true,
    ...throughputOf(index),
  };
}
