// The whole conformance suite, over a factory of doors.

import { account } from './cases/account.js';
import { batches } from './cases/batches.js';
import { capacity } from './cases/capacity.js';
import { conditionSemantics } from './cases/condition-semantics.js';
import { expressionFaults } from './cases/expression-faults.js';
import { filters } from './cases/filters.js';
import { indexReads } from './cases/index-reads.js';
import { itemSizes } from './cases/item-sizes.js';
import { itemValues } from './cases/item-values.js';
import { keyConditions } from './cases/key-conditions.js';
import { legacyConditions } from './cases/legacy-conditions.js';
import { pages } from './cases/pages.js';
import { reservedWords } from './cases/reserved-words.js';
import { singleItems } from './cases/single-items.js';
import { tableFeatures } from './cases/table-features.js';
import { tableUpdates } from './cases/table-updates.js';
import { streams } from './cases/streams.js';
import { timeToLive } from './cases/time-to-live.js';
import { tags } from './cases/tags.js';
import { tables } from './cases/tables.js';
import { unavailable } from './cases/unavailable.js';
import { typedValues } from './cases/typed-values.js';
import { updateFaults } from './cases/update-faults.js';
import { updateSemantics } from './cases/update-semantics.js';
import { updates } from './cases/updates.js';
import { writeConditions } from './cases/write-conditions.js';
import type { DoorFactory } from './door.js';

export function conformance(factory: DoorFactory): void {
  tables(factory);
  tableFeatures(factory);
  tableUpdates(factory);
  timeToLive(factory);
  streams(factory);
  tags(factory);
  account(factory);
  unavailable(factory);
  itemValues(factory);
  typedValues(factory);
  singleItems(factory);
  writeConditions(factory);
  updates(factory);
  expressionFaults(factory);
  updateFaults(factory);
  updateSemantics(factory);
  reservedWords(factory);
  keyConditions(factory);
  pages(factory);
  batches(factory);
  conditionSemantics(factory);
  legacyConditions(factory);
  itemSizes(factory);
  capacity(factory);
  filters(factory);
  indexReads(factory);
}
