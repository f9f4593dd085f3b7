// The encoded item: the one truth that writers and readers of this folder share (core-as/item/
// holds the core's copy).
//
//   item   := u16 shapeId . u16 flags . u32 size . body          little-endian, unaligned
//   size   := the item's DynamoDB size in bytes, names included
//   flags  := bit 0 WIDE: offsets are u32, else u16
//             bit 1 INLINE: names lie in the item, shapeId is 0xFFFF, WIDE is set
//   body   := offset[n] . value*         n names of the shape; offsets count from the item's start
//   body   := u32 n . offset[n] . (u16 nameBytes . name . value)*
//                                        INLINE: offset[i] points at nameBytes
//
//   value  := tag u8 . payload
//     00 NULL   01 FALSE   02 TRUE
//     03 INT8 i8   04 INT16 i16   05 INT32 i32
//     06 SCALED i8 exponent . i32 mantissa     07 FLOAT64 f64
//     08 DECIMAL u8 length of the rest . i16 exponent . u8 sign . BCD digits, two a byte,
//                the last half filled with F
//     09 ASCII  0A UTF8  0D BIN                u8 length . bytes
//     0B ASCII32  0C UTF8_32  0E BIN32         u32 length . bytes
//     0F LIST  11 MAP  13 SS  15 NS  17 BS     u8 bodyBytes . u8 count . body
//     10, 12, 14, 16, 18: the same             u32 bodyBytes . u32 count . body
//        body of MAP := (u16 nameBytes . name . value)*, of the others := value*
//
// Canonical: a number has the first form that fits it in tag order; a length is short when it can
// be (<= 255, a container's count too); an item is WIDE only when its narrow form would be longer
// than 65,535 bytes; sets are sorted.

export const ITEM_HEADER_BYTES = 8;
export const FLAG_WIDE = 1;
export const FLAG_INLINE = 2;
export const SHAPE_ID_INLINE = 0xffff;
export const NARROW_BYTES_MAX = 65_535;

/**
 * Beyond these a shape is not worth having: names go inline. Name bytes count the u16 before each
 * name.
 */
export const SHAPE_NAMES_MAX = 255;
export const SHAPE_NAME_BYTES_MAX = 4_096;

export const NULL = 0x00;
export const FALSE = 0x01;
export const TRUE = 0x02;
export const INT8 = 0x03;
export const INT16 = 0x04;
export const INT32 = 0x05;
export const SCALED = 0x06;
export const FLOAT64 = 0x07;
export const DECIMAL = 0x08;
export const ASCII = 0x09;
export const UTF8 = 0x0a;
export const ASCII32 = 0x0b;
export const UTF8_32 = 0x0c;
export const BIN = 0x0d;
export const BIN32 = 0x0e;
export const LIST = 0x0f;
export const LIST32 = 0x10;
export const MAP = 0x11;
export const MAP32 = 0x12;
export const SS = 0x13;
export const SS32 = 0x14;
export const NS = 0x15;
export const NS32 = 0x16;
export const BS = 0x17;
export const BS32 = 0x18;

/** Lengths and counts up to this have the short form. */
export const SHORT_MAX = 255;
/** Bytes before the body of a container: tag, body bytes, count. */
export const SHORT_CONTAINER_HEADER_BYTES = 3;
export const LONG_CONTAINER_HEADER_BYTES = 9;

/**
 * What a writer returns instead of a position when the bytes do not fit below `limit`: grow and
 * encode again.
 */
export const NO_ROOM = -1;
