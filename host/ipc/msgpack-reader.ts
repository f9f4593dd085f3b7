// Msgpack of the IPC door to JavaScript values, as lib-dynamodb has them (core-as/item/msgpack-format.ts, io/ipc/PROTOCOL.md).
//
// Relies on sound msgpack: a server's frames have passed the core's validator, a client trusts the server it chose; bytes that
// are cut off give a RangeError, never a read beyond. What is sound msgpack and no value of DynamoDB's (a set with a member
// twice, 39 digits) becomes what the operations refuse with DynamoDB's text. Recursion is bounded by the validator's 64 levels.
//
// msgpackr is not used here: it renames an attribute called __proto__, its ext types are global to the process, and it has no
// say about names that stand twice.

import { readNumber } from '../api/attribute-number.js';
import { readSet } from '../api/attribute-set.js';
import { latin1Slice, utf8Slice } from '../core/codec/native-text.js';
import { setOwn } from '../core/codec/plain-object.js';
import { SerializationException } from '../errors.js';
import { FaultyValue } from '../table/faulty-value.js';

export const EXT = { NUMBER: 1, SS: 2, NS: 3, BS: 4, TIMESTAMP: 0xff } as const;
const SET_TYPES = { [EXT.SS]: 'SS', [EXT.NS]: 'NS', [EXT.BS]: 'BS' } as const;
const LEVELS_MAX = 100;
const LOOP_TEXT_MAX = 12;

