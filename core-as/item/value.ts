// The encoding of attribute values, and how to step over one.
//
//   value := tag u8 . payload                                  (little-endian, unaligned)
//   00 NULL   01 FALSE   02 TRUE
//   03 INT8 i8   04 INT16 i16   05 INT32 i32
//   06 SCALED   i8 exponent . i32 mantissa
//               mantissa x 10^exponent, mantissa % 10 != 0, not an integer of 32 bits
//   07 FLOAT64  f64
//               its shortest decimal is the number, and none of the above is
//   08 DECIMAL  u8 bytes . i16 exponent . u8 sign . digits     `bytes` counts what follows it
//               digits in pairs, the first in the high nibble, an odd count padded with F;
//               only if none of the above
//   09 ASCII    u8 bytes . bytes (< 0x80)           0A UTF8   u8 bytes . bytes (some >= 0x80)
//   0B ASCII32  u32 bytes . bytes                   0C UTF8_32 u32 bytes . bytes
//   0D BIN      u8 bytes . bytes                    0E BIN32  u32 bytes . bytes
//   0F LIST     u8 bodyBytes . u8 count . values    10 LIST32 u32 bodyBytes . u32 count . values
//   11 MAP      u8 bodyBytes . u8 count . entries   12 MAP32  u32 bodyBytes . u32 count . entries
//               entry := u16 nameBytes . name . value
//   13 SS  14 SS32  15 NS  16 NS32  17 BS  18 BS32  as LIST; one member or more, none twice,
//               ascending (strings and binaries by bytes, numbers by value)
//
// The long form is used only where the short one does not fit (more than 255 bytes or members). So
// a value without maps has one encoding, and equal values have encodings of equal length.

export const NULL: u32 = 0x00;
export const FALSE: u32 = 0x01;
export const TRUE: u32 = 0x02;
export const INT8: u32 = 0x03;
export const INT16: u32 = 0x04;
export const INT32: u32 = 0x05;
export const SCALED: u32 = 0x06;
export const FLOAT64: u32 = 0x07;
export const DECIMAL: u32 = 0x08;
export const ASCII: u32 = 0x09;
export const UTF8: u32 = 0x0a;
export const ASCII32: u32 = 0x0b;
export const UTF8_32: u32 = 0x0c;
export const BIN: u32 = 0x0d;
export const BIN32: u32 = 0x0e;
export const LIST: u32 = 0x0f;
export const LIST32: u32 = 0x10;
export const MAP: u32 = 0x11;
export const MAP32: u32 = 0x12;
export const SS: u32 = 0x13;
export const SS32: u32 = 0x14;
export const NS: u32 = 0x15;
export const NS32: u32 = 0x16;
export const BS: u32 = 0x17;
export const BS32: u32 = 0x18;

/** Bytes and members that the short forms can count. */
export const SHORT_MAX: u32 = 255;

@inline
export function tagOf(value: usize): u32 {
  return <u32>load<u8>(value);
}

@inline
export function isNumber(tag: u32): bool {
  return tag - INT8 <= DECIMAL - INT8;
}

@inline
export function isString(tag: u32): bool {
  return tag - ASCII <= UTF8_32 - ASCII;
}

@inline
export function isBinary(tag: u32): bool {
  return tag == BIN || tag == BIN32;
}

@inline
export function isMap(tag: u32): bool {
  return tag == MAP || tag == MAP32;
}

/** A list or a map. */
@inline
export function isContainer(tag: u32): bool {
  return tag - LIST <= MAP32 - LIST;
}

@inline
export function isSet(tag: u32): bool {
  return tag - SS <= BS32 - SS;
}

/** Whether a string or binary tag has a u32 length. */
@inline
export function isLongBytes(tag: u32): bool {
  return tag == ASCII32 || tag == UTF8_32 || tag == BIN32;
}

/** Whether a list, map or set tag has u32 counts: the even ones. */
@inline
export function isLongBody(tag: u32): bool {
  return (tag & 1) == 0;
}

/** Of a string or binary value: the number of its bytes, and the first of them. */
@inline
export function bytesLength(value: usize): u32 {
  return isLongBytes(tagOf(value)) ? load<u32>(value, 1) : <u32>load<u8>(value, 1);
}

@inline
export function bytesAt(value: usize): usize {
  return value + (isLongBytes(tagOf(value)) ? 5 : 2);
}

/** Of a list, map or set: bytes of the body, members, first byte of the body. */
@inline
export function bodyBytes(value: usize): u32 {
  return isLongBody(tagOf(value)) ? load<u32>(value, 1) : <u32>load<u8>(value, 1);
}

@inline
export function memberCount(value: usize): u32 {
  return isLongBody(tagOf(value)) ? load<u32>(value, 5) : <u32>load<u8>(value, 2);
}

@inline
export function bodyAt(value: usize): usize {
  return value + (isLongBody(tagOf(value)) ? 9 : 3);
}

/** The value after a name entry `u16 nameBytes . name . value`. */
@inline
export function namedValue(entry: usize): usize {
  return entry + 2 + <usize>load<u16>(entry);
}

/** The first byte after a valid value. */
export function valueSkip(value: usize): usize {
  const tag = tagOf(value);
  if (tag >= LIST) return bodyAt(value) + <usize>bodyBytes(value);
  if (tag >= ASCII) return bytesAt(value) + <usize>bytesLength(value);
  switch (tag) {
    case INT8:
      return value + 2;
    case INT16:
      return value + 3;
    case INT32:
      return value + 5;
    case SCALED:
      return value + 6;
    case FLOAT64:
      return value + 9;
    case DECIMAL:
      return value + 2 + <usize>load<u8>(value, 1);
    default:
      return value + 1;
  }
}
