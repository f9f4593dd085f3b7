// A request of the IPC door, [id, operation, arguments], opened: checked as a whole, and where its parts lie.
// For reads and writes of one item the parts of the arguments too, so that nothing else needs to look at them.

import { BAD_INPUT, OK, PARAMS_AT } from '../layout';
import { scratch } from '../memory/thread';
import { equalBytes } from '../memory/bytes';
import {
  IS_ARRAY, IS_BOOL, IS_INTEGER, IS_MAP, IS_STR, packedHead, readHead,
} from './msgpack-head';
import { packedEnd } from './msgpack-walk';
import { isUtf8 } from './utf8';

/** What openFrame found, at PARAMS_AT of the scratch. Pointers are absolute. */
@unmanaged
export class OpenedFrame {
  id: u32;
  hasId: u32; //          1: the id could be read, whatever came after it
  code: u32; //           the operation's number, 0 if it has a name
  name: u32; //           the operation's name,
  nameBytes: u32;
  arguments: u32; //      the map of arguments
  kind: u32; //           DIRECT_GET .. if the three below are set, else 0
  table: u32; //          TableName,
  tableBytes: u32;
  body: u32; //           Key or Item, a map
  consistent: u32;
}

export const DIRECT_GET: u32 = 1;
export const DIRECT_PUT: u32 = 2;
export const DIRECT_DELETE: u32 = 3;

// 'GetItem', 'PutItem', 'DeleteIt', 'TableNam', 'Consiste' as little-endian words
const GET_ITEM: u64 = 0x6d657449746547;
const PUT_ITEM: u64 = 0x6d657449747550;
const DELETE_IT: u64 = 0x74496574656c6544;
const TABLE_NAM: u64 = 0x6d614e656c626154;
const CONSISTE: u64 = 0x65747369736e6f43;

@inline
function opened(): OpenedFrame {
  return changetype<OpenedFrame>(scratch + PARAMS_AT);
}

/** OK, or BAD_INPUT: not a request, or its msgpack is not as this door has it (msgpack-walk.ts). */
export function openFrame(frame: usize, length: u32): i32 {
  const out = opened();
  out.hasId = 0;
  out.kind = 0;
  out.consistent = 0;
  const limit = frame + <usize>length;
  let ptr = readHead(frame, limit);
  const head = packedHead();
  if (ptr == 0 || head.kind != IS_ARRAY || head.length != 3) return BAD_INPUT;
  ptr = readHead(ptr, limit);
  if (ptr == 0 || head.kind != IS_INTEGER || head.integer < 0 || head.integer > 0xffffffff || head.wide) {
    return BAD_INPUT;
  }
  out.id = <u32>head.integer;
  out.hasId = 1;

  ptr = readHead(ptr, limit);
  if (ptr == 0) return BAD_INPUT;
  let direct: u32 = 0;
  if (head.kind == IS_INTEGER) {
    if (head.integer <= 0 || head.integer > 0xffff) return BAD_INPUT;
    out.code = <u32>head.integer;
    if (out.code <= DIRECT_DELETE) direct = out.code;
  } else {
    if (head.kind != IS_STR || !isUtf8(ptr, head.length)) return BAD_INPUT;
    out.code = 0;
    out.name = <u32>ptr;
    out.nameBytes = head.length;
    direct = directName(ptr, head.length);
    ptr += <usize>head.length;
  }
  out.arguments = <u32>ptr;
  if (direct != 0 && openDirect(out, direct, ptr, limit)) return OK;
  out.kind = 0;
  readHead(ptr, limit);
  if (head.kind != IS_MAP) return BAD_INPUT;
  return packedEnd(ptr, limit, true) == limit ? OK : BAD_INPUT;
}

function directName(name: usize, bytes: u32): u32 {
  if (bytes == 7) {
    const word = (<u64>load<u32>(name)) | ((<u64>load<u32>(name, 3) >> 8) << 32);
    return word == GET_ITEM ? DIRECT_GET : word == PUT_ITEM ? DIRECT_PUT : 0;
  }
  const isDelete = bytes == 10 && load<u64>(name) == DELETE_IT && load<u16>(name, 8) == 0x6d65;
  return isDelete ? DIRECT_DELETE : 0;
}

/**
 * Whether the arguments are TableName with Key or Item, and ConsistentRead for a get, each once and nothing else. The
 * text in Key or Item is checked by who reads it.
 */
function openDirect(out: OpenedFrame, kind: u32, map: usize, limit: usize): bool {
  let ptr = readHead(map, limit);
  const head = packedHead();
  if (ptr == 0 || head.kind != IS_MAP || head.length < 2 || head.length > 3) return false;
  const count = head.length;
  out.table = 0;
  out.body = 0;
  let consistent: i32 = -1;
  for (let i = count; i > 0; i--) {
    const name = readHead(ptr, limit);
    if (name == 0 || head.kind != IS_STR) return false;
    const bytes = head.length;
    const value = name + <usize>bytes;
    const content = readHead(value, limit);
    if (content == 0) return false;
    if (bytes == 9 && load<u64>(name) == TABLE_NAM && load<u8>(name, 8) == 0x65) {
      if (head.kind != IS_STR || out.table != 0 || head.length == 0) return false;
      out.table = <u32>content;
      out.tableBytes = head.length;
      ptr = content + <usize>head.length;
    } else if (isBody(name, bytes, kind)) {
      if (head.kind != IS_MAP || out.body != 0) return false;
      out.body = <u32>value;
      ptr = packedEnd(value, limit, false);
      if (ptr == 0) return false;
    } else if (kind == DIRECT_GET && isConsistentRead(name, bytes)) {
      if (head.kind != IS_BOOL || consistent >= 0) return false;
      consistent = <i32>head.integer;
      ptr = content;
    } else {
      return false;
    }
  }
  if (ptr != limit || out.table == 0 || out.body == 0) return false;
  out.consistent = <u32>(consistent == 1);
  out.kind = kind;
  return true;
}

/** `Item` of a put, else `Key`. */
@inline
function isBody(name: usize, bytes: u32, kind: u32): bool {
  if (kind == DIRECT_PUT) return bytes == 4 && load<u32>(name) == 0x6d657449;
  return bytes == 3 && load<u16>(name) == 0x654b && load<u8>(name, 2) == 0x79;
}

/** `ConsistentRead` */
function isConsistentRead(name: usize, bytes: u32): bool {
  if (bytes != 14 || load<u64>(name) != CONSISTE) return false;
  return load<u32>(name, 8) == 0x6552746e && load<u16>(name, 12) == 0x6461;
}
