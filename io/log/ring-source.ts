/**
 * What the log asks of a shard's ring. The host implements it over linear memory; tests over
 * arrays.
 *
 * Invariants an implementation keeps:
 * - `take` is a look, not a removal: until `done` the bytes stay where they are, unchanged, and a
 *   second `take` gives at least the same records again (a turn that could not be written is simply
 *   tried later).
 * - It gives the longest prefix of whole records whose epochs are below the limit, never past one
 *   that is not (R1).
 */
export interface RingSource {
  readonly shard: number;
  /** Up to two pieces (the ring wraps), none when nothing is ready. */
  take(epochLimit: number): readonly Uint8Array[];
  /**
   * The checksum over the pieces last taken, continued from `running`; computed where the bytes
   * are.
   */
  crc?(running: number): number;
  /** The pieces last taken are durable: publish that and free their space. */
  done(): void;
}

/** The shared word that orders groups: raising it begins a group. */
export interface EpochSource {
  /** Adds one and returns the new value. */
  raise(): number;
}
