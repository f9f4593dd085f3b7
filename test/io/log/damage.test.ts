/** Rows 1 and 2 of the matrix for the log: cuts at every byte and flips of every byte. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { StorageError } from '../../../io/errors.js';
import { encodeSegmentHeader, parseSegmentFileName } from '../../../io/log/format.js';
import { crc32c } from '../support/crc32c.js';
import { LogRun, expectPromised, recover } from '../support/log-run.js';
import type { Found, Model } from '../support/log-run.js';
import { below, seedOf, seededRandom } from '../support/random.js';

interface Sample {
  readonly disk: SimulatedFileSystem;
  readonly model: Model;
  /** Paths of the segments that hold groups, oldest first. */
  readonly paths: readonly string[];
  /** End of each group in the newest segment. */
  readonly ends: readonly number[];
  readonly lastGroup: number;
}

interface SampleOptions {
  readonly groups?: number;
  readonly seal?: boolean;
  readonly close?: boolean;
  /** All segments after the first are recycled ones. */
  readonly recycle?: boolean;
}

function sample({
  groups = 14,
  seal = false,
  close = false,
  recycle = false,
}: SampleOptions): Sample {
  const disk = new SimulatedFileSystem();
  const model: Model = new Map();
  const options = {
    fileSystem: disk,
    random: seededRandom(7),
    model,
    segmentBytesFirst: 1024,
    segmentBytesMax: 1024,
  };
  const run = new LogRun(options);
  const ends: number[] = [];
  let end = 0;
  let path = '';
  for (let group = 1; group <= groups; group++) {
    run.submit(group % 3, 80);
    run.submit((group + 1) % 3, 64);
    const { bytes } = run.turn();
    if (run.writer.path !== path) {
      path = run.writer.path;
      ends.length = 0;
      end = 64;
    }
    end += bytes;
    ends.push(end);
    if (recycle) run.retire(group - 5);
  }
  if (seal) run.turns.seal();
  const paths = [...run.writer.retained.map((segment) => segment.path), run.writer.path];
  if (close) run.turns.close();
  return { disk, model, paths, ends, lastGroup: groups };
}

/** Recovers a damaged copy; the groups found, or the error. */
function outcome(
  damaged: SimulatedFileSystem,
  known?: { durableGroup?: number; neededGroup?: number },
): Found | StorageError {
  try {
    return recover({ fileSystem: damaged, ...known });
  } catch (error) {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.code, 'Corruption');
    assert.equal(typeof error.offset, 'number');
    return error;
  }
}

function expectGroups(found: Found | StorageError, { model }: Sample, lastGroup: number): Found {
  if (found instanceof StorageError) throw found;
  assert.equal(found.lastGroup, lastGroup);
  for (const [group, text] of found.groups) assert.equal(text, model.get(group), `group ${group}`);
  return found;
}

for (const recycle of [false, true]) {
  const kind = recycle ? 'a recycled' : 'a fresh';
  test(`the newest segment (${kind} one) cut at every byte keeps the groups before it`, () => {
    const whole = sample({ recycle });
    const path = whole.paths[whole.paths.length - 1];
    const before = whole.lastGroup - whole.ends.length;
    for (let cut = 0; cut <= whole.ends[whole.ends.length - 1]; cut++) {
      const disk = whole.disk.clone();
      disk.cut(path, cut);
      const expected = before + whole.ends.filter((end) => end <= cut).length;
      const groupStart = [64, ...whole.ends].filter((end) => end <= cut).at(-1) ?? cut;
      if (expected === before && cut >= 64 && cut < whole.ends[0]) {
        expectGroups(outcome(disk), whole, before);
        continue;
      }
      const found = expectGroups(outcome(disk), whole, expected);
      const torn = Math.max(0, cut - groupStart);
      // A single zero byte at the end, or a few bytes of magic in a recycled segment, cannot be
      // recognised.
      if (torn >= 16) assert.ok((found.torn?.bytes ?? 0) > 0, `cut at ${cut} was reported`);
      if (torn === 0) assert.equal(found.torn, undefined);
    }
  });

  test(`zeros from every byte on to the end of ${kind} segment are a tail, never records`, () => {
    const whole = sample({ recycle });
    const path = whole.paths[whole.paths.length - 1];
    const before = whole.lastGroup - whole.ends.length;
    for (let from = 64; from < whole.ends[whole.ends.length - 1]; from++) {
      const disk = whole.disk.clone();
      disk.damage(path, (bytes) => bytes.fill(0, from));
      const lowest = before + whole.ends.filter((end) => end <= from).length;
      const found = outcome(disk);
      if (found instanceof StorageError) throw found;
      // A group whose last bytes are zero anyway is whole.
      assert.ok(found.lastGroup === lowest || found.lastGroup === lowest + 1);
      expectGroups(found, whole, found.lastGroup);
    }
  });
}

