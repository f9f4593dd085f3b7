/**
 * A file system in memory that fails on request and loses power.
 *
 * It is stricter than real ones: a name is durable only after syncDirectory of its folder, content only after
 * File.sync, and the two are independent. A failed sync loses what it should have written and the next one succeeds.
 * All chance comes from the `random` that is passed in, so a run repeats exactly.
 *
 * Use: run a workload; after each operation `observe` may call `crash` to get the disk as it would be found after a
 * power cut at that moment. The workload goes on, so one run gives the images of all its moments.
 */
import { posix } from 'node:path';
import { StorageError, databaseLocked, fromSystemError } from '../errors.js';
import type { File, FileStatus, FileSystem, FolderLock, OpenMode } from './file-system.js';
import { FileNode, crashedContent } from './simulated-file.js';
import type { CrashOptions } from './simulated-file.js';

export type { CrashOptions } from './simulated-file.js';

export type OperationKind =
  | 'open'
  | 'create'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'list'
  | 'stat'
  | 'makeDirectory'
  | 'rename'
  | 'unlink'
  | 'syncDirectory';

/** The kinds after which a crash may find a different disk. */
export const CHANGING_KINDS: readonly OperationKind[] = [
  'create',
  'write',
  'sync',
  'truncate',
  'makeDirectory',
  'rename',
  'unlink',
  'syncDirectory',
];

export interface Operation {
  /** Counts from 1 over all operations of this file system. */
  readonly index: number;
  readonly kind: OperationKind;
  readonly path: string;
}

export interface Fault {
  /** Fails the at-th operation (from 1, counted from the injection) among those of `kinds`, or of any kind. */
  readonly at: number;
  readonly kinds?: readonly OperationKind[];
  readonly error: 'EIO' | 'ENOSPC';
  /** And all later ones of these kinds. */
  readonly forever?: boolean;
  /** A failing write writes this share of its bytes first (a short write, then the error). */
  readonly partial?: number;
  /** A failing sync may have reached the disk all the same. */
  readonly syncReached?: boolean;
}

type EntryChange =
  | { readonly kind: 'link'; readonly path: string; readonly node: Node }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string; readonly node: Node };

type Node = FileNode | 'directory';
type Entries = Map<string, Node>;

export class SimulatedFileSystem implements FileSystem {
  /** Operations so far. */
  operations = 0;
  /** Called after each operation that succeeded. */
  observe: ((operation: Operation) => void) | undefined;

  #seen: Entries;
  #durable: Entries;
  #unsynced: EntryChange[] = [];
  #fault: { readonly fault: Fault; counted: number; spent: boolean } | undefined;
  readonly #locked = new Set<string>();

  constructor() {
    this.#seen = new Map([['/', 'directory']]);
    this.#durable = new Map(this.#seen);
  }

  /** Replaces the fault injected before; undefined removes it. */
  inject(fault: Fault | undefined): void {
    this.#fault = fault === undefined ? undefined : { fault, counted: 0, spent: false };
  }

  /** Whether the injected fault has struck. */
  get faultStruck(): boolean {
    return this.#fault?.spent === true;
  }

