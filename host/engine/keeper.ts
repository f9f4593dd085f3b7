// The keeper of a database: the one writer of its log and its manifest, on the log thread (DESIGN 4, R14).
//
//   open    lock -> manifest -> memories and tables -> replay of the log -> a new segment -> open
//   turn    one group of the log
//   handle  edits of catalog and versions: durable in the manifest, then visible
//   close   drain, end mark, unlock
//
// Pure of threads: the log thread drives it, or a simulation does inline. A failed write of log or manifest is final:
// the control memory says so to everybody, and nothing is written any more.

import { ensureDirectory } from '../../io/disk/atomic-file.js';
import { drawId, type Crc32c } from '../../io/disk/bytes.js';
import { StorageError } from '../../io/errors.js';
import type { FileSystem, FolderLock } from '../../io/disk/file-system.js';
import { recoverLog } from '../../io/log/recovery.js';
import { inspectFolder } from '../../io/manifest/folder.js';
import { checksumOf } from '../core/checksum.js';
import { Workbench } from '../core/workbench.js';
import { ResourceInUseException, ResourceNotFoundException } from '../errors.js';
import { SHARDS_DEFAULT } from '../limits.js';
import type { Random } from '../random.js';
import { Control, CONTROL, FAILURE, REQUEST_FLUSH, STATE } from '../runtime/control.js';
import { Attachment, type DatabaseHandles } from './attachment.js';
import { writeCatalog } from './catalog-memory.js';
import { isReadable, pickCompaction, planFullCompaction } from './compaction-picker.js';
import type { KeeperRequest, MergePlan, OpenRequest } from './keeper-requests.js';
import { KeeperLog } from './keeper-log.js';
import { ManifestStore } from './manifest-store.js';
import type { Edit, Identity, ShardState } from './manifest.js';
import { createDatabaseMemory } from './database-memory.js';
import { withIds } from './keyspace-ids.js';
import { OpenTransactions } from './open-transactions.js';
import { readShardStats } from './shard-stats.js';
import { loadShapes } from './shape-loader.js';
import type { RecoveryReport } from './recovery-report.js';
import { Replayer } from './replayer.js';
import { installTables } from './table-install.js';
import { prepareTableDirectory } from './table-files.js';
import type { StoredTable, TableDefinition } from './store.js';

const FORMAT = 1;
const SEQUENCE_LEAP = 2 ** 20; // no sequence is ever used twice (R4)

export class Keeper {
  readonly #request: OpenRequest;
  readonly #fileSystem: FileSystem;
  readonly #random: Random;
  readonly #lock: FolderLock | undefined;
  readonly #module: WebAssembly.Module;
  readonly #crc32c: Crc32c;
  #manifest!: ManifestStore;
  #attachment!: Attachment;
  #handles!: DatabaseHandles;
  #log: KeeperLog | undefined;
  /** By shard and level: where the last compaction of the level ended. */
  /** Tables that a merge could not read since the database was opened. */
  readonly #damaged = new Set<number>();
  readonly #pointers = new Map<string, Uint8Array>();
  #report: RecoveryReport | undefined;

  constructor(
    request: OpenRequest,
    module: WebAssembly.Module,
    fileSystem: FileSystem,
    random: Random,
    lock: FolderLock | undefined,
  ) {
    this.#request = request;
    this.#module = module;
    this.#crc32c = checksumOf(new Workbench(module, 0, 0));
    this.#fileSystem = fileSystem;
    this.#random = random;
    this.#lock = lock;
  }

  /** Throws, changing nothing, when the folder is no database and cannot become one. Before the lock is taken. */
  static inspect(fileSystem: FileSystem, folder: string, module: WebAssembly.Module): void {
    inspectFolder(fileSystem, folder, checksumOf(new Workbench(module, 0, 0)));
  }

  get handles(): DatabaseHandles {
    return this.#handles;
  }

  get report(): RecoveryReport | undefined {
    return this.#report;
  }

