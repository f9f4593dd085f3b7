import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { StorageError } from '../../../io/errors.js';
import { LogRun, expectPromised, recover } from '../support/log-run.js';
import type { Model } from '../support/log-run.js';
import { seededRandom } from '../support/random.js';

function openRun(
  fileSystem: SimulatedFileSystem,
  model: Model = new Map(),
  more: object = {},
): LogRun {
  return new LogRun({ fileSystem, random: seededRandom(1), model, ...more });
}

test('a turn writes what all rings hold as one group with one write and one sync', () => {
  const fileSystem = new SimulatedFileSystem();
  const model: Model = new Map();
  const run = openRun(fileSystem, model);
  run.submit(0, 32);
  run.submit(2, 64);
  run.submit(2, 24);
  const kinds: string[] = [];
  fileSystem.observe = ({ kind }) => kinds.push(kind);
  const result = run.turn();
  assert.deepEqual(
    kinds.slice(0, 2),
    ['write', 'sync'],
    'the next segment is begun after the group is published',
  );
  assert.deepEqual(result, { status: 'written', groups: 1, bytes: 40 + 8 + 32 + 8 + 88 });
  assert.equal(run.turns.durableGroup, 1);
  assert.ok(run.rings.every(({ pending }) => pending.length === 0));
  while (run.turns.prepareStep());
  kinds.length = 0;
  run.submit(1, 32);
  run.turn();
  assert.deepEqual(kinds, ['write', 'sync']);
  run.turns.close();
  const found = recover({ fileSystem });
  expectPromised(found, { model, acknowledged: 2, neededGroup: 1 });
  assert.equal(found.clean, true);
});

test('a turn with empty rings is idle, writes nothing and still settles', () => {
  const fileSystem = new SimulatedFileSystem();
  const run = openRun(fileSystem);
  const before = fileSystem.operations;
  const begun = run.turns.turnsBegun;
  assert.equal(run.turn().status, 'idle');
  assert.equal(fileSystem.operations, before);
  assert.ok(run.turns.turnsSettled > begun);
  assert.equal(run.turns.currentGroup, 1);
});

test('a record whose writer saw the raised epoch waits for the next group', () => {
  const run = openRun(new SimulatedFileSystem());
  run.submit(0, 16);
  run.rings[1].pending.push({ epoch: 7, bytes: new Uint8Array(16) });
  run.rings[0].pending.push({ epoch: 7, bytes: new Uint8Array(16) });
  assert.equal(run.turns.turn().bytes, 40 + 8 + 16);
  assert.equal(run.rings[0].pending.length, 1);
  assert.equal(run.rings[1].pending.length, 1);
});

test('records that are no multiple of 8 bytes come back as they were', () => {
  const fileSystem = new SimulatedFileSystem();
  const model: Model = new Map();
  const run = openRun(fileSystem, model);
  run.submit(0, 17);
  run.submit(1, 31);
  assert.equal(run.turn().bytes % 8, 0);
  expectPromised(recover({ fileSystem }), { model, acknowledged: 1, neededGroup: 1 });
});

test('a group larger than any segment gets one of its own size, also the very first', () => {
  const fileSystem = new SimulatedFileSystem();
  const model: Model = new Map();
  const run = openRun(fileSystem, model);
  run.submit(0, 50_000);
  assert.equal(run.turn().status, 'written');
  run.submit(1, 100);
  run.turn();
  run.submit(1, 70_000);
  run.turn();
  const found = recover({ fileSystem });
  expectPromised(found, { model, acknowledged: 3, neededGroup: 1 });
  assert.deepEqual(
    found.retained.map(({ number }) => number),
    [1, 2, 3],
  );
});

test('segments double up to the maximum', () => {
  const fileSystem = new SimulatedFileSystem();
  const run = openRun(fileSystem, new Map(), { segmentBytesFirst: 1024, segmentBytesMax: 4096 });
  for (let turn = 0; turn < 120; turn++) {
    run.submit(0, 200);
    run.turn();
    while (run.turns.prepareStep());
  }
  const sizes = run.writer.retained.map(({ size }) => size);
  assert.deepEqual(sizes.slice(0, 4), [1024, 2048, 4096, 4096]);
});

