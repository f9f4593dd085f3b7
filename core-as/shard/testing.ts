// Exports for tests alone: they reach parts of the core that have no export of their own. The
// release build has them too, but there they do nothing and return BAD_INPUT.
import { BAD_INPUT, OK, PAGE_LARGE } from '../layout';
import { compareBytes, copyBytes } from '../memory/bytes';
import { fail } from '../memory/fail';
import { heapAlloc, heapFree } from '../memory/heap';
import { latchAcquire } from '../memory/latch';
import { pageRun, pageRunFree, pagesFree } from '../memory/pages';
import { keyHash } from '../memtable/hash-index';

/** Takes the latch and spins for ever, as a thread that is about to be terminated. */
export function testHoldLatch(): i32 {
  if (ASC_NO_ASSERT) return BAD_INPUT;
  const status = latchAcquire();
  if (status != OK) return status;
  while (true) {}
}

/** Takes the latch and fails. */
export function testTrap(code: u32): i32 {
  if (ASC_NO_ASSERT) return BAD_INPUT;
  const status = latchAcquire();
  if (status != OK) return status;
  fail(code);
  return OK;
}

// On a private memory, where no latch is needed:

export function testPageRun(count: u32): i32 {
  return ASC_NO_ASSERT ? BAD_INPUT : <i32>pageRun(count, PAGE_LARGE);
}

export function testPageRunFree(ptr: usize): i32 {
  if (ASC_NO_ASSERT) return BAD_INPUT;
  pageRunFree(ptr);
  return OK;
}

export function testPagesFree(): i32 {
  return ASC_NO_ASSERT ? BAD_INPUT : <i32>pagesFree();
}

export function testHeapAlloc(bytes: u32): i32 {
  return ASC_NO_ASSERT ? BAD_INPUT : <i32>heapAlloc(bytes);
}

export function testHeapFree(ptr: usize): i32 {
  if (ASC_NO_ASSERT) return BAD_INPUT;
  heapFree(ptr);
  return OK;
}

export function testCompare(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  return ASC_NO_ASSERT ? BAD_INPUT : compareBytes(a, aLength, b, bLength);
}

export function testCopy(to: usize, from: usize, bytes: u32): i32 {
  if (ASC_NO_ASSERT) return BAD_INPUT;
  copyBytes(to, from, bytes);
  return OK;
}

export function testKeyHash(seed: u64, key: usize, length: u32): u64 {
  return ASC_NO_ASSERT ? 0 : keyHash(seed, key, length);
}
