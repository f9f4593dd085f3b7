// Rows 2 and 3 of the matrix through the whole engine: a flipped bit in tables, log, manifest and CURRENT.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below, seededRandom, seedOf } from '../io/support/random.js';
import { FOLDER, TINY_SIZES } from './support/engine.js';
import {
  filesUnder,
  flipped,
  readDamaged,
  subjectOf,
  type Seen,
  type Subject,
} from './support/damage.js';

const shape = { shards: 1, checked: true, sizes: TINY_SIZES };

interface Totals {
  flips: number;
  reported: number;
  refused: number;
}

async function flipMany(
  subject: Subject,
  paths: readonly string[],
  count: number,
  random: () => number,
): Promise<Totals> {
  const totals: Totals = { flips: 0, reported: 0, refused: 0 };
  for (let flip = 0; flip < count; flip++) {
    const path = paths[flip % paths.length];
    const size = subject.disk.stat(path)?.size ?? 0;
    // The ends of a file are where the lengths and the totals are.
    const at = flip % 3 === 0 ? Math.max(0, size - 1 - below(random, 200)) : below(random, size);
    const seen: Seen = await readDamaged(subject, flipped(subject.disk, path, at, random)).catch(
      (error: unknown) => {
        if (error instanceof Error)
          error.message = `bit of byte ${at} of ${path}: ${error.message}`;
        throw error;
      },
    );
    totals.flips++;
    if (seen.reports > 0) totals.reported++;
    if (!seen.opened) totals.refused++;
  }
  return totals;
}

test('a flipped bit in a table fails the reads that meet it, no others, and compaction keeps its inputs', async (context) => {
  const seed = seedOf(context);
  const subject = await subjectOf(seed, shape);
  const tables = filesUnder(subject.disk, 'tables');
  const totals = await flipMany(subject, tables, 90, seededRandom(seed));
  context.diagnostic(`${tables.length} tables, ${JSON.stringify(totals)}`);
  assert.ok(totals.reported > 45, 'most bits of a table matter');
});

test('a table in the place of another is refused', async (context) => {
  const subject = await subjectOf(seedOf(context), shape);
  const [first, second] = filesUnder(subject.disk, 'tables');
  const image = subject.disk.clone();
  let bytes = new Uint8Array();
  image.damage(first, (content) => (bytes = content.slice()));
  image.cut(second, bytes.length);
  image.damage(second, (content) => content.set(bytes));
  const seen = await readDamaged(subject, { image, path: second, repair: () => undefined });
  assert.ok(!seen.opened && seen.reports > 0);
});

test('a flipped bit in the log is found, or harmless: no acknowledged write goes in silence', async (context) => {
  const seed = seedOf(context);
  let subject = await subjectOf(seed, shape);
  let segments = filesUnder(subject.disk, 'log');
  // Some loads end just after the older segments went: one with several shows more.
  for (let more = 1; segments.length < 2 && more < 20; more++) {
    subject = await subjectOf(seed + more, shape);
    segments = filesUnder(subject.disk, 'log');
  }
  const totals = await flipMany(subject, segments, 90, seededRandom(seed));
  context.diagnostic(`${segments.length} segments, ${JSON.stringify(totals)}`);
  assert.ok(segments.length > 1 && totals.refused > 5);
});

test('a flipped bit in the manifest or in CURRENT is found, or harmless', async (context) => {
  const seed = seedOf(context);
  const subject = await subjectOf(seed, shape);
  const paths = filesUnder(subject.disk, '').filter((path) =>
    /\/(manifest-\d+|CURRENT)$/.test(path),
  );
  assert.equal(paths.length, 2);
  const totals = await flipMany(subject, paths, 80, seededRandom(seed));
  context.diagnostic(JSON.stringify(totals));
  assert.ok(totals.refused > 60);
  const current = paths.find((path) => path === `${FOLDER}/CURRENT`) ?? '';
  const ofCurrent = await flipMany(subject, [current], 20, seededRandom(seed + 1));
  assert.equal(ofCurrent.refused, 20, 'every bit of CURRENT matters');
});
