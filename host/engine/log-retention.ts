// Which log segments are still needed (DESIGN R4): those with a record whose effect is in no table yet.
//
// For each closed segment: the highest sequence of each shard it can hold, noted when it was closed (an upper bound is
// enough). It may go, oldest first, when every shard has flushed that far.

import type { RetainedSegment, SegmentWriter } from '../../io/log/segment-writer.js';

interface Closed {
  readonly segment: RetainedSegment;
  readonly through: readonly number[];
}

export class LogRetention {
  readonly #writer: SegmentWriter;
  readonly #replayedThrough: readonly number[];
  readonly #started: readonly number[];
  #closed: Closed[];

  /**
   * `replayedThrough`: the highest sequence of each shard in the segments that recovery found. `started`: where each
   * shard's sequences go on from, which no record has yet.
   */
  constructor(
    writer: SegmentWriter,
    replayedThrough: readonly number[],
    started: readonly number[],
  ) {
    this.#writer = writer;
    this.#replayedThrough = replayedThrough;
    this.#started = started;
    this.#closed = writer.retained.map((segment) => ({ segment, through: replayedThrough }));
  }

  /** All groups below the one returned are needed no more. */
  belowGroup(flushed: (shard: number) => number, durable: readonly number[]): number {
    this.#note(durable);
    const needed = this.#closed.find(({ through }) =>
      through.some((sequence, shard) => sequence > flushed(shard)),
    );
    return needed?.segment.firstGroup ?? (this.#closed.at(-1)?.segment.lastGroup ?? 0) + 1;
  }

  /** Whether every record of the log, the current segment's too, is in a table. */
  nothingNeeded(flushed: (shard: number) => number, durable: readonly number[]): boolean {
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
    this.#closed = this.#writer.retained.map(
      (segment) => known.get(segment.number) ?? { segment, through },
    );
  }

  /** A shard that nothing was written to since the open has nothing in newer segments, or it would keep them for ever. */
  #through(durable: readonly number[]): number[] {
    return durable.map((sequence, shard) =>
      sequence > this.#started[shard] ? sequence : this.#replayedThrough[shard],
    );
  }
}
