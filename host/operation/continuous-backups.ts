// DescribeContinuousBackups and UpdateContinuousBackups: whether a table can be restored to a point
// in time. The setting is kept and described; there is no restoring yet.

import type { StoredTable, TableDefinition } from '../engine/store.js';
import { TableNotFoundException, ValidationException } from '../errors.js';
import { RECOVERY_LAG_MS, RECOVERY_PERIOD_DAYS_MAX } from '../limits.js';
import { MS_PER_DAY, settingsOf, withSettings, type Recovery } from '../table/settings.js';
import type { OperationContext } from './context.js';
import { readModelInput } from './service-model/model-input.js';

export interface DescribeContinuousBackupsInput {
  /** Name or ARN. */
  TableName: string;
}

export interface UpdateContinuousBackupsInput {
  /** Name or ARN. */
  TableName: string;
  PointInTimeRecoverySpecification: {
    PointInTimeRecoveryEnabled: boolean;
    /** 1 to 35, the default. */
    RecoveryPeriodInDays?: number;
  };
}

export interface ContinuousBackupsOutput {
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: 'ENABLED';
    PointInTimeRecoveryDescription: {
      PointInTimeRecoveryStatus: 'ENABLED' | 'DISABLED';
      RecoveryPeriodInDays?: number;
      EarliestRestorableDateTime?: Date;
      LatestRestorableDateTime?: Date;
    };
  };
}

export async function describeContinuousBackups(
  context: OperationContext,
  rawInput: unknown,
): Promise<ContinuousBackupsOutput> {
  const operation = 'DescribeContinuousBackups';
  const { TableName: name } = readModelInput<DescribeContinuousBackupsInput>(operation, rawInput);
  return describe(requireTable(context, name), context.clock.nowMs());
}

export async function updateContinuousBackups(
  context: OperationContext,
  rawInput: unknown,
): Promise<ContinuousBackupsOutput> {
  const { TableName: name, PointInTimeRecoverySpecification: specification } =
    readModelInput<UpdateContinuousBackupsInput>('UpdateContinuousBackups', rawInput);
  const { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays: days } = specification;
  if (!enabled && days !== undefined) {
    throw new ValidationException(
      'Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.',
    );
  }
  const { catalog, clock } = context;
  const table = await catalog.update(
    () => requireTable(context, name),
    (known) => {
      if (!enabled) return withSettings(known, { recovery: undefined });
      const sinceMs = settingsOf(known).recovery?.sinceMs ?? clock.nowMs();
      const periodDays = days ?? RECOVERY_PERIOD_DAYS_MAX;
      return withSettings(known, { recovery: { sinceMs, periodDays } });
    },
  );
  return describe(table, clock.nowMs());
}

function requireTable({ catalog }: OperationContext, name: string): StoredTable {
  const table = catalog.findActive(name);
  if (table === undefined) throw new TableNotFoundException(`Table not found: ${name}`);
  return table;
}

function describe(table: TableDefinition, nowMs: number): ContinuousBackupsOutput {
  const { recovery } = settingsOf(table);
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription:
        recovery === undefined
          ? { PointInTimeRecoveryStatus: 'DISABLED' }
          : {
              PointInTimeRecoveryStatus: 'ENABLED',
              RecoveryPeriodInDays: recovery.periodDays,
              EarliestRestorableDateTime: new Date(restorableWindow(recovery, nowMs).earliestMs),
              LatestRestorableDateTime: new Date(restorableWindow(recovery, nowMs).latestMs),
            },
    },
  };
}

/** The moments between which a table can be restored to any. */
export function restorableWindow(
  { sinceMs, periodDays }: Recovery,
  nowMs: number,
): { readonly earliestMs: number; readonly latestMs: number } {
  return {
    earliestMs: Math.max(sinceMs, nowMs - periodDays * MS_PER_DAY),
    latestMs: Math.max(sinceMs, nowMs - RECOVERY_LAG_MS),
  };
}
