// Which thread runs a trigger, and how far it has come: one note of the database for each name of a trigger.
//
//   note := name trigger/<table>/<name> . session . owner . challenger . checkpoint
//
// The owner alone moves the checkpoint. It has the note for as long as it lives, without writing: who wants it writes itself
// in as challenger, the owner strikes that out when it next looks, and a challenge that stands for too long means that the
// owner has died. An owner of another session (the database was opened anew since) is dead for sure.

import { systemClock } from '../clock.js';
import type { Store } from '../engine/store.js';
import type { Item } from '../table/item-types.js';

/** How often an owner looks for a challenge, and how long one may stand. */
export const LEASE_LOOK_MS = 3_000;
const DEAD_MS = 12_000;

interface Note {
  readonly session: string;
  readonly owner: string;
  readonly challenger: string;
  readonly checkpoint: string;
}

/** Another thread has the trigger now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export class TriggerLease {
  readonly #store: Store;
  readonly #key: { readonly name: string };
  readonly #me: string;
  #challengedAtMs = 0;

  /** `me` is no other thread's and no other subscription's. */
  constructor(store: Store, table: string, trigger: string, me: string) {
    this.#store = store;
    this.#key = { name: `trigger/${table}/${trigger}` };
    this.#me = me;
  }

  /** Takes the trigger if nobody has it: gives its checkpoint, `first` if it never ran. Undefined: another thread has it. */
  async claim(first: () => string): Promise<string | undefined> {
    const { session } = this.#store.hidden;
    let taken: string | undefined;
    await this.#change((note) => {
      taken = undefined;
      if (note === undefined || this.#isFree(note)) {
        taken = note?.checkpoint ?? first();
        return { session, owner: this.#me, challenger: '', checkpoint: taken };
      }
      if (note.challenger !== '') return undefined;
      this.#challengedAtMs = systemClock.monotonicMs();
      return { ...note, challenger: this.#me };
    });
    return taken;
  }

  #isFree({ session, owner, challenger }: Note): boolean {
    if (session !== this.#store.hidden.session || owner === '' || owner === this.#me) return true;
    return challenger === this.#me && systemClock.monotonicMs() - this.#challengedAtMs > DEAD_MS;
  }

  /** Says that this thread lives, if somebody asks. */
  async answer(): Promise<void> {
    const note = await this.#store.get(this.#store.hidden.notes, this.#key, false);
    if (note === undefined || note.owner !== this.#me || note.challenger === '') return;
    await this.#change((now) => (now?.owner === this.#me ? { ...now, challenger: '' } : undefined));
  }

  /** Moves the checkpoint, durably. Throws LeaseLost if another thread has the trigger. */
  async advance(checkpoint: string): Promise<void> {
    let mine = false;
    await this.#change((note) => {
      mine = note?.owner === this.#me;
      return mine && note !== undefined ? { ...note, challenger: '', checkpoint } : undefined;
    });
    if (!mine) throw new LeaseLost();
  }

  release(): Promise<void> {
    return this.#change((note) =>
      note?.owner === this.#me ? { ...note, owner: '', challenger: '' } : undefined,
    );
  }

  async #change(change: (note: Note | undefined) => Note | undefined): Promise<void> {
    await this.#store.write({
      table: this.#store.hidden.notes,
      key: this.#key,
      decide: (old) => {
        const next = change(old === undefined ? undefined : (old.decode() as unknown as Note));
        return next === undefined
          ? { kind: 'keep' }
          : { kind: 'put', item: { ...(next as unknown as Item), ...this.#key } };
      },
    });
  }
}
