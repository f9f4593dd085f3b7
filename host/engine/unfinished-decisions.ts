// Recovery of transactions over shards: the log is replayed, then each decision is finished whose parts are not all there.
//
// While the log is replayed, this gathers decisions and the tags of parts, in whatever order the rings of one group come, and
// forgets a decision once all its parts have been seen. What is left afterwards was decided and promised, and is applied
// part by part, each tagged as its first try would have been: a crash in here leaves fewer of them, or as many, to the
// next open. Nothing came between a decision and its parts, as their items were locked until the part was applied.
//
// Relies on: nobody else writes yet; the log is kept meanwhile (log-retention.ts). Pieces of a decision without an end belong
// to a transaction that never was one. An end without all pieces before it belongs to one that is over: the log forgets
// whole segments, the oldest first, and the one with the first piece only when every part is durable.

import { STATUS } from '../core/abi.js';
import { CONTROL } from '../runtime/control.js';
import type { Attachment } from './attachment.js';
import { findPiece, partOf, readDecision, tagOf, type DecidedPart } from './decision.js';
import { generationOf, setGeneration } from './open-transactions.js';

interface Gathered {
  /** Of each attempt so far, in their order. */
  readonly pieces: Map<number, Uint8Array[]>;
  /** Undefined while the decision has not been met. */
  parts: DecidedPart[] | undefined;
  readonly applied: Set<number>;
}

export interface Finishing {
  readonly attachment: Attachment;
  /** Writes what waits in the rings. */
  readonly turn: () => boolean;
  /** Flushes a shard whose memtable is full. */
  readonly makeRoom: (shard: number) => void;
  readonly catalogEpoch: number;
}

export class UnfinishedDecisions {
  readonly #gathered = new Map<number, Gathered>();
  /** The highest one met. */
  #generation = 0;

  /** A record of the log, once it is replayed. */
  note(record: Uint8Array): void {
    const tag = tagOf(record);
    const piece = tag === undefined ? findPiece(record) : undefined;
    const transaction = tag?.transaction ?? piece?.transaction;
    if (transaction === undefined) return;
    this.#generation = Math.max(this.#generation, generationOf(transaction));
    const gathered = this.#of(transaction);
    if (tag !== undefined) gathered.applied.add(tag.part);
    if (piece !== undefined) {
      const pieces = gathered.pieces.get(piece.attempt) ?? [];
      gathered.pieces.set(piece.attempt, pieces);
      pieces[piece.index] = piece.bytes.slice();
      if (piece.last) {
        gathered.parts = isWhole(pieces) ? readDecision(pieces) : [];
        gathered.pieces.clear();
      }
    }
    if (missingOf(gathered)?.length === 0) this.#gathered.delete(transaction);
  }

  /** Applies what is missing, and lets transactions of this open have ids of their own. Returns the number of decisions finished. */
  finish(finishing: Finishing): number {
    let finished = 0;
    for (const gathered of this.#gathered.values()) {
      const missing = missingOf(gathered) ?? [];
      if (missing.length > 0) finished++;
      for (const part of missing) apply(finishing, part);
    }
    this.#gathered.clear();
    setGeneration(finishing.attachment.control, this.#generation + 1);
    return finished;
  }

  #of(transaction: number): Gathered {
    let gathered = this.#gathered.get(transaction);
    if (gathered === undefined) {
      gathered = { pieces: new Map(), parts: undefined, applied: new Set() };
      this.#gathered.set(transaction, gathered);
    }
    return gathered;
  }
}

/** Whether none is missing before the last one. */
function isWhole(pieces: readonly (Uint8Array | undefined)[]): boolean {
  return !pieces.includes(undefined);
}

/** Undefined as long as there is no decision. */
function missingOf({ parts, applied }: Gathered): DecidedPart[] | undefined {
  return parts?.filter(({ batch }) => !applied.has(partOf(batch)));
}

function apply(finishing: Finishing, { shard, batch }: DecidedPart): void {
  const { attachment, turn, makeRoom, catalogEpoch } = finishing;
  const core = attachment.shards[shard];
  for (;;) {
    const at = core.blocking(() => core.exports.largeReserve(batch.length));
    let status = at;
    if (at > 0) {
      core.u8.set(batch, at);
      const epoch = attachment.control.load(CONTROL.EPOCH);
      status = core.blocking(() => core.apply(at, epoch, catalogEpoch));
      core.exports.largeRelease();
    }
    if (status === STATUS.OK) return;
    if (status === STATUS.LOG_FULL) {
      if (!turn()) throw attachment.failure();
    } else if (status === STATUS.MEMTABLE_FULL || status === STATUS.NO_MEMORY) {
      // A table never outruns the log: what was applied here must be durable before it is flushed.
      while (turn());
      makeRoom(shard);
    } else {
      throw attachment.fault(status, shard);
    }
  }
}
