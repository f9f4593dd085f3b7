// What one thread knows about itself: the only mutable globals of the core, since globals are per
// instance.
//
// They are set by attach() and privateInit() and by nothing else. `scratch` is the thread's own
// four pages (layout.ts): no other thread writes there, so nothing in it needs the latch.
import {
  CursorRequest, FOUND_AT, Found, IN_AT, KEY2_AT, KEY_AT, OUT_AT, PARAMS_AT, RESULT_AT, Result,
} from '../layout';

export let scratch: usize = 0;
export let slot: i32 = -1; // 0..63 in the thread table
// may wait for the latch (not a main thread inside an async operation)
export let blocking: bool = false;
export let isPrivate: bool = false; // this instance owns its whole memory: no latch

export function threadSet(
  scratchPtr: usize, slotIndex: i32, mayBlock: bool, privateMemory: bool,
): void {
  scratch = scratchPtr;
  slot = slotIndex;
  blocking = mayBlock;
  isPrivate = privateMemory;
}

@inline
export function result(): Result {
  return changetype<Result>(scratch + RESULT_AT);
}

@inline
export function found(): Found {
  return changetype<Found>(scratch + FOUND_AT);
}

@inline
export function request(): CursorRequest {
  return changetype<CursorRequest>(scratch + PARAMS_AT);
}

@inline
export function keyPtr(): usize {
  return scratch + KEY_AT;
}

@inline
export function key2Ptr(): usize {
  return scratch + KEY2_AT;
}

@inline
export function inPtr(): usize {
  return scratch + IN_AT;
}

@inline
export function outPtr(): usize {
  return scratch + OUT_AT;
}
