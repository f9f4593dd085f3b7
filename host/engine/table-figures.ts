// How many items a table and its indexes have, and of what size: what DescribeTable says.
//
// They are counted, by scans of the items and of each index that decode nothing. For a large table that takes a while, so
//
//   nothing was written since      the last count is right
//   few entries                    counted anew each time
//   many                           the last count stands for as long as RESTS counts take, then it is counted again; a
//                                  caller waits for WAIT_MS at most and gets the last one
//   many, never counted before     a caller who has waited so long gets what was counted by then
//
// (DynamoDB's own figures are up to six hours old.) A count goes on when nobody waits for it any more, a slice at a time.

import type { Item } from '../table/item-types.js';
import type { Attachment } from './attachment.js';
import type {
  KeyspaceFigures,
  PageOptions,
  Range,
  Store,
  StoredTable,
  TableFigures,
} from './store.js';

const PAGE_BYTES = 4 * 1024 * 1024;
const SLICE_MS = 5;
const FEW_ENTRIES = 100_000;
const WAIT_MS = 1_000;
/** A table that is written all the time is counted for one part in so many of the time. */
const RESTS = 50;

interface Counted {
  readonly figures: TableFigures;
  /** How much had been written when it began: all of that is in it. */
  readonly written: number;
  readonly entries: number;
  readonly tookMs: number;
  readonly endedMs: number;
}

interface Counting {
  readonly written: number;
  /** By the id of a keyspace. */
  readonly soFar: Map<number, KeyspaceFigures>;
  readonly done: Promise<Counted>;
}

interface State {
  readonly indexes: string;
  last?: Counted;
  running?: Counting;
}

export class TableCounts {
  readonly #store: Pick<Store, 'page'>;
  readonly #attachment: Pick<Attachment, 'shards'>;
  readonly #states = new WeakMap<StoredTable, State>();

  constructor(store: Pick<Store, 'page'>, attachment: Pick<Attachment, 'shards'>) {
    this.#store = store;
    this.#attachment = attachment;
  }

  async figures(table: StoredTable): Promise<TableFigures> {
    const asked = this.#written();
    const askedMs = performance.now();
    const state = this.#stateOf(table);
    for (;;) {
      const { last } = state;
      if (last !== undefined && (last.written >= asked || isFresh(last))) return last.figures;
      const running = (state.running ??= this.#begin(table, state));
      const counted = await within(running.done, askedMs + WAIT_MS - performance.now());
      if (counted === undefined) return last?.figures ?? figuresOf(table, running.soFar);
      // One that had begun before may have missed what was written last.
      if (running.written >= asked) return counted.figures;
    }
  }

  /** Grows with every write of any table. */
  #written(): number {
    return this.#attachment.shards.reduce((sum, core) => sum + core.exports.lastSequence(), 0);
  }

  #stateOf(table: StoredTable): State {
    const indexes = indexesOf(table).join();
    let state = this.#states.get(table);
    if (state?.indexes !== indexes) {
      state = { indexes };
      this.#states.set(table, state);
    }
    return state;
  }

  #begin(table: StoredTable, state: State): Counting {
    const written = this.#written();
    const soFar = new Map<number, KeyspaceFigures>();
    const done = this.#count(table, written, soFar).then(
      (counted) => {
        state.running = undefined;
        return (state.last = counted);
      },
      (error: unknown) => {
        state.running = undefined;
        throw error;
      },
    );
    done.catch(() => undefined); // for who still waits
    return { written, soFar, done };
  }

  async #count(
    table: StoredTable,
    written: number,
    soFar: Map<number, KeyspaceFigures>,
  ): Promise<Counted> {
    const beganMs = performance.now();
    await this.#countRange(table, { kind: 'scan' }, table.id, soFar);
    for (const index of table.indexes ?? []) {
      await this.#countRange(table, { kind: 'indexScan', index }, index.id, soFar);
    }
    const endedMs = performance.now();
    return {
      figures: figuresOf(table, soFar),
      written,
      entries: [...soFar.values()].reduce((sum, { itemCount }) => sum + itemCount, 0),
      tookMs: endedMs - beganMs,
      endedMs,
    };
  }

  async #countRange(
    table: StoredTable,
    range: Range,
    id: number,
    soFar: Map<number, KeyspaceFigures>,
  ): Promise<void> {
    const options: PageOptions = {
      bytesMax: PAGE_BYTES,
      consistent: false,
      select: 'count',
      wholeItems: false,
    };
    let [itemCount, sizeBytes] = [0, 0];
    let startKey: Item | undefined;
    let sliceBegan = performance.now();
    do {
      const page = await this.#store.page(table, range, { ...options, startKey });
      itemCount += page.count;
      sizeBytes += page.sizeBytes;
      soFar.set(id, { itemCount, sizeBytes });
      startKey = page.lastKey;
      if (startKey !== undefined && performance.now() - sliceBegan > SLICE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        sliceBegan = performance.now();
      }
    } while (startKey !== undefined);
  }
}

/** Whether a large table was counted so lately that it is not counted again. */
function isFresh({ entries, tookMs, endedMs }: Counted): boolean {
  return entries > FEW_ENTRIES && performance.now() - endedMs < RESTS * tookMs;
}

function indexesOf({ indexes = [] }: StoredTable): number[] {
  return indexes.map(({ id }) => id);
}

function figuresOf(table: StoredTable, soFar: ReadonlyMap<number, KeyspaceFigures>): TableFigures {
  const of = (id: number): KeyspaceFigures => soFar.get(id) ?? { itemCount: 0, sizeBytes: 0 };
  if (table.indexes === undefined) return of(table.id);
  const indexes = new Map(table.indexes.map(({ id, name }) => [name, of(id)]));
  return { ...of(table.id), indexes };
}

/** What a promise gives, undefined if it takes longer. */
async function within<Value>(promise: Promise<Value>, waitMs: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, waitMs));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
