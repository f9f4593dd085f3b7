// Pieces of JSON: escaped text, base64. Every function writes at `out`, never at or beyond `limit`,
// and returns where it ended, or 0 if there was no room (then what lies behind `out` is garbage).
//
// Text is escaped as JSON.stringify does: quote, backslash and what is below 0x20; UTF-8 goes through.

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;

/** \u001f */
const ESCAPE_BYTES_MAX: usize = 6;

@inline
export function putByte(byte: u32, out: usize, limit: usize): usize {
  if (out >= limit) return 0;
  store<u8>(out, <u8>byte);
  return out + 1;
}

/** The text in quotes. */
export function putText(text: usize, length: u32, out: usize, limit: usize): usize {
  if (limit - out < <usize>length + 2) return 0;
  store<u8>(out, <u8>QUOTE);
  let end = out + 1 + <usize>length;
  if (!copyPlain(text, length, out + 1)) {
    end = putEscaped(text, length, out + 1, limit);
    if (end == 0 || end >= limit) return 0;
  }
  store<u8>(end, <u8>QUOTE);
  return end + 1;
}

/** Copies text that needs no escape; false if it does, what was copied then is no use. */
@inline
function copyPlain(text: usize, length: u32, out: usize): bool {
  if (length < 8) return copyPlainShort(text, length, out);
  return length < 16 ? copyPlainWords(text, length, out) : copyPlainLanes(text, length, out);
}

function copyPlainShort(text: usize, length: u32, out: usize): bool {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (needsEscape(byte)) return false;
    store<u8>(out + i, <u8>byte);
  }
  return true;
}

/** 8 to 15 bytes: the first and the last eight of them. */
function copyPlainWords(text: usize, length: u32, out: usize): bool {
  const first = load<u64>(text);
  const last = load<u64>(text + length - 8);
  if ((escapesIn(first) | escapesIn(last)) != 0) return false;
  store<u64>(out, first);
  store<u64>(out + length - 8, last);
  return true;
}

function copyPlainLanes(text: usize, length: u32, out: usize): bool {
  const tail = <usize>length - 16;
  for (let at: usize = 0; at < tail; at += 16) {
    const lane = v128.load(text + at);
    if (v128.any_true(escapeMask(lane))) return false;
    v128.store(out + at, lane);
  }
  const lane = v128.load(text + tail);
  if (v128.any_true(escapeMask(lane))) return false;
  v128.store(out + tail, lane);
  return true;
}

@inline
function escapeMask(lane: v128): v128 {
  return v128.or(
    i8x16.lt_u(lane, i8x16.splat(0x20)),
    v128.or(
      i8x16.eq(lane, i8x16.splat(<i8>QUOTE)),
      i8x16.eq(lane, i8x16.splat(<i8>BACKSLASH)),
    ),
  );
}

/** Not 0 if one of eight bytes needs an escape. */
@inline
function escapesIn(word: u64): u64 {
  const quote = word ^ (ONES * QUOTE);
  const backslash = word ^ (ONES * BACKSLASH);
  const below = (word - ONES * 0x20) & ~word;
  const isQuote = (quote - ONES) & ~quote;
  const isBackslash = (backslash - ONES) & ~backslash;
  return (below | isQuote | isBackslash) & HIGHS;
}

@inline
function needsEscape(byte: u32): bool {
  return byte < 0x20 || byte == QUOTE || byte == BACKSLASH;
}

function putEscaped(text: usize, length: u32, out: usize, limit: usize): usize {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (!needsEscape(byte)) {
      if (out >= limit) return 0;
      store<u8>(out++, <u8>byte);
      continue;
    }
    if (limit - out < ESCAPE_BYTES_MAX) return 0;
    store<u8>(out, <u8>BACKSLASH);
    const letter = shortEscape(byte);
    if (letter != 0) {
      store<u8>(out + 1, <u8>letter);
      out += 2;
      continue;
    }
    store<u32>(out + 1, 0x30303075); // u000
    if (byte >= 0x10) store<u8>(out + 4, 0x31);
    store<u8>(out + 5, hexDigit(byte & 15));
    out += 6;
  }
  return out;
}

function shortEscape(byte: u32): u32 {
  switch (byte) {
    case QUOTE:
    case BACKSLASH:
      return byte;
    case 0x08:
      return 0x62;
    case 0x09:
      return 0x74;
    case 0x0a:
      return 0x6e;
    case 0x0c:
      return 0x66;
    case 0x0d:
      return 0x72;
    default:
      return 0;
  }
}

@inline
function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? 0x30 + value : 0x57 + value);
}

const BASE64: StaticArray<u8> = [
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88,
  89, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114,
  115, 116, 117, 118, 119, 120, 121, 122, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 43, 47,
];

@inline
function base64(sixBits: u32): u8 {
  return load<u8>(changetype<usize>(BASE64) + <usize>(sixBits & 63));
}

/** Bytes as base64 with its padding, in quotes. */
export function putBase64(bytes: usize, length: u32, out: usize, limit: usize): usize {
  const characters = (<usize>length + 2) / 3 * 4;
  if (limit - out < characters + 2) return 0;
  store<u8>(out++, <u8>QUOTE);
  const end = bytes + <usize>length;
  for (; end - bytes >= 3; bytes += 3, out += 4) {
    const bits =
      ((<u32>load<u8>(bytes)) << 16) | ((<u32>load<u8>(bytes, 1)) << 8) | (<u32>load<u8>(bytes, 2));
    store<u8>(out, base64(bits >> 18));
    store<u8>(out, base64(bits >> 12), 1);
    store<u8>(out, base64(bits >> 6), 2);
    store<u8>(out, base64(bits), 3);
  }
  const rest = end - bytes;
  if (rest != 0) {
    const first = <u32>load<u8>(bytes);
    const second: u32 = rest == 2 ? <u32>load<u8>(bytes, 1) : 0;
    store<u8>(out, base64(first >> 2));
    store<u8>(out, base64((first << 4) | (second >> 4)), 1);
    store<u8>(out, rest == 2 ? base64(second << 2) : 0x3d, 2);
    store<u8>(out, 0x3d, 3);
    out += 4;
  }
  store<u8>(out, <u8>QUOTE);
  return out + 1;
}
