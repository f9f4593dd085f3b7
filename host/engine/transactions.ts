// Transactions: all of the writes or none (DESIGN R2, R5, R6, R19).
//
//   in one shard, and small   read and decide, then one apply with a guard for each item; if somebody came between, again
//   else                      lock every item, never waiting . read . decide . the decision, with all data, as one record
//                             in the coordinator's ring . an apply for each part, which also unlocks its items
//                             (transaction-commit.ts)
//
// All of that is one stretch without a pause unless a disk is read or memory is short (transaction-steps.ts), so transactions
// of one thread do not meet each other's locks. Whoever finds a lock gives up: a conflict.
//
// The decision need not be durable before its parts are applied: groups of the log are causal (R1), so no part is in a group
// that its decision is not in as well, or before. The promise waits for the decision alone: once that is durable, the
// transaction is, as recovery would finish it (unfinished-decisions.ts).

import { RESULT, STATUS } from '../core/abi.js';
import type { Clock } from '../clock.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import type { ShardCore } from '../core/shard-core.js';
import { TransactionInProgressException } from '../errors.js';
import type { ItemWriter, ItemWriterContext } from './item-writer.js';
import type { HiddenParts } from './lsm-hidden.js';
import { OpenTransactions } from './open-transactions.js';
import type { Encoded } from './reader.js';
import {
  TransactionCancelled,
  type TransactionFault,
  type TransactOptions,
  type WriteRequest,
  type WriteResult,
} from './store.js';
import type { TableState } from './table-state.js';
import { PART_BYTES_MAX, PART_ENTRIES_MAX, TransactionCommit } from './transaction-commit.js';
import {
  composeMember,
  CONFLICT,
  decideAll,
  failureOf,
  isWrite,
  Replayed,
  resultsOf,
  type Member,
  type Outcome,
} from './transaction-members.js';
import { TransactionReads } from './transaction-reads.js';
import { runSteps, settled, type Pausing, type Steps } from './transaction-steps.js';
import { TransactionTokens } from './transaction-tokens.js';

export interface TransactionContext extends ItemWriterContext, HiddenParts {
  readonly clock: Clock;
  readonly items: ItemWriter;
}

/** So often a guard may fail before the items are locked instead. */
const TOGETHER_TRIES = 8;

export class Transactions {
  readonly #context: TransactionContext;
  readonly reads: TransactionReads;
  readonly #tokens: TransactionTokens;
  readonly #commit: TransactionCommit;
  readonly #pausing: Pausing;

  constructor(context: TransactionContext) {
    const { attachment, items, writer } = context;
    const open = new OpenTransactions(attachment.control, attachment.slot);
    this.#context = context;
    this.reads = new TransactionReads(context);
    this.#tokens = new TransactionTokens(context, context.clock);
    this.#commit = new TransactionCommit(context, open);
    this.#pausing = { order: items.order, open, writer };
  }

  /** `stateOf` gives the tables of the requests, or throws. */
  async write(
    requests: readonly WriteRequest[],
    { token }: TransactOptions,
    stateOf: (request: WriteRequest) => TableState,
  ): Promise<readonly WriteResult[] | 'replayed'> {
    const members = this.#members(requests, stateOf);
    if (token !== undefined) members.push(this.#tokens.member(token));
    const keys = members.map(({ key }) => key);
    const outcome = await runSteps(this.#run(members), keys, this.#pausing);
    await outcome.durable;
    if (outcome.replayed === true) return 'replayed';
    if (outcome.error !== undefined) throw outcome.error;
    if (token !== undefined) this.#tokens.tidy();
    return outcome.results ?? [];
  }

  /** Resolves when nothing goes on that nobody waits for. */
  idle(): Promise<void> {
    return this.#tokens.idle();
  }

  #members(
    requests: readonly WriteRequest[],
    stateOf: (request: WriteRequest) => TableState,
  ): Member[] {
    const { keys, attachment } = this.#context;
    const faults: (TransactionFault | undefined)[] = [];
    const members = requests.flatMap((request): Member[] => {
      try {
        const table = stateOf(request);
        const core = attachment.shards[keys.key(table, request.key)];
        const { decide, byTtl = false } = request;
        faults.push(undefined);
        return [{ table, core, key: keys.bytes(), decide, byTtl, isToken: false }];
      } catch (error) {
        faults.push({ kind: 'thrown', error: error as Error });
        return [];
      }
    });
    if (members.length < requests.length) throw new TransactionCancelled(faults);
    return members;
  }

  *#run(members: readonly Member[]): Steps<Outcome> {
    const earlier = this.#earlier(members);
    if (earlier.length > 0) yield Promise.all(earlier);
    const [{ core }] = members;
    if (members.every((member) => member.core === core)) {
      for (let tries = 0; tries < TOGETHER_TRIES; tries++) {
        const outcome = yield* this.#together(core, members);
        if (outcome === 'apart') break;
        if (outcome !== 'again') return outcome;
      }
    }
    return yield* this.#apart(members);
  }

