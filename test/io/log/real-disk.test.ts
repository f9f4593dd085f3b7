/** The log on the real disk: what it costs, and that the order of calls works there too. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { realFileSystem } from '../../../io/disk/real-file-system.js';
import { LogRun, expectPromised, recover } from '../support/log-run.js';
import type { Model } from '../support/log-run.js';
import { seededRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('a log on the real disk comes back after a clean close and after none', (context) => {
  const options = {
    fileSystem: realFileSystem(),
    directory: join(temporaryFolder(context), 'log'),
    random: seededRandom(4),
    model: new Map() as Model,
    segmentBytesFirst: 4096,
    segmentBytesMax: 8192,
  };
  for (let round = 0; round < 4; round++) {
    const run = new LogRun(options);
    for (let turn = 0; turn < 15; turn++) {
      run.submitSome(400);
      run.turn();
      run.retire(run.turns.durableGroup - 5);
    }
    const { durableGroup } = run.turns;
    if (round % 2 === 0) run.turns.close();
    else run.writer.close();
    const found = recover(options);
    assert.equal(found.clean, round % 2 === 0);
    expectPromised(found, {
      model: options.model,
      acknowledged: durableGroup,
      neededGroup: durableGroup - 5,
    });
  }
});

test('a turn of 64 KiB takes about as long as its write and sync', (context) => {
  const run = new LogRun({
    fileSystem: realFileSystem(),
    directory: join(temporaryFolder(context), 'log'),
    random: seededRandom(4),
    model: new Map(),
    crc32c: () => 0,
    segmentBytesFirst: 2 ** 24,
    segmentBytesMax: 2 ** 24,
    shards: 8,
  });
  while (run.turns.prepareStep());
  const record = new Uint8Array(8192);
  const durations: number[] = [];
  for (let turn = 0; turn < 200; turn++) {
    for (const ring of run.rings) ring.pending.push({ epoch: 0, bytes: record });
    const begun = performance.now();
    assert.equal(run.turns.turn().status, 'written');
    durations.push((performance.now() - begun) * 1000);
  }
  run.turns.close();
  durations.sort((a, b) => a - b);
  const [median, late] = [durations[100], durations[198]].map((duration) => Math.round(duration));
  context.diagnostic(`64 KiB a turn, checksum left out: median ${median} us, p99 ${late} us`);
  assert.ok(median < 100_000);
});
