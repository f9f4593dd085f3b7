// Control memory: the few words through which the threads of one database talk to each other.
//
//   word 0   EPOCH            raised by the log turn before it reads the rings (DESIGN R1)
//   word 1   DURABLE_SIGNAL   counts publications of durability; writers wait on it
//   word 2   PROGRESS_SIGNAL  counts log groups, installed flushes, compactions and failures; stalled writers wait on it
//   word 3   FAILED           0, or the FailureCode that closed the database
//   word 4   CATALOG_EPOCH    raised after a schema change is durable and in every shard header (R8)
//   word 5   NEXT_FILE        next file id of a table
//   word 6   STATE            OPENING, OPEN, CLOSING, CLOSED
//   word 7   STREAM_WAITERS   readers of streams that wait; a writer without a log wakes them
//   word 8   SLOTS_LOW        thread slots in use, bits 0-31
//   word 9   SLOTS_HIGH       thread slots in use, bits 32-63
//   word 10  STALLS           writes that had to wait for memory or log space
//   word 11  STALL_MS         milliseconds they waited, summed
//   word 12  STORAGE_FULL     bits FULL_TABLES, FULL_LOG: the disk is full, writes are refused until there is room
//   word 13  LOG_RETIRE_FAILED  an old log segment could not be removed
//   word 14  UPKEEP_OWNER     0, or slot + 1 of the thread that looks after expiry and retention
//   word 15  UPKEEP_BEAT      counts its signs of life
//   word 16+ one block of 8 words a shard: REQUEST bits, OWNER of the running job (slot + 1), ...
//   behind   texts: the failure, the damage; then what transactions are under way (engine/open-transactions.ts)
//
// The process has one more such memory, shared by all its databases: DOORBELL, SLEEPING, WORK.
// Any thread may read any word; every word is written with Atomics.

export const CONTROL = {
  EPOCH: 0,
  DURABLE_SIGNAL: 1,
  PROGRESS_SIGNAL: 2,
  FAILED: 3,
  CATALOG_EPOCH: 4,
  NEXT_FILE: 5,
  STATE: 6,
  STREAM_WAITERS: 7,
  SLOTS_LOW: 8,
  SLOTS_HIGH: 9,
  STALLS: 10,
  STALL_MS: 11,
  STORAGE_FULL: 12,
  LOG_RETIRE_FAILED: 13,
  UPKEEP_OWNER: 14,
  UPKEEP_BEAT: 15,
} as const;

//   at the end, 512 bytes each, UTF-8: the reason of a failure; the damage that a compaction met first
const SHARDS_AT = 16;
const SHARD_WORDS = 8;
const SHARDS_MAX = 64;
const REASON_AT = (SHARDS_AT + SHARDS_MAX * SHARD_WORDS) * 4;
const REASON_BYTES = 512;
const DAMAGE_AT = REASON_AT + REASON_BYTES;
const TRANSACTIONS_AT = DAMAGE_AT + REASON_BYTES;
const TRANSACTION_WORDS = 2 + 2 * 64;

export const REQUEST_FLUSH = 1;
export const REQUEST_COMPACT = 2;
/** Merge everything down to one level. */
export const REQUEST_COMPACT_FULL = 4;
/** Touch memory that will be needed soon. */
export const REQUEST_WARM = 16;
/** No request, a mark that stays: a compaction of the shard has met damage. */
const DAMAGED = 8;

/** Kinds of jobs, of which one at a time runs on a shard. */
export const FLUSH_JOB = 0;
export const COMPACTION_JOB = 1;

export const FULL_TABLES = 1;
export const FULL_LOG = 2;

