// How values look in msgpack, on the IPC door and nowhere else (io/ipc/PROTOCOL.md has the whole of
// the protocol).
//
//   NULL nil   BOOL bool   S str   B bin   L array   M map with str keys, each once
//   N    an integer of up to 64 bits, or a float64 whose shortest decimal is the number,
//        or ext 1: its decimal text in ASCII
//   SS   ext 2, NS ext 3, BS ext 4: the payload is an array of the members
//
// Written here: the shortest form of each header; integers beyond 2^53 and numbers that no float64
// shows exactly as ext 1; sets ascending. Read: any legal form, float32 too (its exact value), sets in
// any order.

export const EXT_NUMBER: u32 = 1;
export const EXT_SS: u32 = 2;
export const EXT_NS: u32 = 3;
export const EXT_BS: u32 = 4;
export const EXT_TIMESTAMP: u32 = 0xff; // -1, the standard's: in arguments, never in an item

export const FIXMAP: u32 = 0x80;
export const FIXARRAY: u32 = 0x90;
export const FIXSTR: u32 = 0xa0;
export const NIL: u32 = 0xc0;
export const NEVER: u32 = 0xc1;
export const PACKED_FALSE: u32 = 0xc2;
export const PACKED_TRUE: u32 = 0xc3;
export const BIN8: u32 = 0xc4; // and BIN16, BIN32 behind it
export const EXT8: u32 = 0xc7; // and EXT16, EXT32
export const FLOAT32: u32 = 0xca;
export const PACKED_FLOAT64: u32 = 0xcb;
export const UINT8: u32 = 0xcc; // and UINT16, UINT32, UINT64
export const UINT64: u32 = 0xcf;
export const PACKED_INT8: u32 = 0xd0; // and INT16, INT32, INT64
export const PACKED_INT64: u32 = 0xd3;
export const FIXEXT1: u32 = 0xd4; // and 2, 4, 8, 16
export const FIXEXT16: u32 = 0xd8;
export const STR8: u32 = 0xd9; // and STR16, STR32
export const ARRAY16: u32 = 0xdc; // and ARRAY32
export const MAP16: u32 = 0xde; // and MAP32
export const NEGATIVE_FIXINT: u32 = 0xe0;
