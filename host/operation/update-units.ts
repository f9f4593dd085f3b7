// UpdateTable's changes of units: billing mode, provisioned throughput, maxima, warm throughput.

import type { IndexDefinition, TableDefinition } from '../engine/store.js';
import {
  LimitExceededException,
  ResourceInUseException,
  ResourceNotFoundException,
  ValidationException,
} from '../errors.js';
import { DECREASES_PER_DAY_MAX, DECREASE_INTERVAL_MS } from '../limits.js';
import { IN_USE } from '../table/catalog.js';
import {
  decreasesToday,
  indexesOf,
  indexSettingsOf,
  MS_PER_DAY,
  settingsOf,
  withSettings,
  type PendingChange,
  type ThroughputHistory,
  type ThroughputSettings,
} from '../table/settings.js';
import { INVALID } from './index-rules.js';
import type { UnitPair } from './table-shapes.js';
import {
  checkOnDemand,
  checkUnitBounds,
  checkWarm,
  mergedLimits,
  refuseUnitsOnDemand,
  type BillingMode,
} from './throughput-rules.js';
import type { IndexUnitsUpdate, UpdateRequest } from './update-table-rules.js';

/** A definition as a request makes it, and what is then shown as under way. */
export interface TableChange {
  readonly table: TableDefinition;
  readonly pending?: Omit<PendingChange, 'untilMs'>;
}

interface Units {
  readonly read: number;
  readonly write: number;
}

/** Billing mode, units of the table and of its indexes, and maxima. */
export function changeUnits(
  table: TableDefinition,
  request: UpdateRequest,
  nowMs: number,
): TableChange {
  const mode = request.billingMode ?? table.billingMode;
  const switches = mode !== table.billingMode;
  checkUnitsGiven(table, request, mode, switches);
  let change: TableChange = { table };
  if (switches) change = changeMode(table, mode, nowMs);
  if (request.throughput !== undefined) {
    change = changeTableUnits(change, request.throughput, switches, nowMs);
  }
  for (const update of request.updates) change = changeIndex(change, update, mode, switches, nowMs);
  if (request.onDemand !== undefined) {
    checkOnDemand(request.onDemand, mode);
    const onDemand = mergedLimits(settingsOf(change.table).onDemand, request.onDemand);
    change = { ...change, table: withSettings(change.table, { onDemand }) };
  }
  return change;
}

/** Warm throughput of a table; it never decreases. */
export function changeWarm(table: TableDefinition, warm: UnitPair): TableChange {
  const settings = raisedWarm(table.billingMode, table, settingsOf(table), warm);
  return { table: withSettings(table, settings) };
}

