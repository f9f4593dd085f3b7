// Loading the cities, once: a second start finds them. A marker item, written after the last city
// is acknowledged, tells a finished load from one that was interrupted; an interrupted one is
// simply done again (puts replace).

import type { Database } from '../../index.js';
import type { City, CityTable } from './cities.js';
import { progressBar } from './output.js';

const MARKER_TABLE = 'Tour';
const MARKER = 'cities-loaded';
const IN_FLIGHT = 1_000;
const PROGRESS_STEP = 2_000;

interface Marker {
  name: string;
  cities: number;
}

/** How many cities a finished load of an earlier start left, or undefined. */
export async function citiesLoaded(db: Database): Promise<number | undefined> {
  const { TableNames } = await db.listTables();
  if (!TableNames?.includes(MARKER_TABLE)) return undefined;
  const marker = await db.table<Marker, 'name'>(MARKER_TABLE).get({ name: MARKER });
  return marker?.cities;
}

export async function load(db: Database, table: CityTable, cities: readonly City[]): Promise<void> {
  const progress = progressBar('loading', cities.length);
  try {
    await putAll(table, cities, (done) => progress.update(done));
  } finally {
    progress.stop();
  }
  await writeMarker(db, cities.length);
}

/** Puts every city, a thousand in flight: each promise resolves when its city is on disk. */
function putAll(
  table: CityTable,
  cities: readonly City[],
  onProgress: (done: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let done = 0;
    const putNext = (): void => {
      table.put(cities[next++] as City).then(finished, reject);
    };
    const finished = (): void => {
      done++;
      if (done % PROGRESS_STEP === 0) onProgress(done);
      if (next < cities.length) putNext();
      else if (done === cities.length) resolve();
    };
    while (next < Math.min(IN_FLIGHT, cities.length)) putNext();
  });
}

async function writeMarker(db: Database, cities: number): Promise<void> {
  const { TableNames } = await db.listTables();
  if (!TableNames?.includes(MARKER_TABLE)) {
    await db.createTable({
      TableName: MARKER_TABLE,
      AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
  }
  await db.table<Marker, 'name'>(MARKER_TABLE).put({ name: MARKER, cities });
}
