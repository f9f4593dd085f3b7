// The exports of the core, typed. core-as/index.ts has the contracts; statuses are those of abi.ts.

export interface CoreExports {
  // Life of a shard and of a thread's place in it.
  shardInit(
    memoryBytes: number,
    ringBytes: number,
    memtableBytes: number,
    cacheBytes: number,
    seedLow: number,
    seedHigh: number,
    flags: number,
  ): number;
  attach(slot: number, blocking: number): number;
  detach(slot: number): number;
  close(): number;
  setCatalogEpoch(epoch: number): number;
  setSequence(sequence: number): number;
  latchOwner(): number;
  privateInit(memoryBytes: number, seedLow: number, seedHigh: number): number;
  poison(code: number): void;
  poisonCode(): number;
  latchWait(): void;
  pagesWarm(): void;

  // Keys, on a private instance.
  sealKey(tableId: number, pkBytes: number): number;

  // Reads.
  get(keyLength: number, catalogEpoch: number): number;
  getChunk(keyLength: number, offset: number, sequence: number): number;
  cursorNext(catalogEpoch: number): number;
  durableSequence(): number;
  lastSequence(): number;
  blockProvide(file: number, offset8: number, kind: number, bytes: number): number;
  blocksUnpin(): void;
  valueBlockRoom(): number;
  valueBlockOpen(bytes: number, file: number, offset8: number): number;

  // The log, and recovery from it.
  ringTake(epochLimit: number): number;
  ringDone(bytes: number, durable: number): void;
  crc32c(pointer: number, bytes: number, running: number): number;
  replayRecord(pointer: number, flushedSequence: number): number;
  shapeLoad(id: number, names: number, bytes: number): number;

  // Memtables and tables.
  freeze(): number;
  stats(pointer: number): number;
  tableStats(): number;
  tableReserve(tailBytes: number): number;
  tableRegister(table: number, file: number, fileBytes: number, level: number): number;
  tableRelease(table: number): number;
  versionInstall(): number;
  flushInstall(): number;

  frozenRun(fromKeyLength: number): number;
  frozenChunk(keyLength: number, offset: number): number;

  // Merges, on a private instance (core-as/merge/compaction.ts has the state machine).
  mergeBegin(targetBytes: number, flags: number, droppedCount: number): number;
  mergeAddSource(merge: number): number;
  mergeAddRun(merge: number): number;
  mergeAddTable(merge: number, file: number, top8: number, topBytes: number): number;
  mergeFileId(merge: number, file: number): void;
  mergeStep(merge: number, entriesMax: number): number;
  mergeProvide(merge: number, bytes: number): number;
  mergeEnd(merge: number): void;

  // Integrity walks: of a shard's memory, and, on a private instance, of a table file.
  integrity(step: number): number;
  checkBegin(file: number, fileBytes: number, tailBytes: number): number;
  checkStep(check: number): number;
  checkProvide(check: number, bytes: number): number;
  checkEnd(check: number): void;

  // Writes.
  apply(batch: number, epoch: number, catalogEpoch: number): number;
  lock(keyLength: number, transaction: number): number;
  unlock(keyLength: number, transaction: number): number;
  lockCheck(keyLength: number): number;
  lastSequenceOf(keyLength: number): number;
  largeReserve(bytes: number): number;
  largeRelease(): void;
  shapeFind(names: number, bytes: number): number;
  shapeNames(id: number): number;
  shapeCount(): number;
  shapeNamesBytes(): number;

  // Items in the forms of doors (core-as/item/json.ts, msgpack.ts).
  itemJson(item: number, length: number, names: number, out: number, outMax: number): number;
  itemMsgpack(item: number, length: number, names: number, out: number, outMax: number): number;

  // Requests of the IPC door, on a private instance (core-as/item/frame.ts, msgpack-item.ts).
  openFrame(frame: number, length: number): number;
  packedEnd(at: number, limit: number, checkText: number): number;
  packedKey(map: number, limit: number, schema: number, tableId: number, exact: number): number;
  packedItem(map: number, limit: number, out: number, outMax: number, names: number): number;
  namesRepeat(names: number, bytes: number): number;
}