test('a torn tail is cut off: the next open finds nothing torn and the log goes on', () => {
  const whole = sample({});
  whole.disk.cut(whole.paths[whole.paths.length - 1], whole.ends[whole.ends.length - 1] - 5);
  const torn = expectGroups(outcome(whole.disk), whole, whole.lastGroup - 1).torn;
  assert.equal(torn?.bytes, whole.ends[whole.ends.length - 1] - 5 - (whole.ends.at(-2) ?? 64));
  assert.equal(expectGroups(outcome(whole.disk), whole, whole.lastGroup - 1).torn, undefined);
  const run = new LogRun({ fileSystem: whole.disk, random: seededRandom(8), model: whole.model });
  run.submit(0, 40);
  run.turn();
  expectPromised(recover({ fileSystem: whole.disk }), {
    model: whole.model,
    acknowledged: 14,
    neededGroup: 1,
  });
});

test('a flipped byte anywhere in an older segment is Corruption that names the file', () => {
  const whole = sample({});
  const random = seededRandom(3);
  for (const path of whole.paths.slice(0, -1)) {
    const frames = whole.disk.stat(path)?.size ?? 0;
    let refused = 0;
    for (let at = 0; at < frames; at++) {
      const disk = whole.disk.clone();
      disk.damage(path, (bytes) => (bytes[at] ^= 1 << below(random, 8)));
      const found = outcome(disk);
      if (found instanceof StorageError) {
        refused++;
        assert.equal(found.path, path, `byte ${at}: ${found.message}`);
        assert.ok((found.offset ?? 0) <= at);
      } else {
        expectGroups(found, whole, whole.lastGroup);
      }
    }
    assert.ok(refused > 800, `only space behind the last group is free: ${refused} of ${frames}`);
  }
});

for (const mark of ['seal', 'close'] as const) {
  test(`a flipped byte in the newest segment is Corruption once a ${mark} has promised it`, () => {
    const whole = sample({ [mark]: true });
    const path = whole.paths[whole.paths.length - 1];
    for (let at = 0; at < whole.ends[whole.ends.length - 1]; at++) {
      const disk = whole.disk.clone();
      disk.damage(path, (bytes) => (bytes[at] ^= 0x10));
      const found = outcome(disk);
      assert.ok(found instanceof StorageError, `byte ${at} went unnoticed`);
      assert.equal(found.path, path);
    }
  });
}

test('without a later promise a flipped byte costs the last group only, and says so', () => {
  const whole = sample({});
  const path = whole.paths[whole.paths.length - 1];
  const start = whole.ends.at(-2) ?? 64;
  for (let at = 64; at < whole.ends[whole.ends.length - 1]; at++) {
    const disk = whole.disk.clone();
    disk.damage(path, (bytes) => (bytes[at] ^= 0x04));
    const found = outcome(disk);
    if (at < start) {
      assert.ok(found instanceof StorageError, `byte ${at}`);
      assert.ok((found.offset ?? 0) <= at && at - (found.offset ?? 0) < 300);
    } else {
      assert.ok((expectGroups(found, whole, whole.lastGroup - 1).torn?.bytes ?? 0) > 0);
      // The manifest may know better.
      assert.ok(
        outcome(disk, { durableGroup: whole.lastGroup }) instanceof StorageError || at < start,
      );
    }
  }
});

