// The oracle of msgpack: written from the msgpack specification and io/ipc/PROTOCOL.md, sharing nothing with the product's
// own readers and writers. Values are the JavaScript ones of the host's codec.

import { NumberValue } from '../../host/number-value.js';

const EXT = { NUMBER: 1, SS: 2, NS: 3, BS: 4 } as const;

/** Reads one value; `end` is where it ends. Throws for what the specification does not have. */
export function unpack(bytes: Uint8Array, at = 0): { value: unknown; end: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { buffer, at };
  return { value: readValue(reader), end: reader.at };
}

interface Reader {
  readonly buffer: Buffer;
  at: number;
}

function advance(reader: Reader, bytes: number): number {
  const at = reader.at;
  reader.at += bytes;
  if (reader.at > reader.buffer.length) throw new RangeError('msgpack is cut off');
  return at;
}

function readLength(reader: Reader, bytes: number): number {
  return reader.buffer.readUIntBE(advance(reader, bytes), bytes);
}

function readBytes(reader: Reader, length: number): Buffer {
  const at = advance(reader, length);
  return reader.buffer.subarray(at, at + length);
}

function readText(reader: Reader, length: number): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    readBytes(reader, length),
  );
}

function readArray(reader: Reader, count: number): unknown[] {
  return Array.from({ length: count }, () => readValue(reader));
}

function readMap(reader: Reader, count: number): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (let i = 0; i < count; i++) members.push([readValue(reader) as string, readValue(reader)]);
  return Object.fromEntries(members);
}

function readExt(reader: Reader, length: number): unknown {
  const [type] = readBytes(reader, 1);
  const payload = readBytes(reader, length);
  if (type === EXT.NUMBER) return NumberValue.from(payload.toString('latin1'));
  if (type !== EXT.SS && type !== EXT.NS && type !== EXT.BS) throw new TypeError(`ext ${type}`);
  return new Set(unpack(payload).value as unknown[]);
}

function safe(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) || value === 2n ** 53n ? Number(value) : value;
}

function readValue(reader: Reader): unknown {
  const { buffer } = reader;
  const code = buffer[advance(reader, 1)];
  if (code < 0x80) return code;
  if (code < 0x90) return readMap(reader, code & 15);
  if (code < 0xa0) return readArray(reader, code & 15);
  if (code < 0xc0) return readText(reader, code & 31);
  if (code >= 0xe0) return code - 256;
  switch (code) {
    case 0xc0:
      return null;
    case 0xc2:
    case 0xc3:
      return code === 0xc3;
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return Uint8Array.from(readBytes(reader, readLength(reader, 1 << (code - 0xc4))));
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return readExt(reader, readLength(reader, 1 << (code - 0xc7)));
    case 0xca:
      return buffer.readFloatBE(advance(reader, 4));
    case 0xcb:
      return buffer.readDoubleBE(advance(reader, 8));
    case 0xcc:
    case 0xcd:
    case 0xce:
      return readLength(reader, 1 << (code - 0xcc));
    case 0xcf:
      return safe(buffer.readBigUInt64BE(advance(reader, 8)));
    case 0xd0:
      return buffer.readInt8(advance(reader, 1));
    case 0xd1:
      return buffer.readInt16BE(advance(reader, 2));
    case 0xd2:
      return buffer.readInt32BE(advance(reader, 4));
    case 0xd3:
      return safe(buffer.readBigInt64BE(advance(reader, 8)));
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return readExt(reader, 1 << (code - 0xd4));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return readText(reader, readLength(reader, 1 << (code - 0xd9)));
    case 0xdc:
    case 0xdd:
      return readArray(reader, readLength(reader, 2 << (code - 0xdc)));
    case 0xde:
    case 0xdf:
      return readMap(reader, readLength(reader, 2 << (code - 0xde)));
    default:
      throw new TypeError(`msgpack has no ${code}`);
  }
}

