// The expressions of a request, compiled: from expressions or from the legacy parameters they
// replaced.
//
// Every compile function throws bare ValidationExceptions, before any table is looked up.

import { ConditionalCheckFailedException } from '../errors.js';
import type { Decide } from '../engine/store.js';
import { compileCondition, type Condition } from '../expression/condition.js';
import {
  compileExpected,
  compileLegacyFilter,
  type ExpectedAttribute,
} from '../expression/legacy-condition.js';
import type { LegacyComparison } from '../expression/legacy-comparison.js';
import { compileAttributesToGet } from '../expression/legacy-update.js';
import type { Placeholders } from '../expression/placeholders.js';
import { compileProjection, type Projection } from '../expression/projection.js';
import type { Item } from '../table/item-types.js';
import type { Wording } from '../table/item-value.js';
import type { ValueForm } from './context.js';

export type { Condition } from '../expression/condition.js';

/** An item as decisions and filters see it. */
export type EncodedRow = NonNullable<Parameters<Decide>[0]>;

type Entries<Entry> = Readonly<Record<string, Entry>> | undefined;

export function compileWriteCondition(
  text: string | undefined,
  expected: Entries<ExpectedAttribute>,
  conditionalOperator: string | undefined,
  placeholders: Placeholders,
): Condition | undefined {
  return text === undefined
    ? compileExpected(expected, conditionalOperator, 'current')
    : compileCondition('Condition', text, placeholders);
}

export function compileReadFilter(
  text: string | undefined,
  member: 'QueryFilter' | 'ScanFilter',
  entries: Entries<LegacyComparison>,
  conditionalOperator: string | undefined,
  placeholders: Placeholders,
  wording: Wording,
): Condition | undefined {
  return text === undefined
    ? compileLegacyFilter(member, entries, conditionalOperator, wording)
    : compileCondition('Filter', text, placeholders);
}

export function compileReadProjection(
  text: string | undefined,
  attributes: readonly string[] | undefined,
  placeholders: Placeholders,
): Projection | undefined {
  if (text !== undefined) return compileProjection(text, placeholders);
  return attributes === undefined ? undefined : compileAttributesToGet(attributes);
}

/** Throws unless a condition, if there is one, holds for an item, or for its absence. */
export function requireCondition(
  condition: Condition | undefined,
  found: EncodedRow | undefined,
  failureItem: boolean,
  values: ValueForm,
): void {
  if (condition === undefined || condition.test(found)) return;
  throw new ConditionalCheckFailedException(
    failureItem && found !== undefined ? values.writeMap(found.decode() as Item) : undefined,
  );
}
