// The oracle of items: values as plain data, their one encoding, their size and their equality,
// written from the spec.

import {
  compare,
  decimal,
  decimalSize,
  encodeDecimal,
  plain,
  randomDecimal,
} from './decimal-model.js';
import type { DecimalModel } from './decimal-model.js';
import type { Random } from './codec-core.js';

export type ValueModel =
  | { readonly type: 'NULL' }
  | { readonly type: 'BOOL'; readonly value: boolean }
  | { readonly type: 'S'; readonly value: string }
  | { readonly type: 'N'; readonly value: DecimalModel }
  | { readonly type: 'B'; readonly value: Uint8Array }
  | { readonly type: 'L'; readonly value: readonly ValueModel[] }
  | { readonly type: 'M'; readonly value: readonly NamedValue[] }
  | { readonly type: 'SS' | 'NS' | 'BS'; readonly value: readonly ValueModel[] };

export type NamedValue = readonly [name: string, value: ValueModel];

const utf8 = (text: string) => Buffer.from(text, 'utf8');

export const string = (value: string): ValueModel => ({ type: 'S', value });
export const number = (text: string): ValueModel => ({ type: 'N', value: decimal(text) });
export const list = (...value: ValueModel[]): ValueModel => ({ type: 'L', value });
export const map = (value: Record<string, ValueModel>): ValueModel => ({
  type: 'M',
  value: Object.entries(value),
});

/** `inner` inside so many lists and maps, by turns. */
export function nested(levels: number, inner: ValueModel): ValueModel {
  let value = inner;
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? list(value) : map({ a: value });
  return value;
}

export function encode(model: ValueModel): Buffer {
  switch (model.type) {
    case 'NULL':
      return Buffer.from([0]);
    case 'BOOL':
      return Buffer.from([model.value ? 2 : 1]);
    case 'N':
      return Buffer.from(encodeDecimal(model.value));
    case 'B':
      return lengthBytes(0x0d, 0x0e, Buffer.from(model.value));
    case 'S': {
      const bytes = utf8(model.value);
      return bytes.some((byte) => byte > 127)
        ? lengthBytes(0x0a, 0x0c, bytes)
        : lengthBytes(0x09, 0x0b, bytes);
    }
    case 'L':
      return body(0x0f, model.value.map(encode));
    case 'M':
      return body(0x11, model.value.map(encodeEntry));
    case 'SS':
      return body(0x13, model.value.map(encode));
    case 'NS':
      return body(0x15, model.value.map(encode));
    case 'BS':
      return body(0x17, model.value.map(encode));
  }
}

export function encodeEntry([name, value]: NamedValue): Buffer {
  const bytes = utf8(name);
  const head = Buffer.alloc(2);
  head.writeUInt16LE(bytes.length);
  return Buffer.concat([head, bytes, encode(value)]);
}

