// The numbers that the module and its host must agree on: the host reads them when it loads a
// module and refuses one that differs. New ones go to the end.
//
//   +0 count u32 . then `count` x u32 in the order below
//
// They lie in the constants of the module: readable before any init.
import {
  BATCH_ENTRIES_MAX, BATCH_ENTRY_BYTES, BATCH_HEADER_BYTES, GUARD_BYTES, HEADER_AT, IN_AT, IN_BYTES,
  INLINE_VALUE_MAX, ITEM_BYTES_MAX, ITEM_SIZE_MAX, KEY2_AT, KEY_AT, KEY_BYTES_MAX, LOG_RECORD_BYTES,
  OUT_AT, OUT_BYTES, PAGE_BYTES, PARAMS_AT, RESULT_AT, RING_AT, RING_BYTES_MIN, RUN_BYTES_MAX,
  RUN_ENTRY_BYTES, SHAPES_MAX, SHAPE_LIST_BYTES_MAX, SHAPE_NAMES_MAX, THREADS_MAX, VALUE_BYTES_MAX,
} from '../layout';

const ABI_VERSION: u32 = 1;
const NUMBERS: StaticArray<u32> = [
  30, //                          count of what follows
  ABI_VERSION, //              1
  PAGE_BYTES, //               2
  <u32>HEADER_AT, //           3
  <u32>RING_AT, //             4
  ITEM_SIZE_MAX, //            5
  ITEM_BYTES_MAX, //           6
  KEY_BYTES_MAX, //            7
  INLINE_VALUE_MAX, //         8
  VALUE_BYTES_MAX, //          9
  THREADS_MAX, //             10
  SHAPES_MAX, //              11
  SHAPE_LIST_BYTES_MAX, //    12
  SHAPE_NAMES_MAX, //         13
  BATCH_ENTRIES_MAX, //       14
  RING_BYTES_MIN, //          15
  <u32>RESULT_AT, //          16
  <u32>PARAMS_AT, //          17
  <u32>KEY_AT, //             18
  <u32>KEY2_AT, //            19
  <u32>IN_AT, //              20
  IN_BYTES, //                21
  <u32>OUT_AT, //             22
  OUT_BYTES, //               23
  RUN_BYTES_MAX, //           24
  RUN_ENTRY_BYTES, //         25
  BATCH_HEADER_BYTES, //      26
  GUARD_BYTES, //             27
  BATCH_ENTRY_BYTES, //       28
  LOG_RECORD_BYTES, //        29
  ASC_NO_ASSERT ? 0 : 1, //   30: the checked build
];

/** Pointer to the count. */
export function abi(): usize {
  return changetype<usize>(NUMBERS);
}
