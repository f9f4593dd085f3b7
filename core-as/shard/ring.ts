// The log ring: records wait here until the log thread has made them durable.
//
//   RING_AT  | free | tail: records to be written, oldest first ... | head: next record | free |
//
//   record   +0 recordBytes u32 . flags u32 . +8 firstSequence u64 . +16 epoch u32 . entryCount u32
//            +24 [transaction u64] . entries
//   filler   +0 recordBytes u32 . flags u32 = FILLER . anything
//
// A record is never split: one that does not fit before the end begins again at the start, behind a
// filler. So does one past RING_WINDOW while the log keeps up: the same memory is used again as long
// as it suffices, which is kinder to caches than a walk through the whole ring, and to a machine
// where the first touch of a page is dear.
//
// Positions are u32 counters that wrap; the ring's size is a power of two. The writer moves `head`
// under the latch, after the record's bytes are there; the log thread alone moves `tail` and the
// durable sequence. It needs no latch: all it reads is before a head it has loaded atomically.
//
// Epochs (R1): the log thread begins a group by raising the epoch and takes from each ring the
// longest prefix of records with smaller epochs. Epochs of a ring need not ascend, since a writer
// loads its epoch before it takes the latch.
import {
  LOG_FULL, LOG_RECORD_BYTES, LogRecord, OK, POISONED, RECORD_FILLER, RING_AT, RING_HEAD_AT,
  RING_TAIL_AT, TOO_LARGE,
} from '../layout';
import { poisonCode } from '../memory/fail';
import { assertLatched } from '../memory/latch';
import { result } from '../memory/thread';
import { hasLog, lastSequence, setSequenceLatched, shardEnter, leave, shardInfo } from './header';

const RECORD_PARTS: u32 = 2; // no record is larger than the ring divided by this (R13)
const RING_WINDOW: u32 = 1 << 20;
const DURABLE_AT: usize = RING_TAIL_AT + 8;

export function ringInit(): void {
  store<u32>(RING_HEAD_AT, 0);
  store<u32>(RING_TAIL_AT, 0);
  store<u64>(DURABLE_AT, 0);
}

@inline
export function ringHead(): u32 {
  return atomic.load<u32>(RING_HEAD_AT);
}

@inline
export function ringTail(): u32 {
  return atomic.load<u32>(RING_TAIL_AT);
}

@inline
export function ringPtr(position: u32): usize {
  return RING_AT + (position & (shardInfo().ringBytes - 1));
}

/**
 * OK if a record of `bytes` fits now, LOG_FULL if it will later, TOO_LARGE if it never does.
 * Changes nothing.
 */
@inline
export function ringCheck(bytes: u32): i32 {
  const size = shardInfo().ringBytes;
  if (bytes > size / RECORD_PARTS) return TOO_LARGE;
  const head = ringHead();
  const toEnd = size - (head & (size - 1));
  const needed = bytes <= toEnd ? bytes : toEnd + bytes;
  return head - ringTail() + needed <= size ? OK : LOG_FULL;
}

/** Where the next record of at most `bytes` goes. After ringCheck said OK, under the same latch. */
export function ringBegin(bytes: u32): usize {
  assertLatched();
  const size = shardInfo().ringBytes;
  let head = ringHead();
  const toEnd = size - (head & (size - 1));
  if (bytes > toEnd || maySkip(head, size, toEnd + bytes)) {
    const filler = changetype<LogRecord>(ringPtr(head));
    filler.recordBytes = toEnd;
    filler.flags = RECORD_FILLER;
    head += toEnd;
    atomic.store<u32>(RING_HEAD_AT, head);
  }
  return ringPtr(head);
}

/** Whether the ring may begin anew although the record fits: little waits, and all of it in front of the head. */
@inline
function maySkip(head: u32, size: u32, needed: u32): bool {
  if ((head & (size - 1)) < RING_WINDOW) return false;
  const used = head - ringTail();
  return used <= RING_WINDOW / 2 && used + needed <= size;
}

/** Publishes the record that ringBegin made room for, whose header is filled in. */
@inline
export function ringCommit(record: LogRecord): void {
  assert((record.recordBytes & 7) == 0 && record.recordBytes >= LOG_RECORD_BYTES);
  atomic.store<u32>(RING_HEAD_AT, ringHead() + record.recordBytes);
}

/**
 * The log thread's look at the ring: the longest prefix of records with epochs below `epochLimit`.
 * Returns the bytes to pass to ringDone (fillers included; 0 = nothing); Result: piece, piece2,
 * count = records, sequence = the last one.
 */
export function ringTake(epochLimit: u32): i32 {
  if (poisonCode() != 0) return POISONED;
  const out = result();
  const tail = ringTail();
  const head = ringHead();
  out.count = 0;
  out.piecePtr = <u32>ringPtr(tail);
  out.pieceBytes = 0;
  out.piece2Ptr = <u32>RING_AT;
  out.piece2Bytes = 0;
  let position = tail;
  let wrapped = false;
  let last: u64 = 0;
  while (position != head) {
    const at = ringPtr(position);
    const record = changetype<LogRecord>(at);
    assert(record.recordBytes > 0 && record.recordBytes <= head - position);
    if ((record.flags & RECORD_FILLER) == 0) {
      if (<i32>(record.epoch - epochLimit) >= 0) break;
      if (position != tail && at == RING_AT) wrapped = true;
      if (wrapped) out.piece2Bytes += record.recordBytes;
      else out.pieceBytes += record.recordBytes;
      last = record.firstSequence + record.entryCount - 1;
      out.count++;
    }
    position += record.recordBytes;
  }
  out.sequence = <f64><i64>last;
  return <i32>(position - tail);
}

/**
 * The log thread's word that the first `bytes` bytes are durable up to `durable`: their room may be
 * used again.
 */
export function ringDone(bytes: u32, durable: f64): void {
  atomic.store<u64>(DURABLE_AT, <u64>durable);
  atomic.store<u32>(RING_TAIL_AT, ringTail() + bytes);
}

/** Every sequence up to this one survives a crash. Without a log that is every sequence. */
export function durableSequence(): f64 {
  return hasLog() ? <f64>atomic.load<u64>(DURABLE_AT) : lastSequence();
}

/**
 * After recovery: raises the last sequence, all of which is durable, to `sequence` (the highest
 * seen + 2^20, R4).
 */
export function setSequence(sequence: f64): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  setSequenceLatched(<u64>sequence);
  atomic.store<u64>(DURABLE_AT, <u64>lastSequence());
  return leave(OK);
}
