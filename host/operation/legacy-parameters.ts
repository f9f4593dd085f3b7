// The legacy parameters that hold values, read from a request: JSON types, the form of values and
// the bounds of members. What they mean is host/expression/legacy-*.ts's.

import type { AttributeUpdate } from '../expression/legacy-update.js';
import type { ExpectedAttribute } from '../expression/legacy-condition.js';
import { COMPARISON_OPERATORS, type LegacyComparison } from '../expression/legacy-comparison.js';
import type { AttributeValue } from '../table/item-types.js';
import { enumFault, mustNotBeNull, oldFault } from './constraints.js';
import type { ValueForm } from './context.js';
import {
  JAVA,
  readBoolean,
  readList,
  readString,
  readStructure,
  type Structure,
} from './wire-types.js';

/** A legacy condition on one attribute, as callers write it. */
export interface LegacyCondition {
  ComparisonOperator?: string;
  AttributeValueList?: unknown[];
}

/** What Expected says of one attribute, as callers write it. */
export interface ExpectedCondition extends LegacyCondition {
  Value?: unknown;
  Exists?: boolean;
}

/** A legacy update of one attribute, as callers write it. */
export interface LegacyUpdate {
  Value?: unknown;
  Action?: 'PUT' | 'ADD' | 'DELETE';
}

/** A member that is a map by attribute, with the faults of its members' bounds. */
export interface LegacyMap<Entry> {
  readonly entries: Readonly<Record<string, Entry>> | undefined;
  readonly faults: readonly (string | undefined)[];
}

const NO_FAULTS: readonly undefined[] = [];
const NOTHING: LegacyMap<never> = { entries: undefined, faults: NO_FAULTS };

export function readExpected(values: ValueForm, input: Structure): LegacyMap<ExpectedAttribute> {
  if (input.Expected === undefined) return NOTHING;
  const entries = readByAttribute(
    input.Expected,
    'Expected',
    'ExpectedAttributeValue',
    (entry, path) => ({
      Value: values.readValue(entry.Value, `${path}.Value`),
      Exists: readBoolean(entry.Exists, `${path}.Exists`),
      ...readComparison(values, entry, path),
    }),
  );
  return { entries, faults: operatorFaults(entries, 'expected', false) };
}

export function readComparisons(
  values: ValueForm,
  input: Structure,
  member: 'KeyConditions' | 'QueryFilter' | 'ScanFilter',
): LegacyMap<LegacyComparison> {
  const entries = readByAttribute(input[member], member, 'Condition', (entry, path) =>
    readComparison(values, entry, path),
  );
  const path = member[0].toLowerCase() + member.slice(1);
  const faults = operatorFaults(entries, path, true);
  return { entries: entries as LegacyMap<LegacyComparison>['entries'], faults };
}

export function readUpdates(values: ValueForm, input: Structure): LegacyMap<AttributeUpdate> {
  const type = 'AttributeValueUpdate';
  const entries = readByAttribute(
    input.AttributeUpdates,
    'AttributeUpdates',
    type,
    (entry, path) => ({
      Value: values.readValue(entry.Value, `${path}.Value`),
      Action: readString(entry.Action, `${path}.Action`) as AttributeUpdate['Action'],
    }),
  );
  if (entries === undefined) return NOTHING;
  const faults = Object.entries(entries).map(([name, { Action }]) =>
    enumFault(Action, `attributeUpdates.${name}.member.action`, ['ADD', 'PUT', 'DELETE']),
  );
  return { entries, faults };
}

type Comparison = Partial<LegacyComparison>;

function readComparison(values: ValueForm, entry: Structure, path: string): Comparison {
  const list = `${path}.AttributeValueList`;
  return {
    ComparisonOperator: readString(
      entry.ComparisonOperator,
      `${path}.ComparisonOperator`,
    ) as Comparison['ComparisonOperator'],
    AttributeValueList: readList(entry.AttributeValueList, list)?.map(
      (value, index) => values.readValue(value, `${list}[${index}]`) as AttributeValue,
    ),
  };
}

function operatorFaults(
  entries: Readonly<Record<string, Comparison>> | undefined,
  path: string,
  required: boolean,
): readonly (string | undefined)[] {
  if (entries === undefined) return NO_FAULTS;
  return Object.entries(entries).map(([name, { ComparisonOperator: operator }]) => {
    const at = `${path}.${name}.member.comparisonOperator`;
    if (operator === undefined && required) return oldFault(operator, at, mustNotBeNull);
    return enumFault(operator, at, COMPARISON_OPERATORS);
  });
}

function readByAttribute<Entry>(
  value: unknown,
  member: string,
  type: string,
  readEntry: (entry: Structure, path: string) => Entry,
): Readonly<Record<string, Entry>> | undefined {
  const javaType = `${JAVA}.${type}`;
  const map = readStructure(value, member, `java.util.Map<java.lang.String, ${javaType}>`);
  if (map === undefined) return undefined;
  return Object.fromEntries(
    Object.keys(map).map((name) => {
      const path = `${member}.${name}`;
      return [name, readEntry(readStructure(map[name], path, `class ${javaType}`) ?? {}, path)];
    }),
  );
}