/** Writes a value. `choose(n)` picks one of n legal forms, 0 the shortest. */
export function pack(value: unknown, choose: (forms: number) => number = () => 0): Buffer {
  switch (typeof value) {
    case 'boolean':
      return Buffer.of(value ? 0xc3 : 0xc2);
    case 'string': {
      const text = Buffer.from(value, 'utf8');
      return Buffer.concat([
        head(text.length, 0xa0, 32, [0xd9, 0xda, 0xdb], [1, 2, 4], choose),
        text,
      ]);
    }
    case 'number':
      return packNumber(value, choose);
    case 'bigint':
      return packBigint(value);
  }
  if (value === null) return Buffer.of(0xc0);
  if (value instanceof NumberValue) return packExt(EXT.NUMBER, Buffer.from(value.value), choose);
  if (value instanceof Uint8Array) {
    return Buffer.concat([head(value.length, 0, 0, [0xc4, 0xc5, 0xc6], [1, 2, 4], choose), value]);
  }
  if (Array.isArray(value)) return packArray(value, choose);
  if (value instanceof Set) {
    const members = [...(value as Set<unknown>)];
    const [first] = members;
    const type = typeof first === 'string' ? EXT.SS : first instanceof Uint8Array ? EXT.BS : EXT.NS;
    return packExt(type, packArray(members, choose), choose);
  }
  const members = Object.entries(value as object);
  return Buffer.concat([
    head(members.length, 0x80, 16, [0xde, 0xdf], [2, 4], choose),
    ...members.flat().map((member) => pack(member, choose)),
  ]);
}

function packArray(members: readonly unknown[], choose: (forms: number) => number): Buffer {
  return Buffer.concat([
    head(members.length, 0x90, 16, [0xdc, 0xdd], [2, 4], choose),
    ...members.map((member) => pack(member, choose)),
  ]);
}

function head(
  length: number,
  fixed: number,
  fixedEnd: number,
  codes: readonly number[],
  widths: readonly number[],
  choose: (forms: number) => number,
): Buffer {
  const forms = codes
    .map((code, i) => [code, widths[i]])
    .filter(([, width]) => length < 2 ** (8 * width))
    .map(([code, width]) => {
      const bytes = Buffer.alloc(1 + width);
      bytes[0] = code;
      bytes.writeUIntBE(length, 1, width);
      return bytes;
    });
  if (length < fixedEnd) forms.unshift(Buffer.of(fixed | length));
  return forms[choose(forms.length)];
}

export function packExt(
  type: number,
  payload: Uint8Array,
  choose: (forms: number) => number = () => 0,
): Buffer {
  const exact = [1, 2, 4, 8, 16].indexOf(payload.length);
  const prefix =
    exact >= 0 && choose(2) === 0
      ? Buffer.of(0xd4 + exact)
      : head(payload.length, 0, 0, [0xc7, 0xc8, 0xc9], [1, 2, 4], choose);
  return Buffer.concat([prefix, Buffer.of(type), payload]);
}

function packNumber(value: number, choose: (forms: number) => number): Buffer {
  const double = Buffer.alloc(9);
  double[0] = 0xcb;
  double.writeDoubleBE(value, 1);
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return double;
  const forms: Buffer[] = [];
  if (value >= -32 && value < 128) forms.push(Buffer.of(value & 255));
  for (const [power, width] of [1, 2, 4].entries()) {
    const bytes = Buffer.alloc(1 + width);
    if (value >= 0 && value < 2 ** (8 * width)) {
      bytes[0] = 0xcc + power;
      bytes.writeUIntBE(value, 1, width);
      forms.push(Buffer.from(bytes));
    }
    if (value >= -(2 ** (8 * width - 1)) && value < 2 ** (8 * width - 1)) {
      bytes[0] = 0xd0 + power;
      bytes.writeIntBE(value, 1, width);
      forms.push(bytes);
    }
  }
  forms.push(packBigint(BigInt(value)), double);
  return forms[choose(forms.length)];
}

function packBigint(value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  if (value >= 2n ** 64n || value < -(2n ** 63n))
    return packExt(EXT.NUMBER, Buffer.from(String(value)));
  bytes[0] = value < 0n ? 0xd3 : 0xcf;
  if (value < 0n) bytes.writeBigInt64BE(value, 1);
  else bytes.writeBigUInt64BE(value, 1);
  return bytes;
}
