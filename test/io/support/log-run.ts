/**
 * A log under test: rings made of arrays, a model of what every group holds, and the check that
 * what is recovered is what was promised.
 */
import assert from 'node:assert/strict';
import { ensureDirectory } from '../../../io/disk/atomic-file.js';
import type { Crc32c } from '../../../io/disk/bytes.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { LogTurn } from '../../../io/log/log-turn.js';
import type { TurnResult } from '../../../io/log/log-turn.js';
import { recoverLog } from '../../../io/log/recovery.js';
import type { RecoveredLog } from '../../../io/log/recovery.js';
import type { RingSource } from '../../../io/log/ring-source.js';
import { SegmentWriter } from '../../../io/log/segment-writer.js';
import { crc32c as tableCrc32c } from './crc32c.js';
import { below, words } from './random.js';

export const LOG_DIRECTORY = '/db/log';

/** A ring of records; each begins with its shard and its number in the shard. */
export class ArrayRing implements RingSource {
  readonly shard: number;
  pending: { epoch: number; bytes: Uint8Array }[] = [];
  #taken = 0;

  constructor(shard: number) {
    this.shard = shard;
  }

  /** In two pieces when it can, as a ring that wraps gives them. */
  take(epochLimit: number): readonly Uint8Array[] {
    const stop = this.pending.findIndex(({ epoch }) => epoch >= epochLimit);
    const ready = this.pending
      .slice(0, stop < 0 ? this.pending.length : stop)
      .map(({ bytes }) => bytes);
    this.#taken = ready.length;
    if (ready.length === 0) return [];
    const bytes = concatenated(ready);
    const wrap = ready[0].byteLength;
    return wrap < bytes.byteLength ? [bytes.subarray(0, wrap), bytes.subarray(wrap)] : [bytes];
  }

  done(): void {
    this.pending.splice(0, this.#taken);
    this.#taken = 0;
  }
}

/** What each group holds, as text; a group that was never acknowledged may be replaced. */
export type Model = Map<number, string>;

export interface LogRunOptions {
  readonly fileSystem: FileSystem;
  readonly random: () => number;
  readonly model: Model;
  readonly crc32c?: Crc32c;
  readonly directory?: string;
  readonly segmentBytesFirst?: number;
  readonly segmentBytesMax?: number;
  readonly checkOwner?: () => void;
  readonly shards?: number;
  readonly neededGroup?: number;
  readonly durableGroup?: number;
}

/** What a recovery gave. */
export interface Found extends RecoveredLog {
  readonly groups: Model;
}

export class LogRun {
  readonly found: Found;
  readonly turns: LogTurn;
  readonly writer: SegmentWriter;
  readonly rings: ArrayRing[];
  /** No group from here on may be missing at a recovery. */
  neededGroup: number;
  #epoch = 0;
  #record = 0;
  readonly #options: LogRunOptions;