export class MsgpackReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #level = 0;

  /** The value at `at`. Whatever it is, it must end by `end`; `position` tells where it does. */
  read(bytes: Buffer, at: number, end: number): unknown {
    this.begin(bytes, at, end);
    return this.next();
  }

  /** Reads values one behind the other, by `next`. */
  begin(bytes: Buffer, at: number, end: number): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.#level = 0;
  }

  get position(): number {
    return this.#at;
  }

  next(): unknown {
    const code = this.#bytes[this.#take(1)];
    if (code < 0x80) return code;
    if (code < 0x90) return this.#map(code & 15);
    if (code < 0xa0) return this.#array(code & 15);
    if (code < 0xc0) return this.#text(code & 31);
    return code >= 0xe0 ? code - 256 : this.#long(code);
  }

  /** Members of the array that begins here. */
  arrayLength(): number {
    const code = this.#bytes[this.#take(1)];
    if (code >= 0x90 && code < 0xa0) return code & 15;
    if (code === 0xdc) return this.#bytes.readUInt16BE(this.#take(2));
    if (code === 0xdd) return this.#bytes.readUInt32BE(this.#take(4));
    throw new TypeError('msgpack has something else where an array was expected');
  }

  #long(code: number): unknown {
    const bytes = this.#bytes;
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.#binary(bytes[this.#take(1)]);
      case 0xc5:
        return this.#binary(bytes.readUInt16BE(this.#take(2)));
      case 0xc6:
        return this.#binary(bytes.readUInt32BE(this.#take(4)));
      case 0xc7:
        return this.#ext(bytes[this.#take(1)]);
      case 0xc8:
        return this.#ext(bytes.readUInt16BE(this.#take(2)));
      case 0xc9:
        return this.#ext(bytes.readUInt32BE(this.#take(4)));
      case 0xca:
        return bytes.readFloatBE(this.#take(4));
      case 0xcb:
        return bytes.readDoubleBE(this.#take(8));
      case 0xcc:
        return bytes[this.#take(1)];
      case 0xcd:
        return bytes.readUInt16BE(this.#take(2));
      case 0xce:
        return bytes.readUInt32BE(this.#take(4));
      case 0xcf:
        return exact(bytes.readBigUInt64BE(this.#take(8)));
      case 0xd0:
        return bytes.readInt8(this.#take(1));
      case 0xd1:
        return bytes.readInt16BE(this.#take(2));
      case 0xd2:
        return bytes.readInt32BE(this.#take(4));
      case 0xd3:
        return exact(bytes.readBigInt64BE(this.#take(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#ext(1 << (code - 0xd4));
      case 0xd9:
        return this.#text(bytes[this.#take(1)]);
      case 0xda:
        return this.#text(bytes.readUInt16BE(this.#take(2)));
      case 0xdb:
        return this.#text(bytes.readUInt32BE(this.#take(4)));
      case 0xdc:
        return this.#array(bytes.readUInt16BE(this.#take(2)));
      case 0xdd:
        return this.#array(bytes.readUInt32BE(this.#take(4)));
      case 0xde:
        return this.#map(bytes.readUInt16BE(this.#take(2)));
      case 0xdf:
        return this.#map(bytes.readUInt32BE(this.#take(4)));
      default:
        throw new TypeError(`msgpack has no code ${code}`);
    }
  }

  #take(bytes: number): number {
    const at = this.#at;
    this.#at = at + bytes;
    if (this.#at > this.#end) throw new RangeError('msgpack is cut off');
    return at;
  }

  #text(length: number): string {
    const at = this.#take(length);
    const bytes = this.#bytes;
    if (length > LOOP_TEXT_MAX) return utf8Slice(bytes, at, at + length);
    let text = '';
    for (let i = at; i < at + length; i++) {
      const code = bytes[i];
      if (code > 127) return utf8Slice(bytes, at, at + length);
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** A copy: the frame's memory is used again. */
  #binary(length: number): Uint8Array {
    const at = this.#take(length);
    return new Uint8Array(this.#bytes.subarray(at, at + length));
  }

  #array(count: number): unknown[] {
    this.#enter(count);
    const members: unknown[] = [];
    for (let i = 0; i < count; i++) members.push(this.next());
    this.#level--;
    return members;
  }

  #map(count: number): Record<string, unknown> {
    this.#enter(count);
    const map: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const name = this.next();
      if (typeof name !== 'string')
        throw new TypeError('a map of msgpack has a name that is no str');
      if (Object.hasOwn(map, name)) {
        throw new SerializationException('A map has two members of one name', name);
      }
      setOwn(map, name, this.next());
    }
    this.#level--;
    return map;
  }

  /** A member takes a byte or more, so a count that lies is found out before memory is spent. */
  #enter(count: number): void {
    if (count > this.#end - this.#at) throw new RangeError('msgpack is cut off');
    if (++this.#level > LEVELS_MAX) throw new RangeError('msgpack nests too deep');
  }

  #ext(length: number): unknown {
    const type = this.#bytes[this.#take(1)];
    const at = this.#take(length);
    switch (type) {
      case EXT.NUMBER:
        return readNumber(latin1Slice(this.#bytes, at, at + length));
      case EXT.SS:
      case EXT.NS:
      case EXT.BS:
        return this.#set(SET_TYPES[type], at, at + length);
      case EXT.TIMESTAMP:
        return this.#timestamp(at, length);
      default:
        throw new TypeError(`msgpack has an ext of type ${type}, which is none of this protocol's`);
    }
  }

  #set(type: 'SS' | 'NS' | 'BS', at: number, end: number): unknown {
    const outerEnd = this.#end;
    this.#at = at;
    this.#end = end;
    const members = this.next() as unknown[];
    this.#at = end;
    this.#end = outerEnd;
    return type === 'NS' ? numberSet(members) : readSet(type, members as (string | Uint8Array)[]);
  }

  /** The standard's 32, 64 and 96 bits. */
  #timestamp(at: number, length: number): Date {
    const bytes = this.#bytes;
    if (length === 4) return new Date(bytes.readUInt32BE(at) * 1000);
    if (length === 8) {
      const high = bytes.readUInt32BE(at);
      const seconds = (high & 3) * 2 ** 32 + bytes.readUInt32BE(at + 4);
      return new Date(seconds * 1000 + Math.floor((high >>> 2) / 1e6));
    }
    const seconds = Number(bytes.readBigInt64BE(at + 4));
    return new Date(seconds * 1000 + Math.floor(bytes.readUInt32BE(at) / 1e6));
  }
}

function numberSet(members: readonly unknown[]): unknown {
  const set = new Set(members);
  if (set.size === members.length && set.size > 0 && members.every((n) => typeof n === 'number'))
    return set;
  const faulty = members.find((member) => member instanceof FaultyValue);
  return faulty ?? readSet('NS', members.map(String));
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
