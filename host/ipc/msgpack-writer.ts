// JavaScript values, as lib-dynamodb has them, to msgpack of the IPC door: what MsgpackReader reads back.
//
// Numbers go as the integer or the float64 they are, bigints beyond 64 bits and NumberValues as ext 1, Sets as ext 2 to 4,
// Dates as the standard's timestamp. `undefined` members are left out, as JSON.stringify does; other things that no DynamoDB
// type holds are refused with their place.

import { ByteSink } from '../core/byte-sink.js';
import { writeUtf8Text } from '../core/codec/native-text.js';
import { UnsupportedValue } from '../errors.js';
import { NumberValue } from '../number-value.js';
import { isPlainObject } from '../table/item-value.js';
import { EXT } from './msgpack-reader.js';

const LEVELS_MAX = 64;
const LOOP_TEXT_MAX = 40;
const float = new DataView(new ArrayBuffer(8));

export class MsgpackWriter {
  readonly sink: ByteSink;

  constructor(sink = new ByteSink()) {
    this.sink = sink;
  }

  write(value: unknown, path = '', level = 0): void {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return this.number(value);
      case 'boolean':
        return this.sink.appendByte(value ? 0xc3 : 0xc2);
      case 'bigint':
        return this.#bigint(value);
      case 'object':
        return value === null ? this.sink.appendByte(0xc0) : this.#object(value, path, level);
      default:
        throw new UnsupportedValue(path, `is a ${typeof value}, which has no DynamoDB type.`);
    }
  }

  text(text: string): void {
    const { length } = text;
    if (length > LOOP_TEXT_MAX) return this.#longText(text);
    const { sink } = this;
    sink.reserve(length + 2);
    const { u8 } = sink;
    const start = sink.length;
    let at = start + (length < 32 ? 1 : 2);
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return this.#longText(text);
      u8[at++] = code;
    }
    if (length < 32) {
      u8[start] = 0xa0 | length;
    } else {
      u8[start] = 0xd9;
      u8[start + 1] = length;
    }
    sink.length = at;
  }

  #longText(text: string): void {
    if (!text.isWellFormed())
      throw new UnsupportedValue(text.slice(0, 40), 'has a lone surrogate, which is not Unicode.');
    const bytes = Buffer.byteLength(text, 'utf8');
    if (bytes < 32) this.sink.appendByte(0xa0 | bytes);
    else this.#length(0xd9, bytes);
    const { sink } = this;
    sink.reserve(bytes);
    writeUtf8Text(sink.u8, sink.length, text, bytes);
    sink.length += bytes;
  }

  number(value: number): void {
    const { sink } = this;
    if ((value | 0) === value && !Object.is(value, -0)) return this.#integer(value);
    if (Number.isSafeInteger(value) && value !== 0) return this.#wide(BigInt(value));
    sink.reserve(9);
    float.setFloat64(0, value);
    sink.u8[sink.length++] = 0xcb;
    this.#copyFloat();
  }

  /** An integer of 32 bits. */
  #integer(value: number): void {
    const { sink } = this;
    sink.reserve(5);
    const { u8 } = sink;
    if (value >= -32 && value < 128) {
      u8[sink.length++] = value;
    } else if (value >= -128 && value < 256) {
      u8[sink.length++] = value < 0 ? 0xd0 : 0xcc;
      u8[sink.length++] = value;
    } else if (value >= -32768 && value < 65536) {
      u8[sink.length++] = value < 0 ? 0xd1 : 0xcd;
      u8[sink.length++] = value >> 8;
      u8[sink.length++] = value;
    } else {
      u8[sink.length++] = value < 0 ? 0xd2 : 0xce;
      this.#u32(value);
    }
  }

  #bigint(value: bigint): void {
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return this.#wide(value);
    this.#ext(EXT.NUMBER, Buffer.from(String(value), 'latin1'));
  }

  #wide(value: bigint): void {
    const { sink } = this;
    sink.reserve(9);
    if (value < 0n) float.setBigInt64(0, value);
    else float.setBigUint64(0, value);
    sink.u8[sink.length++] = value < 0n ? 0xd3 : 0xcf;
    this.#copyFloat();
  }

  #copyFloat(): void {
    const { sink } = this;
    for (let i = 0; i < 8; i++) sink.u8[sink.length++] = float.getUint8(i);
  }

  #u32(value: number): void {
    const { sink } = this;
    sink.patchU32(sink.length, value);
    sink.length += 4;
  }

  #object(value: object, path: string, level: number): void {
    if (level > LEVELS_MAX) throw new UnsupportedValue(path, 'nests too deep.');
    if (value instanceof Uint8Array) {
      this.#length(0xc4, value.length);
      return this.sink.append(value);
    }
    if (Array.isArray(value)) return this.#members(value, path, level);
    if (value instanceof NumberValue)
      return this.#ext(EXT.NUMBER, Buffer.from(value.value, 'latin1'));
    if (value instanceof Set) return this.#set(value, path, level);
    if (value instanceof Date) return this.#date(value);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || !isPlainObject(value))
      throw new UnsupportedValue(
        path,
        'has no DynamoDB type: store a plain object or a Uint8Array.',
      );
    this.#map(value, path, level);
  }

  #map(map: Readonly<Record<string, unknown>>, path: string, level: number): void {
    let count = 0;
    for (const name in map) if (map[name] !== undefined && Object.hasOwn(map, name)) count++;
    this.mapHead(count);
    for (const name in map) {
      const member = map[name];
      if (member === undefined || !Object.hasOwn(map, name)) continue;
      this.text(name);
      if (typeof member === 'object') this.write(member, `${path}.${name}`, level + 1);
      else this.write(member, path, level);
    }
  }

  #members(members: readonly unknown[], path: string, level: number): void {
    this.arrayHead(members.length);
    for (let i = 0; i < members.length; i++) this.write(members[i], `${path}[${i}]`, level + 1);
  }

  #set(set: ReadonlySet<unknown>, path: string, level: number): void {
    const members = [...set];
    const [first] = members;
    const type =
      typeof first === 'string' || first === undefined
        ? EXT.SS
        : first instanceof Uint8Array
          ? EXT.BS
          : EXT.NS;
    const inner = new MsgpackWriter();
    inner.#members(members, path, level);
    this.#ext(type, inner.sink.take());
  }

  #date(date: Date): void {
    const ms = date.getTime();
    const seconds = Math.floor(ms / 1000);
    const payload = Buffer.alloc(12);
    payload.writeUInt32BE((ms - seconds * 1000) * 1e6, 0);
    payload.writeBigInt64BE(BigInt(seconds), 4);
    this.#ext(EXT.TIMESTAMP, payload);
  }

  #ext(type: number, payload: Uint8Array): void {
    const exact = [1, 2, 4, 8, 16].indexOf(payload.length);
    if (exact >= 0) this.sink.appendByte(0xd4 + exact);
    else this.#length(0xc7, payload.length);
    this.sink.appendByte(type);
    this.sink.append(payload);
  }

  mapHead(count: number): void {
    this.#head(0x80, 0xde, count);
  }

  arrayHead(count: number): void {
    this.#head(0x90, 0xdc, count);
  }

  #head(fixed: number, code: number, count: number): void {
    if (count < 16) return this.sink.appendByte(fixed | count);
    this.#longLength(code, count);
  }

  /** `code` is that of the 8-bit form. */
  #length(code: number, length: number): void {
    if (length > 255) return this.#longLength(code + 1, length);
    this.sink.appendByte(code);
    this.sink.appendByte(length);
  }

  #longLength(code: number, length: number): void {
    const { sink } = this;
    sink.reserve(5);
    if (length > 65_535) {
      sink.appendByte(code + 1);
      return this.#u32(length);
    }
    sink.appendByte(code);
    sink.appendByte(length >> 8);
    sink.appendByte(length & 255);
  }
}