function checkUnitsGiven(
  table: TableDefinition,
  { billingMode, throughput, updates }: UpdateRequest,
  mode: BillingMode,
  switches: boolean,
): void {
  if (mode === 'PAY_PER_REQUEST') {
    if (throughput !== undefined || updates.some((update) => update.throughput !== undefined)) {
      refuseUnitsOnDemand();
    }
    return;
  }
  if (billingMode === 'PROVISIONED' && throughput === undefined) {
    throw new ValidationException(
      `${INVALID}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
    );
  }
  if (!switches) return;
  const given = updates.filter((update) => update.throughput !== undefined);
  const lacking = indexesOf(table, 'global')
    .map(({ name }) => name)
    .filter((name) => !given.some((update) => update.name === name));
  if (lacking.length === 0) return;
  throw new ValidationException(
    `${INVALID}ProvisionedThroughput must be specified for index: ${lacking.join(',')}`,
  );
}

/** To on demand: no units, and the highest ones there were stay warm. From it: no maxima. */
function changeMode(table: TableDefinition, mode: BillingMode, nowMs: number): TableChange {
  const settings = settingsOf(table);
  const pending = { kind: 'billing', units: unitsOf(table) } as const;
  const limitless = settings.indexes?.map((index) => ({ ...index, onDemand: undefined }));
  if (mode === 'PROVISIONED') {
    const changed = withSettings(table, { onDemand: undefined, indexes: limitless });
    return { table: { ...changed, billingMode: mode }, pending };
  }
  const indexes = table.indexes?.map((index) =>
    index.kind === 'global' ? { ...index, readUnits: 0, writeUnits: 0 } : index,
  );
  let changed = withSettings(table, { warm: highest(settings, unitsOf(table)) });
  for (const index of indexesOf(table, 'global')) {
    const known = indexSettingsOf(table, index.name);
    changed = withIndexSettings(changed, index.name, { warm: highest(known, unitsOf(index)) });
  }
  const none = { readUnits: 0, writeUnits: 0, indexes };
  return { table: { ...changed, ...none, billingMode: mode, onDemandSinceMs: nowMs }, pending };
}

function changeTableUnits(
  { table, pending }: TableChange,
  units: UnitPair,
  switches: boolean,
  nowMs: number,
): TableChange {
  const next = { read: units.read ?? 0, write: units.write ?? 0 };
  const busy = indexesOf(table, 'global').find(({ status }) => status === 'creating');
  if (busy !== undefined) {
    throw new ResourceInUseException(
      `${IN_USE}Can't change table IOPS when an index is being created. Table: ${table.name} Index: ${busy.name}`,
    );
  }
  checkUnitBounds(next);
  const old = unitsOf(table);
  if (!switches && next.read === old.read && next.write === old.write) {
    throw new ValidationException(unchangedText('table', undefined, old, next));
  }
  const settings = settingsOf(table);
  const history = switches ? settings.history : nextHistory(settings.history, old, next, nowMs);
  const changed = withSettings(table, { history, warm: highest(settings, next) });
  return {
    table: { ...changed, readUnits: next.read, writeUnits: next.write },
    pending: pending ?? { kind: 'throughput', units: old },
  };
}

function changeIndex(
  { table, pending }: TableChange,
  update: IndexUnitsUpdate,
  mode: BillingMode,
  switches: boolean,
  nowMs: number,
): TableChange {
  const index = requireGlobalIndex(table, update.name, 'update');
  if (index.status !== 'active') {
    const state = index.status === 'deleting' ? 'deleted' : 'created';
    throw new ResourceInUseException(
      `${IN_USE}Index is being ${state}. Table: ${table.name} Index: ${index.name}`,
    );
  }
  checkOnDemand(update.onDemand, mode, index.name);
  const known = indexSettingsOf(table, index.name);
  let settings: ThroughputSettings = {
    ...known,
    onDemand: mergedLimits(known.onDemand, update.onDemand),
  };
  if (update.warm !== undefined) {
    settings = { ...settings, ...raisedWarm(mode, index, known, update.warm, index.name) };
  }
  if (update.throughput === undefined) {
    return { table: withIndexSettings(table, index.name, settings), pending };
  }
  const next = { read: update.throughput.read ?? 0, write: update.throughput.write ?? 0 };
  checkUnitBounds(next, index.name);
  const old = unitsOf(index);
  if (!switches && next.read === old.read && next.write === old.write) {
    throw new ValidationException(unchangedText('index', index.name, old, next));
  }
  const history = switches ? known.history : nextHistory(known.history, old, next, nowMs);
  const changed = withIndexSettings(table, index.name, {
    ...settings,
    history,
    warm: highest(settings, next),
  });
  const indexes = changed.indexes?.map((other) =>
    other.name === index.name ? { ...other, readUnits: next.read, writeUnits: next.write } : other,
  );
  return {
    table: { ...changed, indexes },
    pending: pending ?? { kind: 'throughput', index: index.name, units: old },
  };
}

/** The global index that an action names. */
export function requireGlobalIndex(
  table: TableDefinition,
  name: string,
  action: 'update' | 'delete',
): IndexDefinition {
  const index = table.indexes?.find((candidate) => candidate.name === name);
  if (index === undefined) {
    throw new ResourceNotFoundException(
      `Requested resource not found: Index ${name} for table ${table.name}`,
    );
  }
  if (index.kind === 'global') return index;
  throw new ValidationException(
    `Cannot ${action} an index that is not a GlobalSecondaryIndex: ${name}`,
  );
}

