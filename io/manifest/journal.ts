/**
 * The manifest: an append-only journal of opaque records, and CURRENT, which names the live
 * journal.
 *
 * Invariants:
 * - `append` returns only after the record is durable. A failed append is final: `failure` is set,
 *   reopen.
 * - `rewrite` makes a new journal whole and durable before CURRENT names it. Until the swap a
 *   failure (disk full) changes nothing; from the swap on it is final, because either journal may
 *   be found later (and both say the same).
 * - A torn last record is cut off only if nothing whole follows it and no seal promises it;
 *   otherwise Corruption.
 * - One writer: the holder of the folder lock. `readJournal` may be called by anybody at any time.
 */
import { join } from 'node:path';
import {
  ensureDirectory,
  removeIfPresent,
  swapTemporary,
  temporaryName,
  writeTemporary,
} from '../disk/atomic-file.js';
import type { Crc32c } from '../disk/bytes.js';
import type { File, FileSystem } from '../disk/file-system.js';
import { StorageError, engineFailure } from '../errors.js';
import { inspectFolder } from './folder.js';
import {
  CURRENT_NAME,
  PAYLOAD_BYTES_MAX,
  encodeCurrent,
  encodeJournalHeader,
  encodeRecord,
  encodeSeal,
  journalName,
  parseJournalName,
} from './format.js';
import { scanJournal } from './journal-scan.js';
import type { JournalScan } from './journal-scan.js';

export interface JournalOptions {
  readonly fileSystem: FileSystem;
  /** The database folder. */
  readonly directory: string;
  readonly crc32c: Crc32c;
  /** `wantsRewrite` from this size on (and at least twice the last snapshot). */
  readonly rewriteBytes?: number;
}

export interface OpenJournalOptions extends JournalOptions {
  /** Records of a new database. */
  readonly initial: () => readonly Uint8Array[];
  /**
   * Called for each record in order, also those of `initial`. The payload is valid during the call
   * only.
   */
  readonly onRecord: (payload: Uint8Array, sequence: number) => void;
}

const REWRITE_BYTES = 2 ** 20;

export class Journal {
  /** Whether this open created the database. */
  readonly created: boolean;
  /** Bytes of a torn last record that were cut off at open. */
  readonly tornBytes: number;
  readonly #options: JournalOptions;
  #file: File;
  #number: number;
  #position: number;
  #sequence: number;
  #snapshotBytes: number;
  #failure: StorageError | undefined;

  private constructor(
    options: JournalOptions,
    state: LiveJournal,
    found: { created: boolean; tornBytes: number },
  ) {
    this.#options = options;
    this.created = found.created;
    this.tornBytes = found.tornBytes;
    this.#file = state.file;
    this.#number = state.number;
    this.#position = state.position;
    this.#sequence = state.sequence;
    this.#snapshotBytes = found.created ? state.position : 0;
  }

  /**
   * Opens the manifest of a database, or creates it in an empty or missing folder. The folder lock
   * is held.
   */
  static open(options: OpenJournalOptions): Journal {
    const { fileSystem, directory, crc32c } = options;
    const number = inspectFolder(fileSystem, directory, crc32c);
    if (number === undefined) return Journal.#create(options);
    syncBeforeReading(options, number);
    const scan = readLive(options, number);
    const file = fileSystem.open(join(directory, journalName(number)), 'write');
    try {
      if (file.size() > scan.end) {
        file.truncate(scan.end);
        file.sync();
      }
      removeLeftovers(options, number);
    } catch (error) {
      file.close();
      throw error;
    }
    const state = { file, number, position: scan.end, sequence: scan.lastSequence };
    const journal = new Journal(options, state, { created: false, tornBytes: scan.tornBytes });
    journal.#seal();
    for (const { payload, sequence } of scan.records) options.onRecord(payload, sequence);
    return journal;
  }

