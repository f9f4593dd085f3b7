// The latch of a shard: one word, the owner's thread slot + 1, 0 when free.
//
// It is held only inside one call of the core. On a private memory, and with it no other thread,
// taking it does nothing.
//
// Contention: a brief spin, then BUSY if the thread may not block, else waits in slices of at most
// 10 ms, each followed by a look at the poison word. A thread can die inside the core with the
// latch held (terminate() does that), so a waiter that sees no progress for 5 s poisons the shard
// itself (R7). Progress is `serial`, which every owner raises: a slow but living succession of
// owners is never taken for a dead one.
//
// Order: a waiter raises `waiters` before it looks at the word for the last time, an owner clears
// the word before it looks at `waiters`; both are sequentially consistent, so no wake-up is lost.
import { BUSY, LATCH_AT, OK, POISONED } from '../layout';
import { POISON_DEAD_OWNER, poison, poisonCode } from './fail';
import { stackProbe } from './probe';
import { blocking, isPrivate, result, scratch, slot } from './thread';

const SPINS: u32 = 1500; // a few times the usual hold
const SLICE_NANOSECONDS: i64 = 10_000_000;
const SLICES_OF_PATIENCE: u32 = 500;
const TIMED_OUT: i32 = 2; // result of atomic.wait

@unmanaged
class LatchState {
  word: u32;
  waiters: u32;
  serial: u32;
  patienceSlices: u32; // tests write a smaller number here
}
const WAITERS_AT: usize = LATCH_AT + offsetof<LatchState>('waiters');
const SERIAL_AT: usize = LATCH_AT + offsetof<LatchState>('serial');

@inline
function latchState(): LatchState {
  return changetype<LatchState>(LATCH_AT);
}

export function latchInit(): void {
  memory.fill(LATCH_AT, 0, offsetof<LatchState>());
  latchState().patienceSlices = SLICES_OF_PATIENCE;
}

/** OK, BUSY (the thread may not block) or POISONED. */
@inline
export function latchAcquire(): i32 {
  if (isPrivate) return OK;
  stackProbe(); // before anything is taken: past this line the stack is known to suffice
  if (atomic.cmpxchg<u32>(LATCH_AT, 0, slot + 1) != 0) {
    const status = latchContend();
    if (status != OK) return status;
  }
  if (poisonCode() != 0) {
    latchRelease();
    return POISONED;
  }
  latchState().serial++;
  if (!ASC_NO_ASSERT && scratch != 0) result().touched = 0;
  return OK;
}

@inline
export function latchRelease(): void {
  if (isPrivate) return;
  assertLatched();
  atomic.store<u32>(LATCH_AT, 0);
  if (atomic.load<u32>(WAITERS_AT) != 0) atomic.notify(LATCH_AT, 1);
}

@inline
export function assertLatched(): void {
  assert(isPrivate || load<u32>(LATCH_AT) == slot + 1);
}

/** Checked build: counts what a hold touches and ends one that goes beyond its bound (R20). */
@inline
export function assertTouched(countMax: u32): void {
  if (!ASC_NO_ASSERT && !isPrivate && scratch != 0) assert(++result().touched <= countMax);
}

function latchContend(): i32 {
  // No call of the core enters another: the word is ours because an earlier call of this thread, or
  // of the one that had the slot before, ended in a trap.
  if (atomic.load<u32>(LATCH_AT) == slot + 1) poison(POISON_DEAD_OWNER);
  for (let spin: u32 = 0; spin < SPINS; spin++) {
    if (atomic.load<u32>(LATCH_AT) != 0) continue;
    if (atomic.cmpxchg<u32>(LATCH_AT, 0, slot + 1) == 0) return OK;
  }
  if (poisonCode() != 0) return POISONED;
  return blocking ? latchSleep(true) : BUSY;
}

/** Waits until the latch is free, and takes it if asked to. */
function latchSleep(take: bool): i32 {
  atomic.add<u32>(WAITERS_AT, 1);
  const status = latchSlices(take);
  atomic.sub<u32>(WAITERS_AT, 1);
  return status;
}

function latchSlices(take: bool): i32 {
  let serial = load<u32>(SERIAL_AT);
  let slices: u32 = 0;
  while (true) {
    if (poisonCode() != 0) return POISONED;
    const owner = take ? atomic.cmpxchg<u32>(LATCH_AT, 0, slot + 1) : atomic.load<u32>(LATCH_AT);
    if (owner == 0) return OK;
    if (timedWait(LATCH_AT, owner, SLICE_NANOSECONDS) != TIMED_OUT) continue;
    const seen = load<u32>(SERIAL_AT);
    slices = seen == serial ? slices + 1 : 0;
    serial = seen;
    if (slices >= latchState().patienceSlices) {
      poison(POISON_DEAD_OWNER);
      return POISONED;
    }
  }
}

// V8's baseline compiler (Node 20) takes a wrong timeout for memory.atomic.wait32, and sleeps for
// ever, depending on which other values are in registers. In a function that does nothing else it
// is right; so that no optimizer inlines it, it is called through the table. (Tested: a dead owner
// is given up, with and without the optimizing compiler.)
const waitFunction: (address: usize, expected: u32, nanoseconds: i64) => i32 = waitAlone;

function waitAlone(address: usize, expected: u32, nanoseconds: i64): i32 {
  return atomic.wait<u32>(address, expected, nanoseconds);
}

/** Sleeps while the word is `expected`, at most that long. */
function timedWait(address: usize, expected: u32, nanoseconds: i64): i32 {
  const index = load<u32>(changetype<usize>(waitFunction));
  return call_indirect<i32>(index, address, expected, nanoseconds);
}

/**
 * Blocks until the latch looks free: for a synchronous call on a thread that otherwise does not
 * block. OK or POISONED. The caller then tries again; another thread may have been faster.
 */
export function latchWait(): i32 {
  if (isPrivate) return OK;
  const status = latchSleep(false);
  // The wake-up that was ours is passed on, in case a blocked taker sleeps behind us.
  if (atomic.load<u32>(WAITERS_AT) != 0) atomic.notify(LATCH_AT, 1);
  return status;
}