test('segments go oldest first, are recycled, and the newest that holds a group stays', () => {
  const fileSystem = new SimulatedFileSystem();
  const model: Model = new Map();
  const run = openRun(fileSystem, model, { segmentBytesFirst: 1024, segmentBytesMax: 1024 });
  let renames = 0;
  fileSystem.observe = ({ kind }) => (renames += kind === 'rename' ? 1 : 0);
  for (let turn = 0; turn < 40; turn++) {
    run.submit(0, 200);
    run.turn();
    run.retire(run.turns.durableGroup - 4);
  }
  assert.ok(fileSystem.list('/db/log').length <= 6, fileSystem.list('/db/log').join());
  assert.ok(renames > 3, `${renames} recycled`);
  run.retire(1000);
  run.turns.close();
  const found = recover({ fileSystem });
  assert.equal(found.lastGroup, 40);
  assert.ok(found.retained.length >= 1);
  for (const [group, text] of found.groups) assert.equal(text, model.get(group));
  const next = openRun(fileSystem, model);
  next.retire(1000);
  assert.equal(next.writer.retained.length, 1, 'the new segment holds nothing yet');
  next.submit(0, 16);
  next.turn();
  next.retire(1000);
  assert.equal(next.writer.retained.length, 0);
  assert.equal(next.turns.durableGroup, 41);
});

test('a log that nobody needs begins anew, and its numbers carry on', () => {
  const fileSystem = new SimulatedFileSystem();
  const run = openRun(fileSystem, new Map(), {
    segmentBytesFirst: 2 ** 16,
    segmentBytesMax: 2 ** 16,
  });
  run.submit(0, 16);
  run.turn();
  assert.equal(run.beginAnew(), false, 'one small group is not worth it');
  for (let turn = 0; turn < 40; turn++) {
    run.submit(0, 400);
    run.turn();
  }
  assert.equal(run.beginAnew(), true);
  assert.equal(run.beginAnew(), false);
  run.turns.close();
  const [name, ...others] = fileSystem.list('/db/log');
  assert.deepEqual(others, []);
  const size = fileSystem.stat(`/db/log/${name}`)?.size ?? 0;
  assert.ok(size < 256, `${size} bytes`);
  const found = recover({ fileSystem });
  assert.deepEqual([found.lastGroup, found.clean, found.groups.size], [42, true, 0]);
});

test('a removed segment that comes back is removed again, if the manifest needs nothing of it', () => {
  const fileSystem = new SimulatedFileSystem();
  const model: Model = new Map();
  const run = openRun(fileSystem, model, { segmentBytesFirst: 1024, segmentBytesMax: 1024 });
  const fill = (turns: number): void => {
    for (let turn = 0; turn < turns; turn++) {
      run.submit(0, 200);
      run.turn();
    }
  };
  fill(6);
  const path = run.writer.retained[0].path;
  const bytes = new Uint8Array(run.writer.retained[0].size);
  const oldest = fileSystem.open(path, 'read');
  oldest.read(bytes, 0);
  oldest.close();
  fill(20);
  const needed = run.turns.durableGroup - 1;
  run.retire(needed);
  run.turns.close();
  const returned = fileSystem.open(path, 'create');
  returned.write([bytes], 0);
  returned.sync();
  returned.close();
  assert.throws(() => recover({ fileSystem: fileSystem.clone() }), { code: 'Corruption' });
  assert.throws(() => recover({ fileSystem: fileSystem.clone(), neededGroup: 5 }), {
    code: 'Corruption',
  });
  const found = recover({ fileSystem, neededGroup: needed });
  assert.equal(found.lastGroup, 26);
  assert.equal(fileSystem.stat(path), undefined);
});

test('a folder with a new owner stops the log at its next segment', () => {
  let owned = true;
  const checkOwner = (): void => {
    if (!owned) throw new Error('the manifest names another owner');
  };
  const run = openRun(new SimulatedFileSystem(), new Map(), { checkOwner });
  run.submit(0, 400);
  run.turn();
  owned = false;
  run.submit(0, 400);
  assert.equal(run.turn().status, 'written', 'same segment');
  run.submit(0, 400);
  assert.throws(() => run.turn(), { code: 'EngineFailure', message: /another owner/ });
  assert.throws(() => run.turn(), { code: 'EngineFailure' });
});

