// What control operations keep of a table beside its definition proper, and nobody else reads:
// limits, encryption, history of changes, policy. JSON, in `settings` of the definition.

import type { IndexDefinition, TableDefinition } from '../engine/store.js';

/** Maxima of on-demand units; an absent one is none. */
export interface OnDemandLimits {
  readonly read?: number;
  readonly write?: number;
}

export interface WarmUnits {
  readonly read: number;
  readonly write: number;
}

/** When provisioned units changed: decreases are limited by the UTC day. */
export interface ThroughputHistory {
  readonly lastIncreaseMs?: number;
  readonly lastDecreaseMs?: number;
  /** The UTC day, in days since 1970, that `decreases` counts. */
  readonly day?: number;
  readonly decreases?: number;
}

/** What a table and a global index have alike. */
export interface ThroughputSettings {
  readonly onDemand?: OnDemandLimits;
  /** The most that was ever asked for or provisioned. */
  readonly warm?: WarmUnits;
  readonly history?: ThroughputHistory;
}

/**
 * A change that is shown as under way until a moment of the wall clock. It has happened already:
 * only descriptions and later changes heed it.
 */
export interface PendingChange {
  readonly kind: 'create' | 'throughput' | 'stream' | 'class' | 'billing' | 'sse' | 'index';
  readonly untilMs: number;
  /** The index whose units change, or that is created. */
  readonly index?: string;
  /** Units as they were, shown until then. */
  readonly units?: { readonly read: number; readonly write: number };
}

export interface IndexSettings extends ThroughputSettings {
  readonly name: string;
}

/** Of the table or of a stream. Without `text` it has been deleted. */
export interface ResourcePolicy {
  readonly arn: string;
  readonly text?: string;
  readonly revision: string;
  readonly changedMs: number;
}

/** Point-in-time recovery, switched on at a moment. */
export interface Recovery {
  readonly sinceMs: number;
  readonly periodDays: number;
}

export interface TableSettings extends ThroughputSettings {
  readonly sse?: { readonly keyArn: string };
  /** Moments at which the class was changed, within the last 30 days, newest last. */
  readonly classChangesMs?: readonly number[];
  readonly protectionChangedMs?: number;
  /** Only where delays are shown (`tableDelayMs`). */
  readonly tagsChangedMs?: number;
  readonly indexes?: readonly IndexSettings[];
  readonly pending?: PendingChange;
  readonly policies?: readonly ResourcePolicy[];
  readonly recovery?: Recovery;
}

export function settingsOf(table: TableDefinition): TableSettings {
  return (table.settings ?? {}) as TableSettings;
}

/** The table with some settings replaced; an undefined one is removed. */
export function withSettings(table: TableDefinition, changed: TableSettings): TableDefinition {
  return { ...table, settings: { ...table.settings, ...changed } };
}

export function indexSettingsOf(table: TableDefinition, index: string): ThroughputSettings {
  return settingsOf(table).indexes?.find(({ name }) => name === index) ?? {};
}

/** The change that is still shown at that moment. */
export function pendingAt(table: TableDefinition, nowMs: number): PendingChange | undefined {
  const { pending } = settingsOf(table);
  return pending !== undefined && nowMs < pending.untilMs ? pending : undefined;
}

export function indexesOf(
  table: TableDefinition,
  kind: IndexDefinition['kind'],
): readonly IndexDefinition[] {
  return (table.indexes ?? []).filter((index) => index.kind === kind);
}

/** Decreases that count against the limit of the UTC day of that moment. */
export function decreasesToday(history: ThroughputHistory | undefined, nowMs: number): number {
  return history?.day === Math.floor(nowMs / MS_PER_DAY) ? (history.decreases ?? 0) : 0;
}

export const MS_PER_DAY = 86_400_000;