test('random damage in any file loses nothing that was promised or is refused', (context) => {
  const random = seededRandom(seedOf(context));
  const whole = sample({ seal: true, recycle: true });
  for (let round = 0; round < 400; round++) {
    const disk = whole.disk.clone();
    const path = whole.paths[below(random, whole.paths.length)];
    const size = disk.stat(path)?.size ?? 0;
    const from = below(random, size);
    const to = Math.min(size, from + 1 + below(random, 200));
    if (random() < 0.2) disk.cut(path, from);
    else disk.damage(path, (bytes) => bytes.fill(below(random, 256), from, to));
    const found = outcome(disk, { durableGroup: whole.lastGroup, neededGroup: 9 });
    if (!(found instanceof StorageError)) expectGroups(found, whole, whole.lastGroup);
  }
});

test('a missing segment is Corruption: the first one, one in the middle, the newest', () => {
  const whole = sample({});
  assert.ok(whole.paths.length >= 3);
  whole.paths.forEach((path, index) => {
    const disk = whole.disk.clone();
    disk.unlink(path);
    const found = outcome(disk, { neededGroup: 1, durableGroup: whole.lastGroup });
    assert.ok(found instanceof StorageError, `segment ${index}`);
  });
  const middle = whole.disk.clone();
  middle.unlink(whole.paths[1]);
  const found = outcome(middle);
  assert.ok(found instanceof StorageError);
  assert.match(found.message, /Segment 2 of the log is missing/);
});

test('a segment that holds no group does not count, whatever it is called', () => {
  const whole = sample({});
  const newest = parseSegmentFileName(whole.paths[whole.paths.length - 1].split('/').at(-1) ?? '');
  const next = (newest?.number ?? 0) + 1;
  const name = `/db/log/${String(next).padStart(10, '0')}-00000000000000aa-00000000000000bb.log`;
  whole.disk.open(name, 'create').write([new Uint8Array(1024)], 0);
  const found = expectGroups(outcome(whole.disk), whole, whole.lastGroup);
  assert.equal(found.firstNumber, next);
  assert.equal(whole.disk.stat(name), undefined, 'removed');
});

test('two segments of one number that both hold groups are refused', () => {
  const whole = sample({});
  const [first] = whole.paths;
  const copy = new Uint8Array(1024);
  whole.disk.open(first, 'read').read(copy, 0);
  const twin = first.replace(/-[0-9a-f]{16}-/, '-00000000000000aa-');
  whole.disk.open(twin, 'create').write([copy], 0);
  assert.ok(outcome(whole.disk) instanceof StorageError);
});

test('a segment of a newer format is refused by version', () => {
  const whole = sample({});
  const [path] = whole.paths;
  const name = parseSegmentFileName(path.split('/').at(-1) ?? '');
  assert.ok(name !== undefined);
  whole.disk.damage(path, (bytes) => {
    bytes.set(encodeSegmentHeader({ ...name, capacity: 1024, recycled: false }, crc32c));
    bytes[8] = 2;
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(
      60,
      crc32c(bytes.subarray(0, 60), 0),
      true,
    );
  });
  assert.throws(() => recover({ fileSystem: whole.disk }), { code: 'NewerFormat' });
});

test('a read error during recovery is an error, never a torn tail', () => {
  const whole = sample({});
  for (let at = 1; ; at++) {
    const disk = whole.disk.clone();
    disk.inject({ at, error: 'EIO' });
    try {
      recover({ fileSystem: disk });
    } catch (error) {
      assert.ok(error instanceof StorageError && error.code === 'IoFailure', String(error));
    }
    if (!disk.faultStruck) break;
    disk.inject(undefined);
    expectGroups(outcome(disk), whole, whole.lastGroup);
  }
});