  /** The disk as found after a power cut now. This file system is not changed. */
  crash(random: () => number, options: CrashOptions): SimulatedFileSystem {
    const entries: Entries = new Map(this.#durable);
    for (const change of this.#unsynced) {
      if (random() < options.keep) applyEntry(entries, change);
      else if (options.reorder !== true) break;
    }
    const image = new SimulatedFileSystem();
    image.#durable = reachable(entries, (node) => {
      const found = new FileNode();
      found.seen = crashedContent(node, random, options);
      found.durable = found.seen.copy();
      return found;
    });
    image.#seen = new Map(image.#durable);
    return image;
  }

  /** The disk as another process finds it now, after this one died but the machine did not. */
  clone(): SimulatedFileSystem {
    const copies = new Map<FileNode, FileNode>();
    const copy = (node: Node): Node => {
      if (node === 'directory') return node;
      const known = copies.get(node) ?? node.copy();
      copies.set(node, known);
      return known;
    };
    const clone = new SimulatedFileSystem();
    clone.#seen = new Map([...this.#seen].map(([path, node]) => [path, copy(node)]));
    clone.#durable = new Map([...this.#durable].map(([path, node]) => [path, copy(node)]));
    clone.#unsynced = this.#unsynced.map((change) =>
      change.kind === 'unlink' ? change : { ...change, node: copy(change.node) },
    );
    return clone;
  }

  open(path: string, mode: OpenMode): File {
    const at = normal(path);
    if (mode === 'create') return this.#create(at);
    return this.#step('open', at, () => {
      const node = this.#node(at);
      if (node === 'directory') throw systemError('EISDIR');
      return new SimulatedFile(at, node, mode === 'write', this.#stepper);
    });
  }

  list(directory: string): string[] {
    const at = normal(directory);
    return this.#step('list', at, () => {
      this.#expectDirectory(at);
      const names = [];
      for (const path of this.#seen.keys()) if (path !== '/' && posix.dirname(path) === at) names.push(posix.basename(path));
      return names.sort();
    });
  }

  makeDirectory(path: string): void {
    const at = normal(path);
    this.#step('makeDirectory', at, () => {
      this.#expectDirectory(posix.dirname(at));
      if (this.#seen.has(at)) throw systemError('EEXIST');
      this.#change({ kind: 'link', path: at, node: 'directory' });
    });
  }

  rename(from: string, to: string): void {
    const [source, target] = [normal(from), normal(to)];
    this.#step('rename', source, () => {
      const node = this.#node(source);
      this.#expectDirectory(posix.dirname(target));
      if (node === 'directory' || this.#seen.get(target) === 'directory') throw systemError('EISDIR');
      this.#change({ kind: 'rename', path: source, to: target, node });
    });
  }

  unlink(path: string): void {
    const at = normal(path);
    this.#step('unlink', at, () => {
      if (this.#node(at) === 'directory') throw systemError('EISDIR');
      this.#change({ kind: 'unlink', path: at });
    });
  }

  syncDirectory(path: string): void {
    const at = normal(path);
    const here = (change: EntryChange): boolean =>
      posix.dirname(change.path) === at || (change.kind === 'rename' && posix.dirname(change.to) === at);
    this.#step(
      'syncDirectory',
      at,
      () => {
        this.#expectDirectory(at);
        for (const change of this.#unsynced) if (here(change)) applyEntry(this.#durable, change);
        this.#unsynced = this.#unsynced.filter((change) => !here(change));
      },
      (fault) => {
        if (fault.syncReached === true) return;
        this.#unsynced = this.#unsynced.filter((change) => !here(change));
      },
    );
  }

  stat(path: string): FileStatus | undefined {
    const at = normal(path);
    return this.#step('stat', at, () => {
      const node = this.#seen.get(at);
      if (node === undefined) return undefined;
      return node === 'directory' ? { size: 0, directory: true } : { size: node.seen.size, directory: false };
    });
  }

  freeBytes(): number {
    return 2 ** 40;
  }

  async lock(directory: string): Promise<FolderLock> {
    const at = normal(directory);
    if (this.#locked.has(at)) throw databaseLocked(at, process.pid);
    this.#locked.add(at);
    return {
      release: async () => {
        this.#locked.delete(at);
      },
    };
  }

  /** For damage: the bytes of a file on the disk; changing them changes the file, durably. */
  damage(path: string, change: (bytes: Uint8Array) => void): void {
    const node = this.#node(normal(path));
    if (node === 'directory') throw systemError('EISDIR');
    change(node.durable.view());
    change(node.seen.view());
  }

  /** For damage: cuts a file, durably. */
  cut(path: string, size: number): void {
    const node = this.#node(normal(path));
    if (node === 'directory') throw systemError('EISDIR');
    node.seen.resize(size);
    node.durable.resize(size);
  }

  #create(path: string): File {
    return this.#step('create', path, () => {
      this.#expectDirectory(posix.dirname(path));
      if (this.#seen.has(path)) throw systemError('EEXIST');
      const node = new FileNode();
      this.#change({ kind: 'link', path, node });
      return new SimulatedFile(path, node, true, this.#stepper);
    });
  }

  #change(change: EntryChange): void {
    applyEntry(this.#seen, change);
    this.#unsynced.push(change);
  }

  #node(path: string): Node {
    const node = this.#seen.get(path);
    if (node === undefined) throw systemError('ENOENT');
    return node;
  }

  #expectDirectory(path: string): void {
    if (this.#node(path) !== 'directory') throw systemError('ENOTDIR');
  }

  readonly #stepper: Step = (kind, path, action, onFault) => this.#step(kind, path, action, onFault);

  /** Every operation passes here: counts it, lets the fault strike, does it, tells the observer. */
  #step<Result>(kind: OperationKind, path: string, action: () => Result, onFault?: (fault: Fault) => void): Result {
    this.operations++;
    const index = this.operations;
    let result: Result;
    try {
      const fault = this.#strikes(kind);
      if (fault !== undefined) {
        onFault?.(fault);
        throw systemError(fault.error);
      }
      result = action();
    } catch (error) {
      throw fromSystemError(kind, path, error);
    }
    this.observe?.({ index, kind, path });
    return result;
  }

  #strikes(kind: OperationKind): Fault | undefined {
    const armed = this.#fault;
    if (armed === undefined) return undefined;
    if (armed.fault.kinds !== undefined && !armed.fault.kinds.includes(kind)) return undefined;
    armed.counted++;
    const hit = armed.counted === armed.fault.at || (armed.counted > armed.fault.at && armed.fault.forever === true);
    if (!hit) return undefined;
    armed.spent = true;
    return armed.fault;
  }
}

