// What the codec's tests check it against, written for clarity from data-model.md and not from the
// code: numbers as plain decimal texts and BigInt, sizes by the tables of sections 2.1 and 7, and
// values as they must come back.

import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { ShapeCache } from '../../../host/core/codec/shape-cache.js';
import type { ShapeCodec } from '../../../host/core/codec/shape-codec.js';
import { NumberValue } from '../../../host/number-value.js';

export type Item = Record<string, unknown>;

/** Runs a property and says its seed; SEED repeats it. */
export function check<T>(
  context: TestContext,
  property: fc.IPropertyWithHooks<T>,
  runs = 300,
): void {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  context.diagnostic(`SEED=${seed}`);
  fc.assert(property, { seed, numRuns: runs });
}

// --- Numbers

/** A number as `-12.5`: any notation in, no exponent and no idle zero out. */
export function plainText(source: string): string {
  const [mantissa, exponent = '0'] = source.toLowerCase().replace('+', '').split('e');
  const negative = mantissa.startsWith('-');
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.');
  const shift = Number(exponent);
  const digits = whole + fraction + '0'.repeat(Math.max(0, shift - fraction.length));
  const point = whole.length + shift;
  const padded = '0'.repeat(Math.max(0, -point)) + digits;
  const at = Math.max(0, point);
  const left = padded.slice(0, at).replace(/^0+/, '') || '0';
  const right = padded.slice(at).replace(/0+$/, '');
  const text = right === '' ? left : `${left}.${right}`;
  return negative && text !== '0' ? `-${text}` : text;
}

export function isNumber(value: unknown): value is number | bigint | NumberValue {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue;
}

export function textOfNumber(value: number | bigint | NumberValue): string {
  return plainText(value instanceof NumberValue ? value.value : String(value).replace('+', ''));
}

/** A JavaScript number if that one shows exactly these digits, else the decimal. */
export function numberAsRead(text: string): number | NumberValue {
  const number = Number(text);
  return plainText(String(number)) === text ? number : NumberValue.from(text);
}

/** All numbers of DynamoDB's range on one scale of whole numbers. */
export function scaled(text: string): bigint {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(170, '0'));
}

/** Data-model 2.1. */
export function sizeOfNumberText(text: string): number {
  if (text === '0') return 1;
  const negative = text.startsWith('-');
  const [whole, fraction = ''] = text.replace('-', '').split('.');
  let left = whole === '0' ? '' : whole;
  let right = fraction;
  if (right === '') left = left.replace(/0+$/, '');
  if (left === '') right = right.replace(/^0+/, '');
  return 1 + Math.ceil(left.length / 2) + Math.ceil(right.length / 2) + (negative ? 1 : 0);
}

// --- Sizes: data-model 7

export function sizeOfText(text: string): number {
  return Buffer.from(text, 'utf8').length;
}

export function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return sizeOfText(value);
  if (isNumber(value)) return sizeOfNumberText(textOfNumber(value));
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Set)
    return [...value].reduce<number>((sum, member) => sum + sizeOfValue(member), 0);
  if (Array.isArray(value))
    return value.reduce<number>((sum, element) => sum + 1 + sizeOfValue(element), 3);
  const members = Object.entries(value as Item);
  return members.reduce(
    (sum, [name, member]) => sum + 1 + sizeOfText(name) + sizeOfValue(member),
    3,
  );
}

export function sizeOfItem(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + sizeOfText(name) + sizeOfValue(value),
    0,
  );
}

// --- Values as they come back

export function asRead(value: unknown): unknown {
  if (isNumber(value)) return numberAsRead(textOfNumber(value));
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (value instanceof Set) return new Set(sortedMembers([...value]).map(asRead));
  if (Array.isArray(value)) return value.map(asRead);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asRead(member)]));
}

