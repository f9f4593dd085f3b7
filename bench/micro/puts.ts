// Writes of builds of FerriteDB against each other and lmdb, each run in a process and a folder of its own, taking
// turns. Prints nanoseconds a put, and on Linux the processor time a put of every thread that had a share in it: on a
// noisy machine that is the figure to compare.
//
//   node --import tsx bench/micro/puts.ts [--count 500000] [--depth 1000] [--rounds 3] [--durability sync]
//     [--folder <on a disk>] [--build old=path/to/dist ...] [--no-lmdb]
//
// `--depth 1` awaits each put, and tells percentiles.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { makeItems } from '../data/items.js';
import type { Item } from '../data/items.js';
import { percentile } from '../harness/statistics.js';
import { createItemsTable, FerriteStore } from '../rivals/ferrite.js';
import type { FerriteModule } from '../rivals/ferrite-api.js';
import { openLmdb } from '../rivals/lmdb.js';
import { inFlight } from '../rivals/store.js';

const { values: flags } = parseArgs({
  options: {
    count: { type: 'string', default: '500000' },
    depth: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    durability: { type: 'string', default: 'sync' },
    folder: { type: 'string', default: tmpdir() },
    build: { type: 'string', multiple: true, default: ['new=dist'] },
    'no-lmdb': { type: 'boolean', default: false },
    run: { type: 'string' },
  },
});
const LMDB = 'lmdb';
const TASKS = '/proc/self/task';
const SHARE_SHOWN = 0.02;
const count = Number(flags.count);
const depth = Number(flags.depth);

if (flags.run !== undefined) await runOne(flags.run);
else {
  const contenders = [...flags.build, ...(flags['no-lmdb'] ? [] : [LMDB])];
  const script = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  for (let round = 0; round < Number(flags.rounds); round++) {
    const turn = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of turn)
      execFileSync(process.execPath, [...script, '--run', contender], { stdio: 'inherit' });
  }
}

/** In the child: one contender, once. */
async function runOne(contender: string): Promise<void> {
  const folder = mkdtempSync(join(flags.folder, 'ferrite-puts-'));
  const items = makeItems('standard', count, 20240229);
  const { put, flushed, close } = await openContender(contender, folder, items);
  const took = depth === 1 ? new Float64Array(count) : undefined;
  const before = threadTimes();
  const start = performance.now();
  if (took === undefined) await inFlight(count, depth, put);
  else {
    for (let i = 0, last = start; i < count; i++) {
      await put(i);
      const now = performance.now();
      took[i] = (now - last) * 1e3;
      last = now;
    }
  }
  await flushed();
  const ns = ((performance.now() - start) * 1e6) / count;
  const after = threadTimes();
  const shares = [...after]
    .map(([thread, at]) => (at - (before.get(thread) ?? 0)) / count)
    .filter((share) => share > ns * SHARE_SHOWN)
    .map((share) => share.toFixed(0));
  const [name] = contender.split('=') as [string];
  console.log(
    `${name.padEnd(10)} ${ns.toFixed(0)} ns a put; processor ns by thread: ${shares.join(' ')}`,
  );
  if (took !== undefined) {
    const parts = [0.1, 0.5, 0.99].map((p) => percentile(took, p).toFixed(0));
    console.log(`${''.padEnd(10)} us: p10, p50, p99: ${parts.join(', ')}`);
  }
  await close();
  rmSync(folder, { recursive: true, force: true });
}

interface Contender {
  put(index: number): Promise<unknown>;
  flushed(): Promise<void>;
  close(): Promise<void>;
}

async function openContender(
  contender: string,
  folder: string,
  items: readonly Item[],
): Promise<Contender> {
  const durability = flags.durability as 'sync' | 'relaxed';
  if (contender === LMDB) {
    const store = await openLmdb(folder, { durability });
    const keys = items.map((item) => store.key(item.pk, item.sk));
    const put = (i: number): Promise<unknown> => {
      const [key, item] = [keys[i] as string, items[i] as Item];
      return depth === 1 ? store.put(key, item) : store.putCommitted(key, item);
    };
    return { put, flushed: () => store.flushed(), close: () => store.close() };
  }
  const path = resolve(contender.split('=')[1] as string, 'esm/index.js');
  if (!existsSync(path)) throw new Error(`${contender} is not built`);
  const { open } = (await import(pathToFileURL(path).href)) as FerriteModule;
  const db = await open(folder, { durability, memoryMb: 1024 });
  await createItemsTable(db);
  const store = new FerriteStore(db);
  const { table } = store;
  const put = (i: number): Promise<void> => table.put(items[i] as Item);
  return { put, flushed: () => store.flushed(), close: () => store.close() };
}

/** Nanoseconds that each thread of the process has run. */
function threadTimes(): Map<string, number> {
  const times = new Map<string, number>();
  if (!existsSync(TASKS)) return times;
  for (const thread of readdirSync(TASKS)) {
    try {
      const [ran] = readFileSync(join(TASKS, thread, 'schedstat'), 'utf8').split(' ');
      times.set(thread, Number(ran));
    } catch {
      // it has ended since
    }
  }
  return times;
}
