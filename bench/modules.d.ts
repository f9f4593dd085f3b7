/**
 * The parts of the rivals and measuring tools that the benchmarks use.
 *
 * They are installed under bench/ only (`npm run bench` does it), so the type check of a plain
 * clone must not need them: these declarations stand in for the packages' own.
 */
declare module 'lmdb' {
  export interface RangeOptions {
    start?: string;
    end?: string;
    limit?: number;
  }
  export interface Database<V> {
    get(key: string): V | undefined;
    put(key: string, value: V): Promise<boolean>;
    getRange(options?: RangeOptions): Iterable<{ key: string; value: V }>;
    readonly flushed: Promise<boolean>;
    close(): Promise<void>;
  }
  export function open<V>(options: {
    path: string;
    sharedStructuresKey?: symbol;
    overlappingSync?: boolean;
  }): Database<V>;
}

declare module 'classic-level' {
  export interface LevelIterator {
    all(): Promise<[string, Uint8Array][]>;
    nextv(size: number): Promise<[string, Uint8Array][]>;
    close(): Promise<void>;
  }
  export class ClassicLevel {
    constructor(
      folder: string,
      options: {
        keyEncoding: 'utf8';
        valueEncoding: 'view';
        compression?: boolean;
        cacheSize?: number;
        writeBufferSize?: number;
      },
    );
    open(): Promise<void>;
    close(): Promise<void>;
    get(key: string): Promise<Uint8Array | undefined>;
    getSync(key: string): Uint8Array | undefined;
    put(key: string, value: Uint8Array, options?: { sync?: boolean }): Promise<void>;
    batch(
      operations: { type: 'put'; key: string; value: Uint8Array }[],
      options?: { sync?: boolean },
    ): Promise<void>;
    iterator(range?: { gte?: string; lt?: string; limit?: number }): LevelIterator;
    compactRange(start: string, end: string): Promise<void>;
  }
}

declare module 'rocksdb-native' {
  export interface WriteBatch {
    tryPut(key: string, value: Uint8Array): void;
    flush(): Promise<void>;
  }
  export default class RocksDB {
    constructor(
      folder: string,
      options?: { writeBufferSize?: number; maxWriteBufferNumber?: number },
    );
    ready(): Promise<void>;
    close(): Promise<void>;
    get(key: string): Promise<Uint8Array | null>;
    put(key: string, value: Uint8Array): Promise<void>;
    write(options?: { capacity?: number; autoDestroy?: boolean }): WriteBatch;
    iterator(
      range: { gte?: string; lt?: string },
      options?: { limit?: number; capacity?: number },
    ): AsyncIterable<{ key: Uint8Array; value: Uint8Array }>;
    flush(): Promise<void>;
    compactRange(): Promise<void>;
  }
}

declare module 'tinybench' {
  export interface LatencyStatistics {
    mean: number;
    min: number;
    max: number;
    p50: number;
    p99: number;
    p999: number;
    samplesCount: number;
  }
  export interface TaskResult {
    state: string;
    error?: Error;
    latency: LatencyStatistics;
  }
  export interface Task {
    readonly name: string;
    readonly result: TaskResult;
  }
  export class Bench {
    constructor(options?: {
      name?: string;
      time?: number;
      iterations?: number;
      warmupTime?: number;
      warmupIterations?: number;
      throws?: boolean;
    });
    add(name: string, task: () => unknown, options?: { beforeEach?: () => void }): this;
    run(): Promise<Task[]>;
    runSync(): Task[];
  }
}

declare module 'benny' {
  export interface CaseResult {
    name: string;
    ops: number;
    margin: number;
    samples: number;
    details: { min: number; max: number; median: number };
  }
  export interface Summary {
    name: string;
    results: CaseResult[];
  }
  export interface CaseOptions {
    minSamples?: number;
    maxTime?: number;
    minTime?: number;
  }
  type Entry = object;
  const benny: {
    suite(name: string, ...entries: Entry[]): Promise<Summary>;
    add(name: string, test: () => unknown, options?: CaseOptions): Entry;
  };
  export default benny;
}
