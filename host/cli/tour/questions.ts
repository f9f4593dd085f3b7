// What the tour asks the cities: single ones, ranges of a country's populations, and the whole
// table with a filter.

import { populationKey, keyOf } from './cities.js';
import type { City, CityTable } from './cities.js';
import { count, duration, say, table as aligned } from './output.js';
import { measureAwaited, measureSync, timed } from './rates.js';
import type { Rate } from './rates.js';

const POINT_READS = 200_000;
const QUERIES = 2_000;
const DURABLE_PUTS = 500;
const SEGMENTS = 4;
const POLAR_CIRCLE = 66.56;
const SHOWN = 5;
const NS_PER_MS = 1e6;
/** A stride without common factor with the number of cities walks them all in a scattered order. */
const SCATTER = 48_271;

export async function pointReads(table: CityTable, cities: readonly City[]): Promise<Rate[]> {
  const keys = cities.map(keyOf);
  const key = (i: number): ReturnType<typeof keyOf> =>
    keys[(i * SCATTER) % keys.length] as ReturnType<typeof keyOf>;
  const paris = cities.find((city) => city.name === 'Paris' && city.country === 'FR');
  if (paris) {
    const found = await table.get(keyOf(paris));
    say(
      `  Paris: ${count(found?.population ?? 0)} inhabitants, at ` +
        `${JSON.stringify(found?.location)}`,
    );
  }
  return [
    measureSync('getSync', POINT_READS, (i) => table.getSync(key(i))),
    await measureAwaited('await get', POINT_READS, (i) => table.get(key(i))),
  ];
}

export async function queries(table: CityTable, cities: readonly City[]): Promise<Rate[]> {
  const between = { between: [populationKey(200_000), populationKey(500_000)] as [number, number] };
  const french = await table
    .query({ country: 'FR', population_id: between }, { reverse: true })
    .toArray();
  say(
    `  Cities of France between 200,000 and 500,000: ${french.map((city) => city.name).join(', ')}`,
  );
  const largest = await table.query({ country: 'JP' }, { reverse: true, limit: SHOWN }).toArray();
  say(`  The ${SHOWN} largest of Japan: ${largest.map((city) => city.name).join(', ')}`);

  const countries = [...new Set(cities.map((city) => city.country))];
  const large = { gte: populationKey(100_000) };
  return [
    await measureAwaited('query: cities above 100,000 of a country', QUERIES, (i) =>
      table
        .query({ country: countries[i % countries.length] as string, population_id: large })
        .toArray(),
    ),
  ];
}

export async function filteredScan(table: CityTable): Promise<Rate[]> {
  const found: City[] = [];
  let seen = 0;
  const { tookMs } = await timed(async () => {
    for await (const page of table.scan({ segments: SEGMENTS }).pages()) {
      seen += page.length;
      for (const city of page) if (city.location.latitude > POLAR_CIRCLE) found.push(city);
    }
  });
  found.sort((a, b) => b.population - a.population);
  say(
    `  ${count(found.length)} of ${count(seen)} cities lie beyond the polar circle; ${SEGMENTS} ` +
      `segments read in ${duration(tookMs * NS_PER_MS)}. The largest:`,
  );
  say(
    aligned(
      found
        .slice(0, SHOWN)
        .map((city) => [
          `  ${city.name}, ${city.country}`,
          count(city.population),
          `${city.location.latitude.toFixed(2)} N`,
        ]),
    ),
  );
  return [{ what: 'items scanned', calls: seen, tookMs }];
}

export async function durablePuts(table: CityTable, cities: readonly City[]): Promise<Rate[]> {
  return [
    await measureAwaited('await put, one by one, durable', DURABLE_PUTS, (i) =>
      table.put(cities[(i * SCATTER) % cities.length] as City),
    ),
  ];
}
