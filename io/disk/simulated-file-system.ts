/**
 * A file system in memory that fails on request and loses power.
 *
 * It is stricter than real ones: a name is durable only after syncDirectory of its folder, content
 * only after File.sync, and the two are independent. A failed sync loses what it should have
 * written and the next one succeeds. All chance comes from the `random` that is passed in, so a run
 * repeats exactly.
 *
 * Use: run a workload; after each operation `observe` may call `crash` to get the disk as it would
 * be found after a power cut at that moment. The workload goes on, so one run gives the images of
 * all its moments.
 */
import { posix } from 'node:path';
import { databaseLocked } from '../errors.js';
import type { File, FileStatus, FileSystem, FolderLock, OpenMode } from './file-system.js';
import { FileNode, crashedContent } from './simulated-file.js';
import type { CrashOptions } from './simulated-file.js';

import { SimulatedFile } from './simulated-handle.js';
import { SimulatedOperations, systemError } from './simulated-operations.js';
import type { Fault, Operation, OperationKind } from './simulated-operations.js';

type EntryChange =
  | { readonly kind: 'link'; readonly path: string; readonly node: Node }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string; readonly node: Node };

type Node = FileNode | 'directory';
type Entries = Map<string, Node>;

export class SimulatedFileSystem implements FileSystem {
  #seen: Entries;
  #durable: Entries;
  #unsynced: EntryChange[] = [];
  readonly #operations = new SimulatedOperations();
  readonly #locked = new Set<string>();

  constructor() {
    this.#seen = new Map([['/', 'directory']]);
    this.#durable = new Map(this.#seen);
  }

  /** Operations so far. */
  get operations(): number {
    return this.#operations.count;
  }

  /** Called after each operation that succeeded. */
  set observe(observer: ((operation: Operation) => void) | undefined) {
    this.#operations.observer = observer;
  }

  /** Replaces the fault injected before; undefined removes it. */
  inject(fault: Fault | undefined): void {
    this.#operations.inject(fault);
  }

  /** Whether the injected fault has struck. */
  get faultStruck(): boolean {
    return this.#operations.faultStruck;
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
      return new SimulatedFile(at, node, mode === 'write', this.#operations);
    });
  }

  list(directory: string): string[] {
    const at = normal(directory);
    return this.#step('list', at, () => {
      this.#expectDirectory(at);
      const names = [];
      for (const path of this.#seen.keys())
        if (path !== '/' && posix.dirname(path) === at) names.push(posix.basename(path));
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
      if (node === 'directory' || this.#seen.get(target) === 'directory')
        throw systemError('EISDIR');
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
      posix.dirname(change.path) === at ||
      (change.kind === 'rename' && posix.dirname(change.to) === at);
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
      return node === 'directory'
        ? { size: 0, directory: true }
        : { size: node.seen.size, directory: false };
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
      return new SimulatedFile(path, node, true, this.#operations);
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

  #step<Result>(
    kind: OperationKind,
    path: string,
    action: () => Result,
    onFault?: (fault: Fault) => void,
  ): Result {
    return this.#operations.step(kind, path, action, onFault);
  }
}

/** The entries whose folders survived too, each file with the content found for it. */
function reachable(entries: Entries, found: (node: FileNode) => FileNode): Entries {
  const kept: Entries = new Map([['/', 'directory']]);
  for (const path of [...entries.keys()].sort()) {
    const node = entries.get(path);
    if (node === undefined || path === '/' || kept.get(posix.dirname(path)) !== 'directory')
      continue;
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
