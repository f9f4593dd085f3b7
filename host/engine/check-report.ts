// What `db.check()` found.

/** Something that is not as it must be. */
export interface CheckFault {
  readonly what: string;
  /** The file it lies in, and the byte. */
  readonly path?: string;
  readonly offset?: number;
  /** The table, the index of it, and the item's key. */
  readonly table?: string;
  readonly index?: string;
  readonly key?: unknown;
}

/** Counts say how much was looked at. */
export interface CheckReport {
  readonly ok: boolean;
  readonly faults: readonly CheckFault[];
  readonly tables: number;
  readonly items: number;
  readonly indexEntries: number;
  readonly streamRecords: number;
  readonly files: number;
  readonly fileBytes: number;
}

export interface CheckOptions {
  readonly signal?: AbortSignal;
}