  /** Reads or creates the manifest, makes the memories, installs the tables. */
  prepare(id: string, doorbell: SharedArrayBuffer): DatabaseHandles {
    const { folder } = this.#request;
    this.#manifest = this.#openManifest();
    const { state } = this.#manifest;
    const memory = createDatabaseMemory(this.#request, this.#module, state.identity);
    this.#handles = { id, folder, doorbell, ...memory };
    const control = new Control(memory.control);
    control.store(
      CONTROL.NEXT_FILE,
      Math.max(state.nextFile, prepareTableDirectory(this.#fileSystem, folder, state)),
    );
    this.#publishCatalog(1);
    this.#attachment = new Attachment(this.#handles, this.#fileSystem, true);
    for (const core of this.#attachment.shards) {
      const { tables, flushedSequence } = state.shards[core.shard];
      installTables(this.#fileSystem, folder, core, { add: tables, remove: [] }, false);
      core.exports.setSequence(flushedSequence);
    }
    this.#raiseCatalogEpoch(1);
    for (const core of this.#attachment.shards) loadShapes(this.#attachment, core, 1);
    return this.#handles;
  }

  #openManifest(): ManifestStore {
    const { folder, shards } = this.#request;
    const place = { fileSystem: this.#fileSystem, folder, crc32c: this.#crc32c };
    const identity = (): Identity => ({
      format: FORMAT,
      shards: shards ?? SHARDS_DEFAULT,
      seedLow: this.#random32(),
      seedHigh: this.#random32(),
    });
    const manifest = ManifestStore.open(place, identity, drawId(this.#random32));
    const found = manifest.state.identity.shards;
    if (shards !== undefined && shards !== found) {
      manifest.close();
      throw new StorageError(
        'IoFailure',
        `${folder} has ${found} shards, fixed when it was created; it cannot be opened with ${shards}`,
        { path: folder },
      );
    }
    return manifest;
  }

  /**
   * Replays the log and starts it anew. `makeRoom` flushes a shard whose memtable is full and returns when that is done;
   * `breathe` is called now and then, for what else the thread has to do.
   */
  recover(makeRoom: (shard: number) => void, breathe: () => void): void {
    const { control } = this.#attachment;
    if (!this.#request.options.temporary) this.#recoverLog(makeRoom, breathe);
    control.store(CONTROL.STATE, STATE.OPEN);
  }

  #recoverLog(makeRoom: (shard: number) => void, breathe: () => void): void {
    const directory = logDirectory(this.#request.folder);
    const fileSystem = this.#fileSystem;
    if (ensureDirectory(fileSystem, directory)) fileSystem.syncDirectory(this.#request.folder);
    // A transaction of the recovery's own: until it is over the log keeps all decisions.
    const transactions = new OpenTransactions(this.#attachment.control, this.#attachment.slot);
    const recovery = transactions.begin();
    const replayer = new Replayer(this.#attachment, this.#manifest.state, makeRoom, breathe);
    const onChunk = replayer.onChunk;
    const { durableGroup, neededGroup } = this.#manifest.state;
    const found = recoverLog({
      fileSystem,
      directory,
      crc32c: this.#crc32c,
      onChunk,
      durableGroup,
      neededGroup,
    });
    for (const core of this.#attachment.shards) {
      const highest = Math.max(
        core.exports.lastSequence(),
        this.#manifest.state.shards[core.shard].flushedSequence,
      );
      core.exports.setSequence(highest + SEQUENCE_LEAP);
    }
    this.#log = new KeeperLog({
      place: {
        fileSystem,
        directory,
        owner: this.#manifest.owner,
        random32: this.#random32,
        crc32c: this.#crc32c,
      },
      attachment: this.#attachment,
      found,
      replayedThrough: replayer.through,
      flushedSequence: (shard) => this.#manifest.state.shards[shard].flushedSequence,
      neededGroup: () => this.#manifest.state.neededGroup ?? 0,
      forget: (neededGroup) => this.#append({ kind: 'log', neededGroup }),
      checkOwner: () => this.#manifest.checkOwner(),
    });
    const attachment = this.#attachment;
    const turn = (): boolean => this.turn();
    const decisions = replayer.decisions.finish({ attachment, turn, makeRoom, catalogEpoch: 1 });
    transactions.end(recovery);
    this.#report = {
      created: this.#manifest.created,
      clean: found.clean,
      records: replayer.records,
      groups: found.lastGroup,
      decisions,
      tornBytes: found.torn?.bytes ?? 0,
      tornPath: found.torn?.path,
    };
  }

  /** One group of the log. True if one was written: there may be more. */
  turn(): boolean {
    return this.#log?.turn() ?? false;
  }

  /** For a quiet moment. True while there is more to do. */
  rest(): boolean {
    return this.#log?.rest() ?? false;
  }

  handle(request: KeeperRequest): unknown {
    if (this.#attachment.control.failed) throw this.#attachment.failure();
    switch (request.kind) {
      case 'createTable':
        return this.#createTable(request.definition);
      case 'updateTable':
        return this.#updateTable(request.id, request.definition);
      case 'dropTable':
        this.#requireTable(request.id);
        return this.#edit({ kind: 'drop', id: request.id, atMs: request.atMs });
      case 'forgetRetired':
        return this.#edit({ kind: 'forget', id: request.id });
      case 'plan':
        return this.#plan(request);
      case 'damaged':
        this.#damaged.add(request.file);
        return undefined;
      case 'version':
        return this.#version(request);
      case 'open':
      case 'close':
        throw new TypeError(`'${request.kind}' is not for the keeper itself`);
    }
  }

  /** For the driver of a recovery that waits for a flush. */
  requestFlush(shard: number): void {
    const core = this.#attachment.shards[shard];
    core.exports.freeze();
    this.#attachment.control.request(shard, REQUEST_FLUSH);
    this.#attachment.doorbell.work();
  }

  /** True while a frozen memtable waits to be flushed; throws if that will not be. */
  memtableIsFull(shard: number): boolean {
    if (this.#attachment.control.failed) throw this.#attachment.failure();
    this.#attachment.checkRoom();
    return readShardStats(this.#attachment.shards[shard]).hasFrozen;
  }

  /** Gives up an open that failed: closes what is open, writes nothing. */
  abandon(): void {
    this.#log?.close();
    if (this.#manifest !== undefined) this.#manifest.close();
    if (this.#attachment === undefined) return;
    this.#attachment.control.store(CONTROL.STATE, STATE.CLOSED);
    for (const core of this.#attachment.shards) core.exports.close();
    this.#attachment.detach();
  }

  /** Drains the rings and leaves an end mark; the folder stays locked until `unlock`. */
  close(): void {
    const { control } = this.#attachment;
    control.store(CONTROL.STATE, STATE.CLOSING);
    while (this.turn());
    try {
      this.#log?.close();
      this.#manifest.close();
    } finally {
      control.store(CONTROL.STATE, STATE.CLOSED);
      for (const core of this.#attachment.shards) core.exports.close();
      this.#attachment.detach();
      control.signal(CONTROL.DURABLE_SIGNAL);
      control.signal(CONTROL.PROGRESS_SIGNAL);
    }
  }

  async unlock(): Promise<void> {
    await this.#lock?.release();
  }

  /** Two threads may race for a name: here one of them loses. */
  #createTable(definition: TableDefinition): number {
    const { tables, nextTableId: id } = this.#manifest.state;
    if (tables.some((table) => table.name === definition.name)) {
      throw new ResourceInUseException(`Table already exists: ${definition.name}`);
    }
    this.#editTable(id, definition, 1, id + 1);
    return id;
  }

  /** Two threads may change a table at a time: the later one learns it, and begins again. */
  #updateTable(id: number, definition: TableDefinition): boolean {
    const { revision } = this.#requireTable(id);
    if (definition.revision !== revision) return false;
    this.#editTable(id, definition, (revision ?? 0) + 1, this.#manifest.state.nextTableId);
    return true;
  }

  #editTable(id: number, definition: TableDefinition, revision: number, nextId: number): void {
    let next = nextId;
    const table: StoredTable = { ...withIds(definition, () => next++), id, revision };
    this.#edit({ kind: 'table', table });
  }

  #requireTable(id: number): StoredTable {
    const found = this.#manifest.state.tables.find((table) => table.id === id);
    if (found !== undefined) return found;
    throw new ResourceNotFoundException('Requested resource not found');
  }

  /** Durable first, then visible to every thread (R8). */
  #edit(edit: Edit): void {
    this.#append(edit);
    const epoch = this.#attachment.control.load(CONTROL.CATALOG_EPOCH) + 1;
    this.#publishCatalog(epoch);
    this.#raiseCatalogEpoch(epoch);
  }

  #append(edit: Edit): void {
    try {
      this.#manifest.append(edit);
    } catch (error) {
      if (!(error instanceof StorageError && error.code === 'StorageFull')) {
        this.#attachment.control.failWith(FAILURE.LOG, error as Error);
      }
      throw error;
    }
  }

  #publishCatalog(epoch: number): void {
    const { tables, retired } = this.#manifest.state;
    writeCatalog(this.#handles.catalog, { epoch, tables, retired });
  }

  #raiseCatalogEpoch(epoch: number): void {
    for (const core of this.#attachment.shards)
      core.blocking(() => core.exports.setCatalogEpoch(epoch));
    this.#attachment.control.store(CONTROL.CATALOG_EPOCH, epoch);
  }

  #plan({ shard, full, level0 }: Extract<KeeperRequest, { kind: 'plan' }>): MergePlan | undefined {
    const { dropped, shards } = this.#manifest.state;
    const state = withOldest(shards[shard], level0);
    const { levelBaseBytes } = this.#handles.options;
    const plan = full
      ? planFullCompaction(state)
      : pickCompaction(state, { levelBaseBytes, damaged: this.#damaged }, (level) =>
          this.#pointers.get(`${shard}.${level}`),
        );
    if (plan === undefined || !isReadable(plan, this.#damaged)) return undefined;
    const level = plan.inputs[0].level;
    if (level > 0) this.#pointers.set(`${shard}.${level}`, plan.inputs[0].minKey);
    return { ...plan, droppedTables: dropped };
  }

  #version(request: Extract<KeeperRequest, { kind: 'version' }>): void {
    const { shard, add, remove, flushedSequence } = request;
    const durableGroup = this.#log?.durableGroup;
    const neededGroup =
      flushedSequence === undefined ? undefined : this.#log?.neededAfter(shard, flushedSequence);
    this.#append({
      kind: 'version',
      shard,
      add,
      remove,
      flushedSequence,
      durableGroup,
      neededGroup,
    });
    if (flushedSequence !== undefined) this.#log?.retain();
  }

  readonly #random32 = (): number => {
    const bytes = this.#random.bytes(4);
    return (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0;
  };
}

/**
 * A shard without the newest tables of level 0, so that `level0` are left: a table whose flush has put it into the manifest
 * and not into the shard yet is not there for a merge.
 */
function withOldest(state: ShardState, level0: number): ShardState {
  const uninstalled = state.tables.filter(({ level }) => level === 0).length - level0;
  return uninstalled <= 0 ? state : { ...state, tables: state.tables.slice(uninstalled) };
}

export function logDirectory(folder: string): string {
  return `${folder}/log`;
}
