// The items of a transaction: what was seen of each, what is decided, and what the whole comes to.

import type { EncodedItem } from '../core/codec/encoded-item.js';
import type { BatchBuffer } from './batch-buffer.js';
import type { Guard } from './batch-writer.js';
import type { ChangeComposer, Decision, Place } from './change-composer.js';
import { TransactionCancelled, type TransactionFault, type WriteResult } from './store.js';

export interface Member extends Place {
  readonly decide: (old: EncodedItem | undefined) => Decision;
  /** Adds what goes with it beside its own entries. */
  readonly also?: (buffer: BatchBuffer) => void;
  /** A token: no action of the caller's. */
  readonly isToken: boolean;
  seen?: Seen;
  decision?: Decision;
  /** The item it makes, as it lies in the batch. */
  next?: EncodedItem;
  result?: WriteResult;
  fault?: TransactionFault;
}

export interface Seen {
  /** A private copy. */
  readonly old: EncodedItem | undefined;
  readonly guard: Guard;
  /** It was locked: by the transaction itself, or by another. */
  readonly locked: boolean;
}

/** What a transaction comes to, once `durable` has resolved. */
export interface Outcome {
  readonly durable: Promise<unknown>;
  readonly results?: readonly WriteResult[];
  readonly error?: Error;
  /** Its token has been seen before. */
  readonly replayed?: boolean;
}

/** What a token's decision throws where the transaction has been carried out before. */
export class Replayed extends Error {
  override readonly name = 'Replayed';
}

/** Another transaction holds the item. */
export const CONFLICT: TransactionFault = { kind: 'conflict' };

const NO_INDEXES: ReadonlyMap<string, number> = new Map();

/**
 * Asks every token, or every other member, also after one that has a fault. `requireLive` throws for a table that is gone.
 */
export function decideAll(
  members: readonly Member[],
  tokens: boolean,
  requireLive: (table: Member['table']) => void,
): void {
  for (const member of members) {
    if (member.isToken !== tokens) continue;
    member.fault = undefined;
    try {
      requireLive(member.table);
      member.decision = decisionOf(member);
    } catch (error) {
      member.fault = { kind: 'thrown', error: error as Error };
    }
  }
}

function decisionOf({ decide, seen }: Member): Decision {
  const decision = decide(seen?.old);
  return decision.kind === 'delete' && seen?.old === undefined ? { kind: 'keep' } : decision;
}

export function isWrite({ decision }: Member): boolean {
  return decision !== undefined && decision.kind !== 'keep';
}

/**
 * Adds the entries of a member to a batch. A negative status: the shard cannot take a shape now. What it throws is the
 * member's fault, and the batch is worth nothing.
 */
export function composeMember(
  composer: ChangeComposer,
  buffer: BatchBuffer,
  member: Member,
): number {
  const { decision, seen } = member;
  const oldSizeBytes = seen?.old?.sizeBytes ?? 0;
  member.next = undefined;
  if (decision === undefined || decision.kind === 'keep') {
    composer.check(buffer, member);
    member.result = { oldSizeBytes, newSizeBytes: oldSizeBytes, indexUnits: NO_INDEXES };
    return 0;
  }
  try {
    const composed = composer.compose(buffer, member, seen?.old, decision);
    if (typeof composed === 'number') return composed;
    const { next, indexUnits } = composed;
    member.next = next;
    member.result = { oldSizeBytes, newSizeBytes: next?.sizeBytes ?? 0, indexUnits };
    member.also?.(buffer);
  } catch (error) {
    member.fault = { kind: 'thrown', error: error as Error };
  }
  return 0;
}

/** What the faults of the members come to; undefined if there are none. */
export function failureOf(members: readonly Member[]): Error | undefined {
  const token = members.find(({ isToken }) => isToken)?.fault;
  if (token?.kind === 'thrown') return token.error;
  const actions = members.filter(({ isToken }) => !isToken);
  if (actions.every(({ fault }) => fault === undefined)) return undefined;
  return new TransactionCancelled(actions.map(({ fault }) => fault));
}

export function resultsOf(members: readonly Member[]): readonly WriteResult[] {
  return members.flatMap(({ isToken, result }) => (isToken || result === undefined ? [] : result));
}