function lengthBytes(short: number, long: number, bytes: Buffer): Buffer {
  if (bytes.length <= 255) return Buffer.concat([Buffer.from([short, bytes.length]), bytes]);
  const head = Buffer.alloc(5, long);
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function body(tag: number, members: Buffer[]): Buffer {
  const bytes = Buffer.concat(members);
  if (bytes.length <= 255)
    return Buffer.concat([Buffer.from([tag, bytes.length, members.length]), bytes]);
  const head = Buffer.alloc(9, tag + 1);
  head.writeUInt32LE(bytes.length, 1);
  head.writeUInt32LE(members.length, 5);
  return Buffer.concat([head, bytes]);
}

export function size(model: ValueModel): number {
  switch (model.type) {
    case 'NULL':
    case 'BOOL':
      return 1;
    case 'S':
      return utf8(model.value).length;
    case 'N':
      return decimalSize(model.value);
    case 'B':
      return model.value.length;
    case 'L':
      return model.value.reduce((sum, member) => sum + 1 + size(member), 3);
    case 'M':
      return model.value.reduce(
        (sum, [name, member]) => sum + 1 + utf8(name).length + size(member),
        3,
      );
    default:
      return model.value.reduce((sum, member) => sum + size(member), 0);
  }
}

export function itemModelSize(attributes: readonly NamedValue[]): number {
  return attributes.reduce((sum, [name, value]) => sum + utf8(name).length + size(value), 0);
}

/**
 * A whole item, with its names or (`inline` false) with those of a shape. Wide offsets where they
 * are needed.
 */
export function encodeItem(
  attributes: readonly NamedValue[],
  inline: boolean,
  forceWide = false,
): Buffer {
  const parts = attributes.map((entry) => (inline ? encodeEntry(entry) : encode(entry[1])));
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const wide = inline || forceWide || 8 + 2 * parts.length + bytes > 65_535;
  const head = Buffer.alloc(8 + (inline ? 4 : 0) + parts.length * (wide ? 4 : 2));
  head.writeUInt16LE(inline ? 0xffff : 7, 0);
  head.writeUInt16LE((wide ? 1 : 0) | (inline ? 2 : 0), 2);
  head.writeUInt32LE(itemModelSize(attributes), 4);
  let at = inline ? head.writeUInt32LE(parts.length, 8) : 8;
  let offset = head.length;
  for (const part of parts) {
    at = wide ? head.writeUInt32LE(offset, at) : head.writeUInt16LE(offset, at);
    offset += part.length;
  }
  return Buffer.concat([head, ...parts]);
}

/** Equality as in conditions, deciding maps by name. */
export function equal(a: ValueModel, b: ValueModel): boolean {
  if (a.type === 'M' && b.type === 'M') {
    const other = new Map(b.value);
    return (
      a.value.length === b.value.length &&
      a.value.every(([name, value]) => other.has(name) && equal(value, other.get(name)!))
    );
  }
  if (a.type === 'L' && b.type === 'L') {
    return (
      a.value.length === b.value.length && a.value.every((member, i) => equal(member, b.value[i]!))
    );
  }
  return a.type === b.type && encode(a).equals(encode(b));
}

/** The same value with the members of every map in another order. */
export function reordered(model: ValueModel, random: Random): ValueModel {
  if (model.type === 'L')
    return { type: 'L', value: model.value.map((member) => reordered(member, random)) };
  if (model.type !== 'M') return model;
  return {
    type: 'M',
    value: random
      .shuffle(model.value)
      .map(([name, value]) => [name, reordered(value, random)] as const),
  };
}

const LETTERS = [
  'a',
  'b',
  'key',
  'ä',
  '€',
  '😀',
  '\0',
  '\x7f',
  '\u0080',
  '\u07ff',
  '\u0800',
  '\uffff',
  '\u{10ffff}',
  '\ud7ff',
  '\ue000',
];

export function randomText(random: Random, length = random.pick([0, 1, 3, 10, 40])): string {
  const ascii = random.chance(0.6);
  let text = '';
  for (let i = 0; i < length; i++)
    text += ascii ? String.fromCharCode(random.below(128)) : random.pick(LETTERS);
  return text;
}

export function randomValue(random: Random, depth: number): ValueModel {
  switch (random.below(depth > 0 ? 12 : 8)) {
    case 0:
      return { type: 'NULL' };
    case 1:
      return { type: 'BOOL', value: random.chance(0.5) };
    case 2:
    case 3:
      return { type: 'N', value: randomDecimal(random) };
    case 4:
      return { type: 'B', value: random.bytes(random.pick([0, 1, 20, 255, 256, 300])) };
    case 5:
      return randomSet(random);
    case 6:
      return string(randomText(random, random.pick([100, 254, 255, 256, 400])));
    case 7:
      return string(randomText(random));
    case 8:
    case 9:
      return list(
        ...Array.from({ length: random.pick([0, 1, 2, 3, depth === 1 ? 20 : 4]) }, () =>
          randomValue(random, depth - 1),
        ),
      );
    default: {
      const members = new Map<string, ValueModel>();
      for (let i = random.pick([0, 1, 2, 3, depth === 1 ? 30 : 4]); i > 0; i--) {
        members.set(randomText(random, random.between(1, 8)), randomValue(random, depth - 1));
      }
      return { type: 'M', value: [...members] };
    }
  }
}

function randomSet(random: Random): ValueModel {
  const type = random.pick(['SS', 'NS', 'BS'] as const);
  const count = random.pick([1, 2, 5, 40]);
  if (type === 'NS') {
    const members = new Map<string, DecimalModel>();
    for (let i = 0; i < count; i++) {
      const member = randomDecimal(random);
      members.set(plain(member), member);
    }
    return {
      type,
      value: [...members.values()].sort(compare).map((value) => ({ type: 'N', value })),
    };
  }
  const members = new Map<string, Buffer>();
  for (let i = 0; i < count; i++) {
    const bytes =
      type === 'SS' ? utf8(randomText(random)) : Buffer.from(random.bytes(random.below(12)));
    members.set(bytes.toString('hex'), bytes);
  }
  const sorted = [...members.values()].sort(Buffer.compare);
  return {
    type,
    value: sorted.map((bytes) =>
      type === 'SS' ? string(bytes.toString('utf8')) : { type: 'B', value: bytes },
    ),
  };
}

export function randomAttributes(random: Random): NamedValue[] {
  const members = new Map<string, ValueModel>();
  for (let i = random.between(0, 9); i > 0; i--) {
    members.set(randomText(random, random.between(1, 12)), randomValue(random, 3));
  }
  return [...members];
}
