// The table files of one thread: its own descriptors, opened on demand, closed when the file has left the version.
//
// Reads are synchronous while the medium is as fast as the page cache and asynchronous beyond that (DESIGN R23): the
// running mean of the last reads decides, and between two turns of the event loop synchronous ones take at most 4 ms:
// a read from the page cache costs its thread less than handing it to the pool does, so only a medium that turns slow is to
// be noticed in time.
// Whoever waits for a block that is being read already waits for that read.

import { ensureDirectory } from '../../io/disk/atomic-file.js';
import type { File, FileSystem } from '../../io/disk/file-system.js';
import { corruption } from '../../io/errors.js';
import type { BlockNeed } from '../core/shard-core.js';
import { CONTROL, type Control } from '../runtime/control.js';
import type { ManifestState } from './manifest.js';

const SYNC_MEAN_MS = 0.05;
/** What a read counts as at most: one that the processor was taken from says nothing about the medium, five in a row do. */
const SAMPLE_MAX_MS = 4 * SYNC_MEAN_MS;
const SYNC_MS_PER_TICK = 4;
const PROBE_EVERY = 64;
const OPEN_MAX = 512;
/** Each sweep looks at every open file: how often at most, though log groups count as progress too. */
const SWEEP_EVERY_MS = 100;
/** A file that is asked for again and again this long after it was first found gone has not left the version: it is lost. */
const LOST_AFTER_MS = 1000;
const LOST_AFTER_TRIES = 100;

const NAME = /^(\d{8,10})\.table$/;

export function tableDirectory(folder: string): string {
  return `${folder}/tables`;
}

export function tablePath(folder: string, file: number): string {
  return `${tableDirectory(folder)}/${file.toString().padStart(8, '0')}.table`;
}

/** Makes the directory, removes files that the manifest does not name; returns an id above all that were there. */
export function prepareTableDirectory(
  fileSystem: FileSystem,
  folder: string,
  state: ManifestState,
): number {
  const directory = tableDirectory(folder);
  if (ensureDirectory(fileSystem, directory)) fileSystem.syncDirectory(folder);
  const live = new Set(state.shards.flatMap((shard) => shard.tables.map((table) => table.file)));
  let next = 1;
  for (const name of fileSystem.list(directory)) {
    const file = Number(NAME.exec(name)?.[1] ?? 0);
    next = Math.max(next, file + 1);
    if (!live.has(file)) fileSystem.unlink(`${directory}/${name}`);
  }
  return next;
}

export class TableFiles {
  readonly #fileSystem: FileSystem;
  readonly #folder: string;
  readonly #control: Control;
  readonly #open = new Map<number, File>();
  #progressSeen = 0;
  #sweptMs = -SWEEP_EVERY_MS;
  #meanMs = 0;
  #syncLeftMs = SYNC_MS_PER_TICK;
  #refill = false;
  #asyncSinceProbe = 0;
  /** Asynchronous reads in flight by file: such a file is not closed. */
  readonly #busy = new Map<number, number>();
  /** What is being read asynchronously, by file and offset. */
  readonly #reads = new Map<string, Promise<Uint8Array>>();
  readonly #gone = new Map<number, { tries: number; readonly sinceMs: number }>();

  constructor(fileSystem: FileSystem, folder: string, control: Control) {
    this.#fileSystem = fileSystem;
    this.#folder = folder;
    this.#control = control;
  }

  /** True if the next block may be read synchronously by a caller that could also wait. */
  mayReadSync(): boolean {
    if (!this.#refill) {
      this.#refill = true;
      setImmediate(() => {
        this.#syncLeftMs = SYNC_MS_PER_TICK;
        this.#refill = false;
      });
    }
    const fast = this.#meanMs < SYNC_MEAN_MS || ++this.#asyncSinceProbe >= PROBE_EVERY;
    return fast && this.#syncLeftMs > 0;
  }

  /** Reads a raw block to `into[at..]`. False if the file is gone (a compaction replaced it): seek again. */
  readSync(need: BlockNeed, into: Uint8Array, at: number): boolean {
    const file = this.#file(need.file);
    if (file === undefined) return false;
    const began = performance.now();
    file.read(into.subarray(at, at + need.length), need.offset8 * 8);
    this.#asyncSinceProbe = 0;
    const tookMs = performance.now() - began;
    this.#syncLeftMs -= tookMs;
    this.#meanMs += (Math.min(tookMs, SAMPLE_MAX_MS) - this.#meanMs) / 16;
    return true;
  }

  /** The same into memory that other readers may share: not to be changed. Undefined if the file is gone. */
  async readAsync(need: BlockNeed): Promise<Uint8Array | undefined> {
    const name = `${need.file}:${need.offset8}:${need.length}`;
    const begun = this.#reads.get(name);
    if (begun !== undefined) return begun;
    const file = this.#file(need.file);
    if (file === undefined) return undefined;
    const read = this.#readBusy(file, need).finally(() => this.#reads.delete(name));
    this.#reads.set(name, read);
    return read;
  }

  async #readBusy(file: File, need: BlockNeed): Promise<Uint8Array> {
    const bytes = new Uint8Array(need.length);
    this.#busy.set(need.file, (this.#busy.get(need.file) ?? 0) + 1);
    try {
      await file.readAsync(bytes, need.offset8 * 8);
    } finally {
      this.#busy.set(need.file, (this.#busy.get(need.file) ?? 1) - 1);
    }
    return bytes;
  }

  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }

  #file(id: number): File | undefined {
    this.#sweep();
    let file = this.#open.get(id);
    if (file === undefined) {
      const path = tablePath(this.#folder, id);
      if (this.#fileSystem.stat(path) === undefined) {
        this.#expectReplaced(id, path);
        return undefined;
      }
      file = this.#fileSystem.open(path, 'read');
      this.#open.set(id, file);
    }
    return file;
  }

  /**
   * A compaction unlinks a file after the version without it is installed, so whoever asks again is not told of it any
   * more. Throws if that does not come true.
   */
  #expectReplaced(id: number, path: string): void {
    const gone = this.#gone.get(id);
    if (gone === undefined) {
      this.#gone.set(id, { tries: 1, sinceMs: performance.now() });
    } else if (
      ++gone.tries > LOST_AFTER_TRIES &&
      performance.now() - gone.sinceMs > LOST_AFTER_MS
    ) {
      throw corruption('A table file that the manifest names is not there', path, 0);
    }
  }

  /** Closes what compactions have unlinked since the last look, and the oldest ones past the bound. */
  #sweep(): void {
    const progress = this.#control.load(CONTROL.PROGRESS_SIGNAL);
    if (this.#open.size < OPEN_MAX) {
      if (progress === this.#progressSeen) return;
      const now = performance.now();
      if (now - this.#sweptMs < SWEEP_EVERY_MS) return;
      this.#sweptMs = now;
    }
    this.#progressSeen = progress;
    for (const [id, file] of this.#open) {
      if ((this.#busy.get(id) ?? 0) > 0) continue;
      if (
        this.#open.size < OPEN_MAX &&
        this.#fileSystem.stat(tablePath(this.#folder, id)) !== undefined
      )
        continue;
      file.close();
      this.#open.delete(id);
      this.#busy.delete(id);
    }
  }
}
