// Rows 8 and 10 of the matrix on real folders: processes that are killed under load, and two opens of one folder.

import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { open } from '../../host/open.js';
import { seededRandom, seedOf } from '../io/support/random.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';
import { KillRounds } from './support/killing.js';

test('a process killed under load has every write that it acknowledged', async (context) => {
  const seed = seedOf(context);
  const rounds = new KillRounds(join(temporaryFolder(context), 'db'), seed, seededRandom(seed));
  for (let round = 0; round < 4; round++) await rounds.round(600);
  context.diagnostic(JSON.stringify(rounds.totals));
  assert.ok(rounds.totals.acknowledged > 100);
});

test('a folder is opened once: also through a symbolic link, and again after a close', async (context) => {
  const folder = join(temporaryFolder(context), 'db');
  const options = { memoryMb: 64, shards: 2 };
  const first = await open(folder, options);
  await assert.rejects(open(folder, options), { code: 'DatabaseLocked', pid: process.pid });
  symlinkSync(folder, `${folder}-link`);
  await assert.rejects(open(`${folder}-link`, options), { code: 'DatabaseLocked' });
  await first.listTables();
  await first.close();
  const second = await open(`${folder}-link`, options);
  await second.close();
});
