// The manifest on disk: its state in memory, edits appended to the journal, a snapshot when the journal has grown.
//
// Every open writes an owner record with a random id; segment names of the log carry it, and the log asks at each
// rotation whether it is still the last one: the fence of DESIGN R9.

import type { Crc32c, Id64 } from '../../io/disk/bytes.js';
import { idText } from '../../io/disk/bytes.js';
import type { FileSystem } from '../../io/disk/file-system.js';
import { StorageError } from '../../io/errors.js';
import { Journal, readJournal } from '../../io/manifest/journal.js';
import {
  applyEdit,
  decodeEdit,
  encodeEdit,
  type Edit,
  type Identity,
  type ManifestState,
} from './manifest.js';

export interface ManifestPlace {
  readonly fileSystem: FileSystem;
  readonly folder: string;
  readonly crc32c: Crc32c;
}

/** What the manifest says now; anybody may look, nothing is changed. Undefined where there is none. */
export function readManifest({
  fileSystem,
  folder,
  crc32c,
}: ManifestPlace): ManifestState | undefined {
  let state: ManifestState | undefined;
  const found = readJournal({ fileSystem, directory: folder, crc32c });
  for (const { payload } of found?.records ?? []) {
    state = applyEdit(state, decodeEdit(payload.slice()));
  }
  return state;
}

export class ManifestStore {
  readonly state: ManifestState;
  readonly owner: Id64;
  readonly created: boolean;
  readonly #place: ManifestPlace;
  readonly #journal: Journal;

  /** Opens the manifest, or makes a new database with `identity`. The folder lock is held. */
  static open(place: ManifestPlace, identity: () => Identity, owner: Id64): ManifestStore {
    let state: ManifestState | undefined;
    const journal = Journal.open({
      fileSystem: place.fileSystem,
      directory: place.folder,
      crc32c: place.crc32c,
      initial: () => [encodeEdit({ kind: 'create', identity: identity() })],
      onRecord: (payload) => {
        state = applyEdit(state, decodeEdit(payload.slice()));
      },
    });
    if (state === undefined) {
      throw new StorageError('Corruption', `The manifest of ${place.folder} is empty.`, {
        path: journal.path,
      });
    }
    const store = new ManifestStore(place, journal, state, owner);
    store.append({ kind: 'owner', owner: idText(owner) });
    return store;
  }

  private constructor(place: ManifestPlace, journal: Journal, state: ManifestState, owner: Id64) {
    this.#place = place;
    this.#journal = journal;
    this.state = state;
    this.owner = owner;
    this.created = journal.created;
  }

  /** Durable when it returns; then the state has it too. */
  append(edit: Edit): void {
    this.#journal.append(encodeEdit(edit));
    applyEdit(this.state, edit);
    if (this.#journal.wantsRewrite) this.#rewrite();
  }

  /** Throws when another process has opened the folder since. */
  checkOwner(): void {
    const { folder } = this.#place;
    const owner = readManifest(this.#place)?.owner;
    if (owner !== idText(this.owner)) {
      throw new StorageError(
        'EngineFailure',
        `Another process has taken over ${folder}: it is open there now.`,
        {
          path: folder,
        },
      );
    }
  }

  close(): void {
    this.#journal.close();
  }

  /** A snapshot is a comfort: when the disk is full, the journal simply goes on. */
  #rewrite(): void {
    try {
      this.#journal.rewrite([encodeEdit({ kind: 'snapshot', state: this.state })]);
    } catch (error) {
      const postponed = error instanceof StorageError && error.code === 'StorageFull';
      if (!postponed || this.#journal.failure !== undefined) throw error;
    }
  }
}
