// Writes sets: members of one kind, sorted (strings and binary by bytes, numbers by value), each
// value once.
//
// A JavaScript Set holds no string twice. It can hold one number twice (1, 1n and NumberValue 1.0)
// and equal byte arrays: those are refused with DynamoDB's texts (data-model.md 1.1). Members are
// taken out of the Set once, at the start.

import { ValidationException } from '../../errors.js';
import { NumberValue } from '../../number-value.js';
import { bytesOf, compareBytes, writeBinary } from './bytes-writer.js';
import { closeContainer, containerBody } from './container-writer.js';
import {
  compareDecimals,
  type Decimal,
  decimalOfBigint,
  decimalOfNumber,
  notANumber,
  parseDecimal,
} from './decimal.js';
import { BS, NO_ROOM, NS, SS } from './format.js';
import { writeDecimal, writeNumber } from './number-writer.js';
import { writeString } from './text-writer.js';
import { ValueFault } from './value-fault.js';
import { written } from './written-size.js';

type MemberKind = 'string' | 'number' | 'binary';
type SetMember = string | number | bigint | NumberValue | Uint8Array;
type MemberWriter<Member> = (u8: Uint8Array, at: number, limit: number, member: Member) => number;

export function writeSet(
  u8: Uint8Array,
  at: number,
  limit: number,
  set: ReadonlySet<unknown>,
  dropUndefined: boolean,
): number {
  const given = Array.from(set);
  const values = dropUndefined ? given.filter((value) => value !== undefined) : given;
  const members = values.map(memberOf);
  if (members.length === 0) throw emptySet();
  const kind = commonKind(members);
  if (kind === 'string') {
    const strings = (members as string[]).sort(compareUtf8);
    return writeMembers(u8, at, limit, SS, strings, writeString);
  }
  if (kind === 'number')
    return writeNumberSet(u8, at, limit, members as (number | bigint | NumberValue)[]);
  return writeBinarySet(u8, at, limit, members as Uint8Array[]);
}

function writeNumberSet(
  u8: Uint8Array,
  at: number,
  limit: number,
  members: (number | bigint | NumberValue)[],
): number {
  if (members.every((member) => typeof member === 'number')) {
    const numbers = members.sort((a, b) => a - b);
    return writeMembers(u8, at, limit, NS, numbers, writeNumber);
  }
  const decimals = members.map(decimalOf).sort(compareDecimals);
  for (let i = 1; i < decimals.length; i++) {
    if (compareDecimals(decimals[i - 1], decimals[i]) === 0) {
      throw invalidSet('Input collection contains duplicates.');
    }
  }
  return writeMembers(u8, at, limit, NS, decimals, writeDecimal);
}

function writeBinarySet(u8: Uint8Array, at: number, limit: number, members: Uint8Array[]): number {
  const sorted = members.toSorted(compareBytes);
  for (let i = 1; i < sorted.length; i++) {
    if (compareBytes(sorted[i - 1], sorted[i]) === 0) throw duplicateBinary(members);
  }
  return writeMembers(u8, at, limit, BS, sorted, writeBinary);
}

function writeMembers<Member>(
  u8: Uint8Array,
  at: number,
  limit: number,
  tag: number,
  members: readonly Member[],
  write: MemberWriter<Member>,
): number {
  let end = containerBody(at);
  let size = 0;
  for (const member of members) {
    end = write(u8, end, limit, member);
    if (end < 0) return NO_ROOM;
    size += written.bytes;
  }
  end = closeContainer(u8, tag, at, end, limit, members.length);
  written.bytes = size;
  return end;
}

function memberOf(value: unknown): SetMember {
  switch (typeof value) {
    case 'string':
    case 'bigint':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw notANumber(String(value));
    case 'object':
      if (value instanceof NumberValue) return value;
      if (value !== null) {
        const bytes = bytesOf(value);
        if (bytes !== undefined) return bytes;
      }
  }
  throw new ValueFault('the set has a member that is neither a string, a number nor binary');
}

function kindOf(member: SetMember): MemberKind {
  if (typeof member === 'string') return 'string';
  return member instanceof Uint8Array ? 'binary' : 'number';
}

function commonKind(members: readonly SetMember[]): MemberKind {
  const kind = kindOf(members[0]);
  if (members.some((member) => kindOf(member) !== kind)) {
    throw new ValueFault(
      'the set has members of several kinds; strings, numbers and binary do not mix in one set',
    );
  }
  return kind;
}

function decimalOf(member: number | bigint | NumberValue): Decimal {
  if (typeof member === 'number') return decimalOfNumber(member);
  return typeof member === 'bigint' ? decimalOfBigint(member) : parseDecimal(member.value);
}

/**
 * Order of the UTF-8 bytes. It differs from JavaScript's in one thing: surrogates stand above
 * U+E000 .. U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

function utf8Rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}

/**
 * The kind of an empty JavaScript Set is unknown; DynamoDB has a text for each. A string set is the
 * likeliest.
 */
function emptySet(): ValidationException {
  return invalidSet('An string set  may not be empty');
}

/**
 * Lists members in byte order up to the first repeat, then the repeat and the rest as sent: as
 * DynamoDB does.
 */
function duplicateBinary(members: readonly Uint8Array[]): ValidationException {
  const repeat = members.findIndex((member, i) =>
    members.slice(0, i).some((earlier) => compareBytes(earlier, member) === 0),
  );
  const listed = members.slice(0, repeat).sort(compareBytes).concat(members.slice(repeat));
  const texts = listed.map((member) => `"${Buffer.from(member).toString('base64')}"`);
  return invalidSet(`Input collection [${texts.join(',')}]of type BS contains duplicates.`);
}

function invalidSet(problem: string): ValidationException {
  return new ValidationException(`One or more parameter values were invalid: ${problem}`);
}