  static #create(options: OpenJournalOptions): Journal {
    const { fileSystem, directory, crc32c } = options;
    ensureDirectory(fileSystem, directory);
    removeLeftovers(options, 0);
    const payloads = options.initial();
    const state = writeJournal(options, 1, 0, payloads);
    try {
      writeTemporary(fileSystem, directory, CURRENT_NAME, encodeCurrent(1, crc32c));
      swapTemporary(fileSystem, directory, CURRENT_NAME);
    } catch (error) {
      state.file.close();
      throw error;
    }
    payloads.forEach((payload, index) => options.onRecord(payload, index + 1));
    return new Journal(options, state, { created: true, tornBytes: 0 });
  }

  /** Sequence of the last record. */
  get lastSequence(): number {
    return this.#sequence;
  }

  /** The live journal's file. */
  get path(): string {
    return this.#file.path;
  }

  /** Set once an append or a swap failed; every later change throws it. */
  get failure(): StorageError | undefined {
    return this.#failure;
  }

  /** Whether it has grown so much that a snapshot should replace it. */
  get wantsRewrite(): boolean {
    return (
      this.#position >=
      Math.max(this.#options.rewriteBytes ?? REWRITE_BYTES, this.#snapshotBytes * 2)
    );
  }

  /** Returns the record's sequence once it is durable. */
  append(payload: Uint8Array): number {
    this.#expectUsable();
    expectPayload(payload, this.path);
    const sequence = this.#sequence + 1;
    const record = encodeRecord(this.#number, sequence, payload, this.#options.crc32c);
    try {
      this.#file.write([record], this.#position);
      this.#file.sync();
    } catch (error) {
      throw this.#fail('The manifest could not be written', error);
    }
    this.#position += record.byteLength;
    this.#sequence = sequence;
    this.#seal();
    return sequence;
  }

  /** Replaces all records by these, durably. */
  rewrite(payloads: readonly Uint8Array[]): void {
    this.#expectUsable();
    const { fileSystem, directory, crc32c } = this.#options;
    const old = this.#file;
    const state = writeJournal(this.#options, this.#number + 1, this.#sequence, payloads);
    try {
      writeTemporary(fileSystem, directory, CURRENT_NAME, encodeCurrent(state.number, crc32c));
    } catch (error) {
      discard(fileSystem, state.file);
      throw error;
    }
    try {
      swapTemporary(fileSystem, directory, CURRENT_NAME);
    } catch (error) {
      state.file.close();
      throw this.#fail('The manifest could not be replaced', error);
    }
    this.#file = state.file;
    this.#number = state.number;
    this.#position = state.position;
    this.#sequence = state.sequence;
    this.#snapshotBytes = state.position;
    old.close();
    // What is left of the old one after a failure here is removed at the next open.
    discard(fileSystem, old);
    this.#seal();
  }

  /** Makes the last seal durable and closes the file. After a failure it only closes. */
  close(): void {
    try {
      if (this.#failure === undefined) this.#file.sync();
    } finally {
      this.#failure ??= new StorageError('Closed', 'The manifest is closed.', { path: this.path });
      this.#file.close();
    }
  }

  /**
   * Promises the last record, without waiting for the disk. The record counts even if this fails;
   * the next does not.
   */
  #seal(): void {
    try {
      this.#file.write(
        [encodeSeal(this.#number, this.#sequence, this.#options.crc32c)],
        this.#position,
      );
    } catch (error) {
      this.#fail('The manifest could not be sealed', error);
    }
  }

  #fail(what: string, cause: unknown): StorageError {
    this.#failure = engineFailure(what, this.path, cause);
    return this.#failure;
  }

  #expectUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/**
 * The records as they are on the disk now, changing nothing: for the fence, which asks who owns the
 * folder, and for tools. The owner may append or rewrite meanwhile. undefined when there is no
 * database.
 */
export function readJournal(options: JournalOptions): JournalScan | undefined {
  const { fileSystem, directory, crc32c } = options;
  for (;;) {
    const number = inspectFolder(fileSystem, directory, crc32c);
    if (number === undefined) return undefined;
    try {
      return readLive(options, number);
    } catch (error) {
      // A rewrite may have removed the journal under our hands: then CURRENT names another by now.
      if (inspectFolder(fileSystem, directory, crc32c) === number) throw error;
    }
  }
}

interface LiveJournal {
  readonly file: File;
  readonly number: number;
  readonly position: number;
  readonly sequence: number;
}

function readLive({ fileSystem, directory, crc32c }: JournalOptions, number: number): JournalScan {
  return scanJournal(fileSystem, join(directory, journalName(number)), number, crc32c);
}

function syncBeforeReading({ fileSystem, directory }: JournalOptions, number: number): void {
  for (const name of [CURRENT_NAME, journalName(number)]) {
    const path = join(directory, name);
    if (fileSystem.stat(path) === undefined) continue;
    const file = fileSystem.open(path, 'write');
    try {
      file.sync();
    } finally {
      file.close();
    }
  }
  fileSystem.syncDirectory(directory);
}

/** A new journal, whole and durable, its name too. On a failure there is none. */
function writeJournal(
  options: JournalOptions,
  number: number,
  after: number,
  payloads: readonly Uint8Array[],
): LiveJournal {
  const { fileSystem, directory, crc32c } = options;
  const path = join(directory, journalName(number));
  const pieces = [encodeJournalHeader(number, crc32c)];
  let sequence = after;
  for (const payload of payloads) {
    expectPayload(payload, path);
    sequence++;
    pieces.push(encodeRecord(number, sequence, payload, crc32c));
  }
  pieces.push(encodeSeal(number, sequence, crc32c));
  // Left by an attempt that failed and could not even be removed then.
  removeIfPresent(fileSystem, path);
  const file = fileSystem.open(path, 'create');
  try {
    file.write(pieces, 0);
    file.sync();
    fileSystem.syncDirectory(directory);
  } catch (error) {
    discard(fileSystem, file);
    throw error;
  }
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  return { file, number, position: bytes - pieces[pieces.length - 1].byteLength, sequence };
}

/** Journals that CURRENT does not name, and temporaries. */
function removeLeftovers({ fileSystem, directory }: JournalOptions, liveNumber: number): void {
  for (const name of fileSystem.list(directory)) {
    const number = parseJournalName(name);
    const leftover =
      name === temporaryName(CURRENT_NAME) || (number !== undefined && number !== liveNumber);
    if (leftover) fileSystem.unlink(join(directory, name));
  }
}

/**
 * Never hides the failure that led here: a file that cannot be removed is a leftover for the next
 * open.
 */
function discard(fileSystem: FileSystem, file: File): boolean {
  try {
    file.close();
    return removeIfPresent(fileSystem, file.path);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return false;
  }
}

function expectPayload(payload: Uint8Array, path: string): void {
  if (payload.byteLength <= PAYLOAD_BYTES_MAX) return;
  throw new RangeError(
    `A manifest record of ${payload.byteLength} bytes; at most ${PAYLOAD_BYTES_MAX} (${path}).`,
  );
}