test('a full disk at the next segment stalls the turn until there is space', () => {
  for (const kinds of [['create'], ['write'], ['sync'], ['syncDirectory']] as const) {
    const fileSystem = new SimulatedFileSystem();
    const model: Model = new Map();
    const run = openRun(fileSystem, model);
    const fault = { at: 1, kinds, error: 'ENOSPC', forever: true, partial: 0.5 } as const;
    const onlySpare = kinds[0] === 'create' || kinds[0] === 'syncDirectory';
    run.submit(0, 400);
    if (onlySpare) fileSystem.inject(fault);
    assert.equal(run.turn().status, 'written');
    run.submit(0, 3000);
    fileSystem.inject(fault);
    for (let attempt = 0; attempt < 3; attempt++) {
      const result = run.turn();
      assert.equal(result.status, 'stalled');
      assert.equal(result.error?.code, 'StorageFull');
      assert.equal(run.turns.spareError?.code, 'StorageFull');
    }
    assert.equal(run.turns.durableGroup, 1);
    expectPromised(recover({ fileSystem: fileSystem.crash(() => 0.9, { keep: 0 }) }), {
      model,
      acknowledged: 1,
      neededGroup: 1,
    });
    fileSystem.inject(undefined);
    assert.equal(run.turn().status, 'written');
    assert.equal(run.turns.spareError, undefined);
    expectPromised(recover({ fileSystem: fileSystem.crash(() => 0.9, { keep: 0 }) }), {
      model,
      acknowledged: 2,
      neededGroup: 1,
    });
  }
});

test('a full disk while the first segment is still empty stalls and recovers too', () => {
  const fileSystem = new SimulatedFileSystem();
  const model: Model = new Map();
  const run = openRun(fileSystem, model);
  run.submit(0, 5000);
  fileSystem.inject({ at: 1, kinds: ['write'], error: 'ENOSPC', forever: true, partial: 0.3 });
  assert.equal(run.turn().status, 'stalled');
  assert.equal(run.turns.seal(), false);
  fileSystem.inject(undefined);
  assert.equal(run.turn().status, 'written');
  expectPromised(recover({ fileSystem }), { model, acknowledged: 1, neededGroup: 1 });
});

test('a failed write or sync is final and the file is never touched again', () => {
  for (const kind of ['write', 'sync'] as const) {
    const fileSystem = new SimulatedFileSystem();
    const run = openRun(fileSystem);
    run.submit(0, 16);
    fileSystem.inject({ at: 1, kinds: [kind], error: 'EIO', partial: 0.5 });
    assert.throws(
      () => run.turn(),
      (error) => error instanceof StorageError && error.code === 'EngineFailure',
    );
    const operations = fileSystem.operations;
    assert.throws(() => run.turn(), { code: 'EngineFailure' });
    assert.throws(() => run.turns.seal(), { code: 'EngineFailure' });
    assert.throws(() => run.turns.retire(1), { code: 'EngineFailure' });
    assert.equal(fileSystem.operations, operations);
    assert.equal(run.turns.failure?.code, 'EngineFailure');
    assert.equal(run.rings[0].pending.length, 1, 'nothing was acknowledged');
    run.turns.close();
  }
});

test('a failing retirement is reported, the log goes on and nothing more is removed', () => {
  const fileSystem = new SimulatedFileSystem();
  const run = openRun(fileSystem);
  const fill = (): void => {
    for (let turn = 0; turn < 40; turn++) {
      run.submit(0, 200);
      run.turn();
    }
  };
  fill();
  fileSystem.inject({ at: 1, kinds: ['syncDirectory'], error: 'EIO' });
  assert.throws(() => run.turns.retire(20), { code: 'IoFailure' });
  fileSystem.inject(undefined);
  assert.throws(() => run.turns.retire(20), { code: 'IoFailure' });
  fill();
  const found = recover({ fileSystem: fileSystem.crash(() => 0, { keep: 0 }) });
  assert.equal(found.lastGroup, 80);
});

test('a closed log refuses', () => {
  const run = openRun(new SimulatedFileSystem());
  run.turns.close();
  assert.throws(() => run.turn(), { code: 'Closed' });
});
