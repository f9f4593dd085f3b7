// The crash, in front of the reader: a child process writes cities into a database of its own and
// prints the number of each write the moment it is acknowledged; the parent kills it with SIGKILL
// in the middle, reopens the folder and looks for every acknowledged write.
//
// A write carries the run's name and its number, so that a city left by an earlier run proves
// nothing. The child goes round the cities until it is killed; a city that was written twice must
// hold its last acknowledged write or a later one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { open } from '../../index.js';
import { cityTable, keyOf, loadCities } from './cities.js';
import type { City } from './cities.js';
import { count, duration, progressBar, say } from './output.js';
import { timed } from './rates.js';

/** How the child is asked for on the command line; not for people. */
export const CRASH_CHILD_FLAG = 'write-until-killed';

const ACKNOWLEDGED_BEFORE_KILL = 20_000;
const IN_FLIGHT = 200;
const NS_PER_MS = 1e6;

/** The child's life: it never ends by itself. */
export async function writeUntilKilled(folder: string, run: string): Promise<void> {
  const cities = await loadCities();
  const db = await open(folder);
  const table = await cityTable(db);
  let next = 0;
  const writer = async (): Promise<never> => {
    for (;;) {
      const number = next++;
      const city = cities[number % cities.length] as City;
      await table.put({ ...city, written: { run, number } });
      // A pipe's write is synchronous: what is printed has left this process before anything can
      // kill it.
      process.stdout.write(`${number}\n`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
}

export async function crashAndRecover(folder: string): Promise<void> {
  const run = `run ${process.pid} at ${performance.timeOrigin}`;
  say(
    '  A second process writes to a database of its own, each write durable before it is ' +
      'acknowledged.',
  );
  const acknowledged = await killInMidWrite(folder, run);
  say(
    `  Killed with SIGKILL after ${count(acknowledged.length)} acknowledged writes, ` +
      `up to ${IN_FLIGHT} more in flight.`,
  );

  const { tookMs, result: db } = await timed(() => open(folder));
  say(`  Reopened in ${duration(tookMs * NS_PER_MS)}.`);
  try {
    const { kept, lost } = await verify(await cityTable(db), run, acknowledged);
    say(`  Found ${count(kept)} of ${count(kept + lost)} cities whose write was acknowledged.`);
    if (lost > 0)
      throw new Error(`${lost} acknowledged writes are lost: this is a bug in FerriteDB`);
  } finally {
    await db.close();
  }
}

/** Runs the child until enough is acknowledged; resolves with the numbers it printed. */
async function killInMidWrite(folder: string, run: string): Promise<number[]> {
  const script = process.argv[1] ?? fileURLToPath(import.meta.url);
  const args = [...process.execArgv, script, '--folder', folder, `--${CRASH_CHILD_FLAG}`, run];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const progress = progressBar('writing', ACKNOWLEDGED_BEFORE_KILL);
  const acknowledged: number[] = [];
  let rest = '';
  child.stdout.setEncoding('latin1');
  child.stdout.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) acknowledged.push(Number(line));
    progress.update(Math.min(acknowledged.length, ACKNOWLEDGED_BEFORE_KILL));
    if (acknowledged.length >= ACKNOWLEDGED_BEFORE_KILL) child.kill('SIGKILL');
  });
  // 'close', not 'exit': what the child printed before its death is still in the pipe.
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  progress.stop();
  if (signal !== 'SIGKILL')
    throw new Error(`the writing process ended by itself (${signal ?? `code ${code}`})`);
  return acknowledged;
}

async function verify(
  table: Awaited<ReturnType<typeof cityTable>>,
  run: string,
  acknowledged: readonly number[],
): Promise<{ kept: number; lost: number }> {
  const cities = await loadCities();
  const lastOf = new Map<number, number>();
  for (const number of acknowledged) {
    const city = number % cities.length;
    lastOf.set(city, Math.max(number, lastOf.get(city) ?? 0));
  }
  let kept = 0;
  for (const [index, number] of lastOf) {
    const found = await table.get(keyOf(cities[index] as City));
    if (found?.written?.run === run && found.written.number >= number) kept++;
  }
  return { kept, lost: lastOf.size - kept };
}