type Step = <Result>(
  kind: OperationKind,
  path: string,
  action: () => Result,
  onFault?: (fault: Fault) => void,
) => Result;

class SimulatedFile implements File {
  readonly path: string;
  readonly #node: FileNode;
  readonly #writable: boolean;
  readonly #step: Step;
  #closed = false;

  constructor(path: string, node: FileNode, writable: boolean, step: Step) {
    this.path = path;
    this.#node = node;
    this.#writable = writable;
    this.#step = step;
  }

  read(into: Uint8Array, position: number): number {
    this.#expectOpen();
    return this.#step('read', this.path, () => this.#node.seen.read(into, position));
  }

  async readAsync(into: Uint8Array, position: number): Promise<number> {
    return this.read(into, position);
  }

  write(pieces: readonly Uint8Array[], position: number): void {
    this.#expectWritable();
    const bytes = joined(pieces);
    const put = (share: Uint8Array): void => {
      if (share.byteLength > 0) this.#node.change({ kind: 'write', position, bytes: share });
    };
    this.#step(
      'write',
      this.path,
      () => put(bytes),
      (fault) => put(bytes.subarray(0, Math.floor(bytes.byteLength * (fault.partial ?? 0)))),
    );
  }

  sync(): void {
    this.#expectOpen();
    this.#step(
      'sync',
      this.path,
      () => this.#node.sync(),
      (fault) => (fault.syncReached === true ? this.#node.sync() : this.#node.loseUnsynced()),
    );
  }

  truncate(size: number): void {
    this.#expectWritable();
    this.#step('truncate', this.path, () => this.#node.change({ kind: 'truncate', size }));
  }

  size(): number {
    this.#expectOpen();
    return this.#node.seen.size;
  }

  close(): void {
    this.#closed = true;
  }

  #expectWritable(): void {
    this.#expectOpen();
    if (!this.#writable) throw fromSystemError('write', this.path, systemError('EBADF'));
  }

  #expectOpen(): void {
    if (this.#closed) {
      throw new StorageError('Closed', `${this.path} was closed before; open it again.`, { path: this.path });
    }
  }
}

/** The entries whose folders survived too, each file with the content found for it. */
function reachable(entries: Entries, found: (node: FileNode) => FileNode): Entries {
  const kept: Entries = new Map([['/', 'directory']]);
  for (const path of [...entries.keys()].sort()) {
    const node = entries.get(path);
    if (node === undefined || path === '/' || kept.get(posix.dirname(path)) !== 'directory') continue;
    kept.set(path, node === 'directory' ? node : found(node));
  }
  return kept;
}

function applyEntry(entries: Entries, change: EntryChange): void {
  if (change.kind === 'link') {
    entries.set(change.path, change.node);
  } else if (change.kind === 'unlink') {
    entries.delete(change.path);
  } else {
    // The name it had before may differ here, when an earlier rename did not survive.
    for (const [path, node] of entries) if (node === change.node) entries.delete(path);
    entries.set(change.to, change.node);
  }
}

function normal(path: string): string {
  return posix.resolve('/', path);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
