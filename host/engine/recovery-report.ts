/** What an open found in the log: for `db.stats()` and for people. */
export interface RecoveryReport {
  readonly created: boolean;
  /** The last process closed the database. */
  readonly clean: boolean;
  /** Log records read, flushed ones included. */
  readonly records: number;
  /** Transactions over shards that were decided, and finished by this open. */
  readonly decisions: number;
  /** Number of the last group. */
  readonly groups: number;
  /** Bytes of a group that was never acknowledged and has been cut off. */
  readonly tornBytes: number;
  readonly tornPath?: string;
}
