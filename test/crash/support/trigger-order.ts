// What a process with a trigger is told.

export interface TriggerOrder {
  readonly folder: string;
  readonly run: number;
  readonly batchSize: number;
  /** The batch in whose handler it dies. */
  readonly batches: number;
}

export const KILL_FOLDER_OPTIONS = { memoryMb: 64, shards: 2, workers: 1 } as const;
