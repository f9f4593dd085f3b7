// `db.check()`: walks everything there is and says what is not as it must be.
//
//   memory     every shard: trees, hash indexes, pages and ring agree (core-as/shard/integrity.ts)
//   manifest   it can be read; from level 1 on, the files of a shard are disjoint
//   files      every byte of every live table file
//   indexes    against their tables, both ways
//   streams    every record can be read, sequences ascend
//
// Runs on the thread that asks, in slices, beside readers and writers; changes nothing. Damage is reported, not thrown;
// a database that has failed or is closed rejects. Has an attachment of its own, because the walk of a shard keeps its
// state in the thread's scratch.

import type { FileSystem } from '../../io/disk/file-system.js';
import { StorageError } from '../../io/errors.js';
import { STATUS } from '../core/abi.js';
import { checksumOf } from '../core/checksum.js';
import type { ShardCore } from '../core/shard-core.js';
import { Workbench } from '../core/workbench.js';
import { Attachment, type DatabaseHandles } from './attachment.js';
import type { CheckFault, CheckOptions, CheckReport } from './check-report.js';
import { IndexCheck } from './index-check.js';
import type { ManifestState, TableMeta } from './manifest.js';
import { readManifest } from './manifest-store.js';
import type { Store, StoredTable, StreamKeyspace } from './store.js';
import { TableCheck } from './table-check.js';

const SLICE_MS = 5;
const STREAM_PAGE = 512;
const STREAM_PAGE_BYTES = 4 * 1024 * 1024;

type Counts = { -readonly [Name in keyof Omit<CheckReport, 'ok' | 'faults'>]: number };

export class IntegrityCheck {
  readonly #store: Store;
  readonly #handles: DatabaseHandles;
  readonly #fileSystem: FileSystem;
  readonly #faults: CheckFault[] = [];
  readonly #counts: Counts = {
    tables: 0,
    items: 0,
    indexEntries: 0,
    streamRecords: 0,
    files: 0,
    fileBytes: 0,
  };
  #sliceBegan = performance.now();
  #signal: AbortSignal | undefined;

  constructor(store: Store, handles: DatabaseHandles, fileSystem: FileSystem) {
    this.#store = store;
    this.#handles = handles;
    this.#fileSystem = fileSystem;
  }

  async run({ signal }: CheckOptions): Promise<CheckReport> {
    this.#signal = signal;
    const attachment = new Attachment(this.#handles, this.#fileSystem, false);
    try {
      for (const core of attachment.shards) await this.#memory(core);
      await this.#files();
      const indexes = new IndexCheck(this.#store, attachment);
      for (const table of this.#store.catalog()) await this.#table(indexes, table);
      for (const { key, streams } of this.#store.hidden.retired())
        for (const { id } of streams) await this.#stream({ id, key });
    } finally {
      attachment.detach();
    }
    return { ok: this.#faults.length === 0, faults: this.#faults, ...this.#counts };
  }

  async #memory({ shard, exports }: ShardCore): Promise<void> {
    for (let step = 0; ; step = 1) {
      const status = exports.integrity(step);
      if (status === STATUS.OK) return;
      if (status === STATUS.CORRUPT) {
        this.#faults.push({ what: `the memory of shard ${shard} is not sound` });
        return;
      }
      if (status !== STATUS.CONTINUE && status !== STATUS.BUSY)
        throw new StorageError('EngineFailure', `shard ${shard} answered status ${status}`);
      await this.#breathe();
    }
  }

  async #files(): Promise<void> {
    const { module, folder } = this.#handles;
    const check = new TableCheck(module, this.#fileSystem, folder);
    for (const { tables } of this.#manifest().shards) {
      this.#faults.push(...check.overlaps(tables));
      for (const table of tables) await this.#file(check, table);
    }
  }

  async #file(check: TableCheck, table: TableMeta): Promise<void> {
    const walk = check.file(table);
    let step = walk.next();
    while (step.done !== true) {
      await this.#breathe();
      step = walk.next();
    }
    if (step.value === 'gone') {
      if (!this.#isLive(table.file)) return; // a compaction was faster
      this.#faults.push({
        what: `table file ${table.file}, which the manifest names, is not there`,
      });
    } else if (step.value !== undefined) this.#faults.push(step.value);
    this.#counts.files++;
    this.#counts.fileBytes += table.bytes;
  }

  #isLive(file: number): boolean {
    return this.#manifest().shards.some(({ tables }) =>
      tables.some((table) => table.file === file),
    );
  }

  #manifest(): ManifestState {
    const { module, folder } = this.#handles;
    const crc32c = checksumOf(new Workbench(module, 0, 0));
    const state = readManifest({ fileSystem: this.#fileSystem, folder, crc32c });
    if (state !== undefined) return state;
    throw new StorageError('Corruption', `The manifest of ${folder} is gone.`, { path: folder });
  }

  async #table(check: IndexCheck, table: StoredTable): Promise<void> {
    this.#counts.tables++;
    try {
      const active = (table.indexes ?? []).filter(({ status }) => status === 'active');
      for (const index of active.length === 0 ? [undefined] : active) {
        const { items, entries, faults } = await check.table(table, index, this.#signal);
        this.#counts.indexEntries += entries;
        this.#faults.push(...faults);
        if (index === active[0]) this.#counts.items += items;
      }
      for (const { id } of table.streams ?? []) await this.#stream({ id, key: table.key });
    } catch (error) {
      if (this.#store.catalog().every(({ id }) => id !== table.id)) return; // dropped meanwhile
      this.#report(error, table.name);
    }
  }

  async #stream(stream: StreamKeyspace): Promise<void> {
    for (let shard = 0; shard < this.#store.hidden.shardCount; shard++) {
      let after = 0;
      for (let end = false; !end; ) {
        const options = { after, sinceMs: 0, limit: STREAM_PAGE, bytesMax: STREAM_PAGE_BYTES };
        const page = await this.#store.hidden.streamPage(stream, shard, options);
        for (const { sequence } of page.changes) {
          if (sequence <= after)
            this.#faults.push({
              what: `stream ${stream.id}: sequence ${sequence} is out of order`,
            });
          after = sequence;
        }
        this.#counts.streamRecords += page.changes.length;
        after = Math.max(after, page.last);
        end = page.end;
        await this.#breathe();
      }
    }
  }

  /** Damage met while reading is what a check is for; anything else ends it. */
  #report(error: unknown, table: string): void {
    if (!(error instanceof StorageError && error.code === 'Corruption')) throw error;
    const { path, offset } = error;
    this.#faults.push({ what: error.message, path, offset, table });
  }

  async #breathe(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() - this.#sliceBegan < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceBegan = performance.now();
  }
}
