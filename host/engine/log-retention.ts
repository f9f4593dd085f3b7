// Which log segments are still needed (DESIGN R4): those with a record whose effect is in no table yet.
//
// For each closed segment: the highest sequence of each shard it can hold, noted when it was closed (an upper bound is
// enough). It may go, oldest first, when every shard has flushed that far and no decision in it is needed.
//
// A decision is needed until all its parts are durable. So a segment is kept until all transactions are over that had begun
// when it was closed, and then until all is durable that was applied by that time.

import type { RetainedSegment, SegmentWriter } from '../../io/log/segment-writer.js';

interface Closed {
  readonly segment: RetainedSegment;
  readonly through: readonly number[];
  /** The last transaction that had begun. */
  readonly ticket: number;
  /** Set once they are over: where the parts of all of them end, by shard. */
  parts?: readonly number[];
}

/** What is known of transactions. */
export interface DecisionsUnderWay {
  lastTicket(): number;
  isOpenThrough(ticket: number): boolean;
  /** By shard: the last sequence assigned. */
  applied(): readonly number[];
}

export class LogRetention {
  readonly #writer: SegmentWriter;
  readonly #replayedThrough: readonly number[];
  readonly #started: readonly number[];
  readonly #decisions: DecisionsUnderWay;
  #closed: Closed[];

  /**
   * `replayedThrough`: the highest sequence of each shard in the segments that recovery found. `started`: where each
   * shard's sequences go on from, which no record has yet.
   */
  constructor(
    writer: SegmentWriter,
    replayedThrough: readonly number[],
    started: readonly number[],
    decisions: DecisionsUnderWay,
  ) {
    this.#writer = writer;
    this.#replayedThrough = replayedThrough;
    this.#started = started;
    this.#decisions = decisions;
    const ticket = decisions.lastTicket();
    this.#closed = writer.retained.map((segment) => ({
      segment,
      through: replayedThrough,
      ticket,
    }));
  }

  /** All groups below the one returned are needed no more. */
  belowGroup(flushed: (shard: number) => number, durable: readonly number[]): number {
    this.#note(durable);
    const needed = this.#closed.find(
      (closed) =>
        closed.through.some((sequence, shard) => sequence > flushed(shard)) ||
        this.#hasDecisions(closed, durable),
    );
    return needed?.segment.firstGroup ?? (this.#closed.at(-1)?.segment.lastGroup ?? 0) + 1;
  }

  /** Whether every record of the log, the current segment's too, is in a table. */
  nothingNeeded(flushed: (shard: number) => number, durable: readonly number[]): boolean {
    const { lastTicket, isOpenThrough, applied } = this.#decisions;
    // In this order: what a transaction that is over has applied is counted.
    if (isOpenThrough(lastTicket())) return false;
    if (applied().some((sequence, shard) => sequence > durable[shard])) return false;
    return this.#through(durable).every((sequence, shard) => sequence <= flushed(shard));
  }

  get closedSegments(): number {
    return this.#writer.retained.length;
  }

  /** Bytes of the closed segments. */
  bytes(): number {
    return this.#closed.reduce((sum, { segment }) => sum + segment.size, 0);
  }

  /** The shards that keep the oldest segment. */
  holders(flushed: (shard: number) => number): number[] {
    const oldest = this.#closed[0];
    if (oldest === undefined) return [];
    return oldest.through.flatMap((sequence, shard) => (sequence > flushed(shard) ? [shard] : []));
  }

  /** Takes over what was closed and what was removed since the last look. */
  #note(durable: readonly number[]): void {
    const known = new Map(this.#closed.map((closed) => [closed.segment.number, closed]));
    const through = this.#through(durable);
    const ticket = this.#decisions.lastTicket();
    this.#closed = this.#writer.retained.map(
      (segment) => known.get(segment.number) ?? { segment, through, ticket },
    );
  }

  /** Whether the segment may hold a decision with a part that is not durable. */
  #hasDecisions(closed: Closed, durable: readonly number[]): boolean {
    if (closed.parts === undefined) {
      if (this.#decisions.isOpenThrough(closed.ticket)) return true;
      closed.parts = this.#decisions.applied();
    }
    return closed.parts.some((sequence, shard) => sequence > durable[shard]);
  }

  /** A shard that nothing was written to since the open has nothing in newer segments, or it would keep them for ever. */
  #through(durable: readonly number[]): number[] {
    return durable.map((sequence, shard) =>
      sequence > this.#started[shard] ? sequence : this.#replayedThrough[shard],
    );
  }
}