  constructor(options: LogRunOptions) {
    const { fileSystem, random, model } = options;
    const crc32c = options.crc32c ?? tableCrc32c;
    const directory = options.directory ?? LOG_DIRECTORY;
    this.#options = options;
    ensureDirectory(fileSystem, directory);
    this.found = recover(options);
    this.neededGroup = this.found.retained.at(0)?.firstGroup ?? 1;
    for (const group of [...model.keys()]) if (group > this.found.lastGroup) model.delete(group);
    this.rings = Array.from({ length: options.shards ?? 3 }, (_, shard) => new ArrayRing(shard));
    const random32 = words(random);
    this.writer = new SegmentWriter({
      fileSystem,
      directory,
      crc32c,
      owner: { low: random32(), high: random32() },
      random32,
      firstNumber: this.found.firstNumber,
      retained: this.found.retained,
      checkOwner: options.checkOwner ?? (() => undefined),
      segmentBytesFirst: options.segmentBytesFirst ?? 1024,
      segmentBytesMax: options.segmentBytesMax ?? 4096,
    });
    this.writer.start();
    this.turns = new LogTurn({
      writer: this.writer,
      sources: this.rings,
      epoch: { raise: () => ++this.#epoch },
      crc32c,
      lastGroup: this.found.lastGroup,
    });
  }

  /** Puts a record of 16 bytes or more into a ring, as an apply would. */
  submit(shard: number, size: number): void {
    const bytes = new Uint8Array(Math.max(16, size));
    const view = new DataView(bytes.buffer);
    for (let at = 8; at < bytes.length; at++) bytes[at] = 1 + below(this.#options.random, 255);
    view.setUint32(0, shard, true);
    view.setUint32(4, ++this.#record, true);
    this.rings[shard].pending.push({ epoch: this.#epoch, bytes });
  }

  /** Some records in some rings. */
  submitSome(sizeMax = 120): void {
    const { random } = this.#options;
    for (let count = 1 + below(random, 4); count > 0; count--) {
      this.submit(below(random, this.rings.length), 16 + 8 * below(random, sizeMax / 8));
    }
  }

  /** One turn; the model learns what its group holds before a byte is written. */
  turn(): TurnResult {
    const parts = this.rings
      .filter(({ pending }) => pending.length > 0)
      .map((ring) => chunkText(ring.shard, concatenated(ring.pending.map(({ bytes }) => bytes))));
    if (parts.length > 0) this.#options.model.set(this.turns.durableGroup + 1, parts.join(' '));
    return this.turns.turn();
  }

  retire(belowGroup: number): void {
    this.neededGroup = Math.max(this.neededGroup, belowGroup);
    this.turns.retire(belowGroup);
  }

  /** Nothing so far is needed any more: a new segment with an empty group, and what was before it goes. */
  beginAnew(): boolean {
    const group = this.turns.durableGroup + 1;
    this.#options.model.set(group, '');
    if (!this.turns.beginAnew()) {
      this.#options.model.delete(group);
      return false;
    }
    this.neededGroup = group;
    this.turns.retire(group, false);
    return true;
  }
}

/** Recovers only. */
export function recover(options: Omit<LogRunOptions, 'random' | 'model'>): Found {
  const groups: Model = new Map();
  const recovered = recoverLog({
    fileSystem: options.fileSystem,
    directory: options.directory ?? LOG_DIRECTORY,
    crc32c: options.crc32c ?? tableCrc32c,
    neededGroup: options.neededGroup,
    durableGroup: options.durableGroup,
    onChunk: (shard, records, group) => {
      const before = groups.get(group);
      const text = chunkText(shard, records);
      groups.set(group, before === undefined ? text : `${before} ${text}`);
    },
  });
  return { ...recovered, groups };
}

/** What was promised at some moment. */
export interface Promised {
  readonly model: Model;
  /** The last acknowledged group. */
  readonly acknowledged: number;
  readonly neededGroup: number;
}

/**
 * The promise: every acknowledged group is there, whole; at most the one in flight besides; none is
 * invented.
 */
export function expectPromised(found: Found, promised: Promised): void {
  const { acknowledged, neededGroup, model } = promised;
  assert.ok(
    found.lastGroup >= acknowledged,
    `acknowledged ${acknowledged}, found only ${found.lastGroup}`,
  );
  assert.ok(
    found.lastGroup <= acknowledged + 1,
    `acknowledged ${acknowledged}, yet found ${found.lastGroup}`,
  );
  const first = found.retained.at(0)?.firstGroup ?? found.lastGroup + 1;
  assert.ok(
    first <= Math.max(1, Math.min(neededGroup, found.lastGroup)) || found.lastGroup === 0,
    `begins with ${first}`,
  );
  for (let group = first; group <= found.lastGroup; group++) {
    assert.equal(found.groups.get(group) ?? '', model.get(group), `content of group ${group}`);
  }
  const inRange = found.lastGroup === 0 ? 0 : found.lastGroup - first + 1;
  const empty = [...model].filter(
    ([group, text]) => text === '' && group >= first && group <= found.lastGroup,
  );
  assert.equal(found.groups.size, inRange - empty.length);
}

function chunkText(shard: number, records: Uint8Array): string {
  return `${shard}:${Buffer.from(records).toString('base64')}`;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