function sortedMembers(members: unknown[]): unknown[] {
  return members.sort((a, b) => {
    if (isNumber(a) && isNumber(b)) return sign(scaled(textOfNumber(a)) - scaled(textOfNumber(b)));
    return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
  });
}

export function sign(difference: bigint): number {
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Sets as lists, so that assert.deepEqual sees their order. */
export function withSetsAsLists(value: unknown): unknown {
  if (value instanceof Set) return { set: [...value].map(withSetsAsLists) };
  if (Array.isArray(value)) return value.map(withSetsAsLists);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof NumberValue || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withSetsAsLists(member)]),
  );
}

// --- Random values

const wellFormed = fc.string({ unit: 'grapheme', maxLength: 60 });
const anyCodePoints = fc.string({ unit: 'binary', maxLength: 20 });
export const texts = fc.oneof(
  fc.string({ maxLength: 60 }),
  wellFormed,
  anyCodePoints,
  fc.constantFrom('', '\0', '\x01'),
);

export const binaries = fc.uint8Array({ maxLength: 300 });

const decimals = fc
  .record({
    negative: fc.boolean(),
    digits: fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }),
    shorter: fc.nat(37),
    leading: fc.integer({ min: -130, max: 125 }),
  })
  .map(({ negative, digits, shorter, leading }) => {
    const kept = String(digits).slice(0, 38 - shorter);
    return NumberValue.from(
      `${negative ? '-' : ''}${kept}e${kept === '0' ? 0 : leading - kept.length + 1}`,
    );
  });

export const numbers = fc.oneof(
  fc.integer(),
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, min: -1e125, max: 1e125 })
    .filter((value) => value === 0 || Math.abs(value) >= 1e-130),
  fc.tuple(fc.integer(), fc.integer({ min: -20, max: 20 })).map(([m, e]) => Number(`${m}e${e}`)),
  fc.integer().map((cents) => cents / 100),
  fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
  decimals,
);

export const names = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '0',
    '17',
    "'",
    '"',
    '\\',
    '`${x}`',
    '\u2028',
    'length',
  ),
);

const numberSets = fc.uniqueArray(numbers, { minLength: 1, maxLength: 8, selector: textOfNumber });
const binarySets = fc.uniqueArray(binaries, {
  minLength: 1,
  maxLength: 6,
  selector: (bytes) => Buffer.from(bytes).toString('hex'),
});
export const sets = fc.oneof(
  fc.uniqueArray(texts, { minLength: 1, maxLength: 8 }).map((members) => new Set<unknown>(members)),
  numberSets.map((members) => new Set<unknown>(members)),
  binarySets.map((members) => new Set<unknown>(members)),
);

/** An object with any own property, `__proto__` included. */
export function objectOf(members: readonly (readonly [string, unknown])[]): Item {
  return Object.fromEntries(members);
}

const members = (value: fc.Arbitrary<unknown>, countMax: number): fc.Arbitrary<Item> =>
  fc
    .uniqueArray(fc.tuple(names, value), { maxLength: countMax, selector: ([name]) => name })
    .map(objectOf);

export const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    texts,
    numbers,
    fc.boolean(),
    fc.constant(null),
    binaries,
    sets,
    fc.array(tie('value'), { maxLength: 6 }),
    members(tie('value'), 6),
  ),
})).value;

export const items: fc.Arbitrary<Item> = members(values, 10);

// --- Driving the codec

export const MEMORY_BYTES = 1 << 22;

/** A shard's memory, more or less. */
export function sharedMemory(bytes = MEMORY_BYTES): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

/** A codec that has certainly been compiled, for an item it can hold. */
export function compiledCodec(item: Item, u8: Uint8Array): ShapeCodec {
  const codec = new ShapeCache().codecOf(item);
  if (codec === undefined) throw new Error('the item has too many names for a shape');
  for (let i = 0; i < 70; i++) {
    const length = codec.encode(u8, 0, u8.length, item, 0);
    codec.decode(u8, 0, length);
  }
  return codec;
}
