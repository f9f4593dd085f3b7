/**
 * Content of one simulated file: what programs see (`seen`), what the disk has for certain
 * (`durable`), and the changes in between in the order they were made.
 *
 * Invariant: durable with all unsynced changes applied is `seen`, unless a sync failed and lost
 * changes.
 */

export type Change =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

/** The smallest piece a disk writes whole. */
export const SECTOR_BYTES = 512;

export class Content {
  #bytes: Uint8Array = new Uint8Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') this.resize(change.size);
    else this.write(change.position, change.bytes);
  }

  write(position: number, bytes: Uint8Array): void {
    if (position + bytes.byteLength > this.#size) this.resize(position + bytes.byteLength);
    this.#bytes.set(bytes, position);
  }

  /** Growing shows zeros, also where bytes were cut off before. */
  resize(size: number): void {
    if (size > this.#bytes.byteLength) {
      const grown = new Uint8Array(Math.max(size, this.#bytes.byteLength * 2));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    } else if (size < this.#size) {
      this.#bytes.fill(0, size, this.#size);
    }
    this.#size = size;
  }

  read(into: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(into.byteLength, this.#size - position));
    into.set(this.#bytes.subarray(position, position + count));
    return count;
  }

  /** The bytes themselves: changing them changes the file. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  copy(): Content {
    const copy = new Content();
    copy.#bytes = this.view().slice();
    copy.#size = this.#size;
    return copy;
  }
}

export class FileNode {
  seen = new Content();
  durable = new Content();
  unsynced: Change[] = [];

  change(change: Change): void {
    this.seen.apply(change);
    this.unsynced.push(change);
  }

  sync(): void {
    for (const change of this.unsynced) this.durable.apply(change);
    this.unsynced = [];
  }

  /**
   * What a failed fsync does on Linux: the pages count as clean, so nothing will ever write them
   * again.
   */
  loseUnsynced(): void {
    this.unsynced = [];
  }

  copy(): FileNode {
    const copy = new FileNode();
    copy.seen = this.seen.copy();
    copy.durable = this.durable.copy();
    copy.unsynced = this.unsynced.slice();
    return copy;
  }
}

export interface CrashOptions {
  /** Probability that an unsynced change reached the disk. */
  readonly keep: number;
  /**
   * true: each change (and with `tear` each sector) on its own; false: those before a random point
   * in time.
   */
  readonly reorder?: boolean;
  /** Whether a change may have reached the disk in part, and in what grain. */
  readonly tear?: 'none' | 'sector' | 'byte';
}

/** What the disk holds of a file after the power went. */
export function crashedContent(
  node: FileNode,
  random: () => number,
  options: CrashOptions,
): Content {
  const content = node.durable.copy();
  for (const change of survivors(node.unsynced, random, options)) content.apply(change);
  return content;
}

/** Which changes of a list reached the disk, and what of them. */
export function survivors(
  changes: readonly Change[],
  random: () => number,
  options: CrashOptions,
): Change[] {
  const tear = options.tear ?? 'none';
  const kept: Change[] = [];
  for (const change of changes) {
    if (random() < options.keep) {
      kept.push(change);
      continue;
    }
    if (tear !== 'none' && options.keep > 0 && change.kind === 'write')
      kept.push(...torn(change, random, options));
    if (options.reorder !== true) break;
  }
  return kept;
}

function torn(
  write: Change & { kind: 'write' },
  random: () => number,
  options: CrashOptions,
): Change[] {
  const { position, bytes } = write;
  if (options.tear === 'byte') {
    const cut = Math.floor(random() * (bytes.byteLength + 1));
    const head = { kind: 'write', position, bytes: bytes.subarray(0, cut) } as const;
    const tail = { kind: 'write', position: position + cut, bytes: bytes.subarray(cut) } as const;
    return [options.reorder === true && random() < 0.5 ? tail : head];
  }
  const pieces: Change[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    const end = Math.min(bytes.byteLength, at + SECTOR_BYTES - ((position + at) % SECTOR_BYTES));
    if (random() < options.keep)
      pieces.push({ kind: 'write', position: position + at, bytes: bytes.subarray(at, end) });
    else if (options.reorder !== true) break;
    at = end;
  }
  return pieces;
}