  /** Writes of this thread that were called before and are not applied yet. */
  #earlier(members: readonly Member[]): Promise<unknown>[] {
    const { writer, items } = this.#context;
    const queues = members.some(({ core }) => writer.queued(core.shard) > 0);
    if (!queues && items.order.idle) return [];
    const waits = members.flatMap(({ key }) => items.order.before(key) ?? []);
    const queued = new Map(
      members
        .filter(({ core }) => writer.queued(core.shard) > 0)
        .map(({ core, table }) => [core.shard, table]),
    );
    return [
      ...waits,
      ...[...queued].map(([shard, table]) => writer.enqueue(table, shard, 0, () => STATUS.OK)),
    ];
  }

  /** One try of a transaction whose items are all in one shard. */
  *#together(core: ShardCore, members: readonly Member[]): Steps<Outcome | 'again' | 'apart'> {
    const { catalog, writer } = this.#context;
    yield* this.#see(members);
    for (const member of members) if (member.seen?.locked === true) member.fault = CONFLICT;
    if (members.some(({ fault }) => fault !== undefined)) return this.#refused(members);
    const { epoch } = catalog;
    const early = this.#decide(members);
    if (early !== undefined) return early;
    const status = this.#applyTogether(core, members, epoch);
    if (typeof status !== 'number') return status;
    switch (status) {
      case STATUS.GUARD_FAILED:
      case STATUS.RETRY:
        return 'again';
      case STATUS.TOO_LARGE:
        return 'apart';
      default:
        yield writer.makeRoom(core.shard, status, members[0].table);
        return 'again';
    }
  }

  /** A status below 0, or what it came to. */
  #applyTogether(
    core: ShardCore,
    members: readonly Member[],
    epoch: number,
  ): number | Outcome | 'again' | 'apart' {
    const { batch, catalog, items, writer } = this.#context;
    return items.buffers.lend((buffer) => {
      buffer.begin(members.length);
      const ends: number[] = [];
      for (const member of members) {
        if (member.seen !== undefined) buffer.guard(member.seen.guard);
        const status = composeMember(items.composer, buffer, member);
        if (status < 0) return status;
        ends.push(buffer.entries);
      }
      const failure = failureOf(members);
      if (failure !== undefined) return this.#refused(members);
      if (catalog.epoch !== epoch) return 'again'; // user code has looked at the catalog
      if (buffer.entries > PART_ENTRIES_MAX || buffer.end > PART_BYTES_MAX) return 'apart';
      const staged = batch.restage(core.shard, buffer.finish());
      const status = writer.tryApply(staged);
      batch.release(staged);
      if (status === STATUS.LOCKED) {
        const at = ends.findIndex((end) => lockedEntry(core) < end);
        members[at].fault = CONFLICT;
        return this.#refused(members);
      }
      if (status < 0) return status;
      const results = resultsOf(members);
      if (!members.some(isWrite)) return { durable: this.#allDurable(members), results };
      return { durable: writer.applied(core), results };
    });
  }

  /** With locks. Until it is decided, whatever goes wrong has changed nothing. */
  *#apart(members: readonly Member[]): Steps<Outcome> {
    const { catalog } = this.#context;
    const commit = this.#commit;
    const id = commit.begin();
    const locked: Member[] = [];
    try {
      if (!(yield* commit.lock(id, members, locked))) return this.#refused(members);
      for (let attempt = 0; ; attempt++) {
        yield* this.#see(members);
        const { epoch } = catalog;
        const early = this.#decide(members);
        if (early !== undefined) return early;
        const parts = yield* commit.compose(id, members);
        if (failureOf(members) !== undefined) return this.#refused(members);
        if (parts === undefined || catalog.epoch !== epoch) continue;
        const results = resultsOf(members);
        if (!members.some(isWrite)) return { durable: this.#allDurable(members), results };
        const decided = yield* commit.decide(id, attempt, parts);
        if (decided === undefined) continue;
        locked.length = 0; // the parts unlock
        yield* commit.apply(id, parts);
        return { durable: decided.durable, results };
      }
    } finally {
      commit.end(id, locked);
    }
  }

  /** Reads every member. */
  *#see(members: readonly Member[]): Steps<void> {
    const { attachment, batch, reader, shapes } = this.#context;
    for (const member of members) {
      attachment.check();
      attachment.checkRoom();
      batch.touch();
      const { core, key } = member;
      const found: Encoded = yield* settled(reader.getEncoded(core, key));
      const { view, at, length, sequence, readSequence } = found;
      let old: EncodedItem | undefined;
      if (length >= 0) {
        const bytes = view.slice(at, at + length);
        old = new EncodedItem(bytes, 0, length, shapes.codecAt(core, bytes, 0));
      }
      const kind = old === undefined ? 'absent' : 'sequence';
      const { locked } = found;
      member.seen = { old, guard: { kind, sequence, readSequence }, locked };
      member.fault = undefined;
    }
  }

  /** Asks all members. What it comes to, if it ends here. */
  #decide(members: readonly Member[]): Outcome | undefined {
    const { catalog } = this.#context;
    const requireLive = (table: TableState): void => catalog.requireLive(table);
    // A transaction that was carried out before is not looked at again.
    for (const tokens of [true, false]) {
      decideAll(members, tokens, requireLive);
      if (members.some(({ fault }) => fault !== undefined)) return this.#refused(members);
    }
    return undefined;
  }

  /** The end of a transaction with a fault. What it says was seen, so it waits until that is durable. */
  #refused(members: readonly Member[]): Outcome {
    const token = members.find(({ isToken }) => isToken);
    const durable = this.#allDurable(members);
    if (token?.fault?.kind === 'conflict')
      return { durable, error: new TransactionInProgressException() };
    const error = failureOf(members);
    if (error instanceof Replayed) return { durable, replayed: true };
    return { durable, error };
  }

  #allDurable(members: readonly Member[]): Promise<unknown> {
    const { durability } = this.#context;
    return Promise.all(
      members.map(({ core, seen }) => durability.until(core.shard, seen?.guard.sequence ?? 0)),
    );
  }
}

/** Of an apply that met a lock: the index of the entry. */
function lockedEntry(core: ShardCore): number {
  return core.result(RESULT.COUNT);
}