/** The table with some settings of one index replaced. */
export function withIndexSettings(
  table: TableDefinition,
  name: string,
  changed: ThroughputSettings,
): TableDefinition {
  const others = (settingsOf(table).indexes ?? []).filter((index) => index.name !== name);
  const index = { ...indexSettingsOf(table, name), ...changed, name };
  return withSettings(table, { indexes: [...others, index] });
}

function raisedWarm(
  mode: BillingMode,
  owner: { readonly readUnits?: number; readonly writeUnits?: number },
  { warm }: ThroughputSettings,
  asked: UnitPair,
  index?: string,
): ThroughputSettings {
  const units = unitsOf(owner);
  checkWarm(asked, mode, units, index);
  const pairs = [
    ['ReadUnitsPerSecond', asked.read, warm?.read ?? 0],
    ['WriteUnitsPerSecond', asked.write, warm?.write ?? 0],
  ] as const;
  for (const [name, value, current] of pairs) {
    if (value === undefined || value >= current) continue;
    throw new ValidationException(
      `${INVALID}Requested ${name} for WarmThroughput for ${index === undefined ? 'table' : `index ${index}`} is ` +
        'lower than current WarmThroughput, decreasing WarmThroughput is not supported',
    );
  }
  return { warm: { read: asked.read ?? warm?.read ?? 0, write: asked.write ?? warm?.write ?? 0 } };
}

/** Warm throughput remembers the highest units there were. */
function highest({ warm }: ThroughputSettings, units: Units): Units {
  return {
    read: Math.max(warm?.read ?? 0, units.read),
    write: Math.max(warm?.write ?? 0, units.write),
  };
}

/** One call that lowers both units is one decrease. */
function nextHistory(
  history: ThroughputHistory | undefined,
  old: Units,
  next: Units,
  nowMs: number,
): ThroughputHistory {
  const raised = next.read > old.read || next.write > old.write;
  const lowered = next.read < old.read || next.write < old.write;
  const lastIncreaseMs = raised ? nowMs : history?.lastIncreaseMs;
  if (!lowered) return { ...history, lastIncreaseMs };
  const today = decreasesToday(history, nowMs);
  const lastMs = history?.lastDecreaseMs;
  if (
    today >= DECREASES_PER_DAY_MAX &&
    lastMs !== undefined &&
    nowMs - lastMs < DECREASE_INTERVAL_MS
  ) {
    throw new LimitExceededException(
      'Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the ' +
        `first ${DECREASES_PER_DAY_MAX} decreases, each subsequent decrease in the same UTC day can be performed at most ` +
        `once every ${DECREASE_INTERVAL_MS / 1_000} seconds. Number of decreases today: ${today}. Last decrease at ` +
        new Date(lastMs).toISOString(),
    );
  }
  const day = Math.floor(nowMs / MS_PER_DAY);
  return { lastIncreaseMs, lastDecreaseMs: nowMs, day, decreases: today + 1 };
}

function unchangedText(
  what: 'table' | 'index',
  index: string | undefined,
  old: Units,
  next: Units,
): string {
  return (
    `The provisioned throughput for the ${index === undefined ? what : `${what} ${index}`} will not change. The requested value equals the ` +
    `current value. Current ReadCapacityUnits provisioned for the ${what}: ${old.read}. Requested ReadCapacityUnits: ` +
    `${next.read}. Current WriteCapacityUnits provisioned for the ${what}: ${old.write}. Requested WriteCapacityUnits: ` +
    `${next.write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`
  );
}

function unitsOf(owner: { readonly readUnits?: number; readonly writeUnits?: number }): Units {
  return { read: owner.readUnits ?? 0, write: owner.writeUnits ?? 0 };
}