export const STATE = { OPENING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

/** Why a database failed closed. */
export const FAILURE = {
  NONE: 0,
  LOG: 1, // a write or fdatasync of the log or the manifest failed
  CORE: 2, // a trap or failed assertion in the core, or a latch nobody gives back
  THREAD: 3, // a thread of the engine ended while it had work
  FENCED: 4, // another process owns the folder now
  BACKGROUND: 5, // a flush or compaction failed
} as const;

export class Control {
  readonly words: Int32Array;
  readonly buffer: SharedArrayBuffer;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
  }

  static create(): Control {
    return new Control(new SharedArrayBuffer(TRANSACTIONS_AT + TRANSACTION_WORDS * 4));
  }

  /** The words of transactions: engine/open-transactions.ts says what they mean. */
  get transactions(): Int32Array {
    return new Int32Array(this.buffer, TRANSACTIONS_AT, TRANSACTION_WORDS);
  }

  load(word: number): number {
    return Atomics.load(this.words, word);
  }

  store(word: number, value: number): void {
    Atomics.store(this.words, word, value);
  }

  /** Adds and returns the value before. */
  add(word: number, value: number): number {
    return Atomics.add(this.words, word, value);
  }

  /** Sets or clears bits of a word. */
  mark(word: number, bits: number, on: boolean): void {
    if (on) Atomics.or(this.words, word, bits);
    else Atomics.and(this.words, word, ~bits);
  }

  /** Counts up a signal word and wakes everybody who waits on it. */
  signal(word: number): void {
    Atomics.add(this.words, word, 1);
    Atomics.notify(this.words, word);
  }

  /** Fails closed because of an error, whose text is kept for the callers of other threads. */
  failWith(code: number, error: Error): void {
    if (Atomics.load(this.words, CONTROL.FAILED) === FAILURE.NONE)
      this.#write(REASON_AT, `${error.name}: ${error.message}`);
    this.fail(code);
  }

  /** What the failure was, if it came from an error. */
  reason(): string {
    return this.#read(REASON_AT);
  }

  /** Notes what a compaction of a shard cannot read. Reads and other compactions go on (RELIABILITY row 3). */
  noteDamage(shard: number, { path, offset }: { path: string; offset: number }): void {
    if (this.#read(DAMAGE_AT) === '') this.#write(DAMAGE_AT, `${offset} ${path}`);
    this.request(shard, DAMAGED);
  }

  isDamaged(shard: number): boolean {
    return (this.requested(shard) & DAMAGED) !== 0;
  }

  /** The damage noted first, in any shard. */
  damage(): { path: string; offset: number } | undefined {
    const text = this.#read(DAMAGE_AT);
    const space = text.indexOf(' ');
    if (space < 0) return undefined;
    return { path: text.slice(space + 1), offset: Number(text.slice(0, space)) };
  }

  #write(at: number, text: string): void {
    const bytes = new TextEncoder().encode(text).subarray(0, REASON_BYTES);
    new Uint8Array(this.buffer, at, REASON_BYTES).fill(0).set(bytes);
  }

  #read(at: number): string {
    const bytes = new Uint8Array(this.buffer, at, REASON_BYTES).slice();
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end));
  }

  /** The first failure wins; everybody who waits is woken to see it. */
  fail(code: number): void {
    Atomics.compareExchange(this.words, CONTROL.FAILED, FAILURE.NONE, code);
    this.signal(CONTROL.DURABLE_SIGNAL);
    this.signal(CONTROL.PROGRESS_SIGNAL);
  }

  get failed(): boolean {
    return Atomics.load(this.words, CONTROL.FAILED) !== FAILURE.NONE;
  }

  /** Asks for background work on a shard. Returns true if it was not asked for already. */
  request(shard: number, bits: number): boolean {
    const word = SHARDS_AT + shard * SHARD_WORDS;
    return (Atomics.or(this.words, word, bits) & bits) !== bits;
  }

  requested(shard: number): number {
    return Atomics.load(this.words, SHARDS_AT + shard * SHARD_WORDS);
  }

  /** Clears the bits; returns which bits were set before. */
  takeRequest(shard: number, bits: number): number {
    return Atomics.and(this.words, SHARDS_AT + shard * SHARD_WORDS, ~bits);
  }

  /** One job of a kind at a time runs on a shard. `kind` 0: flush, 1: compaction. */
  claimJob(shard: number, kind: number, slot: number): boolean {
    const word = SHARDS_AT + shard * SHARD_WORDS + 1 + kind;
    return Atomics.compareExchange(this.words, word, 0, slot + 1) === 0;
  }

  releaseJob(shard: number, kind: number): void {
    Atomics.store(this.words, SHARDS_AT + shard * SHARD_WORDS + 1 + kind, 0);
  }

  /** Slot of the thread that runs the job, or -1. */
  jobOwner(shard: number, kind: number): number {
    return Atomics.load(this.words, SHARDS_AT + shard * SHARD_WORDS + 1 + kind) - 1;
  }

  /** Takes the lowest free thread slot, or -1 when all 64 are taken. */
  claimSlot(): number {
    for (let slot = 0; slot < 64; slot++) {
      const word = slot < 32 ? CONTROL.SLOTS_LOW : CONTROL.SLOTS_HIGH;
      const bit = 1 << (slot & 31);
      if ((Atomics.or(this.words, word, bit) & bit) === 0) return slot;
    }
    return -1;
  }

  releaseSlot(slot: number): void {
    const word = slot < 32 ? CONTROL.SLOTS_LOW : CONTROL.SLOTS_HIGH;
    Atomics.and(this.words, word, ~(1 << (slot & 31)));
  }
}

/** So soon after its last work a busy log thread looks for more before it sleeps. */
const SPIN_MS = 0.12;
const RUNG = 0;
const SLEEPING = 1;
const WORK = 2;

/** The process-wide words: the log thread's doorbell and the pool's. */
export class Doorbell {
  readonly words: Int32Array;
  readonly buffer: SharedArrayBuffer;
  /** The last rest was a short one. */
  #busy = false;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
  }

  static create(): Doorbell {
    return new Doorbell(new SharedArrayBuffer(64));
  }

  /** Tells the log thread that a ring has records. A futex call only if it sleeps. */
  ring(): void {
    Atomics.store(this.words, RUNG, 1);
    if (Atomics.load(this.words, SLEEPING) === 1) Atomics.notify(this.words, RUNG);
  }

  /**
   * Log thread: rests until rung or `timeoutMs` passed; true if rung. After a short rest it first looks for a moment
   * without sleeping: a writer that awaits each write rings again sooner than a wake-up takes.
   */
  sleep(timeoutMs: number): boolean {
    const start = performance.now();
    let now = start;
    for (const end = this.#busy ? start + SPIN_MS : start; now < end; now = performance.now()) {
      if (Atomics.load(this.words, RUNG) !== 0) break;
    }
    if (Atomics.load(this.words, RUNG) === 0) {
      Atomics.store(this.words, SLEEPING, 1);
      Atomics.wait(this.words, RUNG, 0, timeoutMs);
      Atomics.store(this.words, SLEEPING, 0);
      now = performance.now();
    }
    this.#busy = now - start < 2 * SPIN_MS;
    return Atomics.exchange(this.words, RUNG, 0) !== 0;
  }

  /** Counts the calls of `work`: a loop waits for a change. */
  workSeen(): number {
    return Atomics.load(this.words, WORK);
  }

  /** Tells the pool that some shard has work. */
  work(): void {
    Atomics.add(this.words, WORK, 1);
    Atomics.notify(this.words, WORK);
  }
}
