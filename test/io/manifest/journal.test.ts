import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { StorageError } from '../../../io/errors.js';
import {
  encodeCurrent,
  encodeJournalHeader,
  encodeRecord,
  encodeSeal,
  journalName,
} from '../../../io/manifest/format.js';
import { Journal, readJournal } from '../../../io/manifest/journal.js';
import { inspectFolder } from '../../../io/manifest/folder.js';
import { crc32c } from '../support/crc32c.js';
import { DATABASE, ManifestRun, openManifest, stateOf, text } from '../support/manifest-run.js';

function withFiles(names: readonly string[]): SimulatedFileSystem {
  const disk = new SimulatedFileSystem();
  disk.makeDirectory('/data');
  disk.makeDirectory(DATABASE);
  for (const name of names) disk.open(`${DATABASE}/${name}`, 'create').close();
  return disk;
}

function grown(appends: number, close = true): SimulatedFileSystem {
  const disk = new SimulatedFileSystem();
  const run = new ManifestRun(disk);
  for (let count = 0; count < appends; count++) run.append();
  if (close) run.journal.close();
  return disk;
}

test('a missing folder becomes a database, and opens again with its records', () => {
  const disk = new SimulatedFileSystem();
  const run = new ManifestRun(disk);
  assert.equal(run.journal.created, true);
  for (let count = 0; count < 5; count++) run.append();
  run.journal.close();
  const again = openManifest(disk);
  assert.equal(again.journal.created, false);
  assert.equal(again.journal.lastSequence, 6);
  assert.equal(stateOf(again.records), 5);
});

test('an empty folder, one with lock files, and one where a creation died become databases', () => {
  for (const names of [
    [],
    ['lock.pid', 'lock-0123456789abcdef.sock'],
    ['manifest-0000000001'],
    ['manifest-0000000001', 'CURRENT.tmp'],
  ]) {
    const disk = withFiles(names);
    assert.equal(inspectFolder(disk, DATABASE, crc32c), undefined);
    assert.equal(openManifest(disk).journal.created, true);
  }
});

test('a folder of something else is refused and not touched', () => {
  const disk = withFiles(['holiday.jpg']);
  const changes: string[] = [];
  disk.observe = ({ kind }) => changes.push(kind);
  assert.throws(() => openManifest(disk), { code: 'NotADatabase', message: /holiday\.jpg/ });
  assert.ok(
    changes.every((kind) => ['stat', 'list', 'open', 'read'].includes(kind)),
    changes.join(),
  );
  assert.deepEqual(disk.list(DATABASE), ['holiday.jpg']);
});

test('a file where the folder should be is refused', () => {
  const disk = new SimulatedFileSystem();
  disk.makeDirectory('/data');
  disk.open(DATABASE, 'create').close();
  assert.throws(() => openManifest(disk), { code: 'NotADatabase' });
});

test('a database that lost CURRENT is Corruption, not a new database', () => {
  for (const names of [['manifest-0000000001', 'log'], ['manifest-0000000007']]) {
    assert.throws(() => openManifest(withFiles(names)), {
      code: 'Corruption',
      message: /CURRENT is missing/,
    });
  }
});

test('a manifest that CURRENT names and that is missing is Corruption', () => {
  const disk = grown(2);
  disk.unlink(`${DATABASE}/${journalName(1)}`);
  assert.throws(() => openManifest(disk), {
    code: 'Corruption',
    path: `${DATABASE}/${journalName(1)}`,
  });
});

test('a newer format is refused by version, in CURRENT and in the journal', () => {
  const inCurrent = grown(1);
  inCurrent.damage(`${DATABASE}/CURRENT`, (bytes) => {
    const newer = Buffer.from(encodeCurrent(1, crc32c))
      .toString('latin1')
      .replace('format 1', 'format 2');
    const body = newer.slice(0, newer.indexOf('crc32c'));
    const crc = (crc32c(text(body), 0) >>> 0).toString(16).padStart(8, '0');
    bytes.set(text(`${body}crc32c ${crc}\n`));
  });
  assert.throws(() => openManifest(inCurrent), { code: 'NewerFormat' });
  const inJournal = grown(1);
  inJournal.damage(`${DATABASE}/${journalName(1)}`, (bytes) => {
    const header = encodeJournalHeader(1, crc32c);
    header[8] = 2;
    new DataView(header.buffer).setUint32(28, crc32c(header.subarray(0, 28), 0), true);
    bytes.set(header);
  });
  assert.throws(() => openManifest(inJournal), { code: 'NewerFormat' });
});

test('a rewrite keeps the state, goes on in a new file and removes the old one', () => {
  const disk = new SimulatedFileSystem();
  const run = new ManifestRun(disk);
  let rewrites = 0;
  for (let count = 0; count < 60; count++) {
    const before = run.journal.path;
    run.append();
    run.rewriteIfLarge();
    if (run.journal.path !== before) rewrites++;
  }
  assert.ok(rewrites > 3);
  assert.equal(disk.list(DATABASE).length, 2);
  run.journal.close();
  const { journal, records } = openManifest(disk);
  assert.equal(stateOf(records), 60);
  assert.ok(journal.lastSequence > 60, 'sequences go on over rewrites');
});

test('readJournal sees what is durable without changing anything', () => {
  const disk = grown(3, false);
  const changes: string[] = [];
  disk.observe = ({ kind }) => changes.push(kind);
  const scan = readJournal({ fileSystem: disk, directory: DATABASE, crc32c });
  assert.equal(
    stateOf(scan?.records.map(({ payload }) => Buffer.from(payload).toString()) ?? []),
    3,
  );
  assert.ok(changes.every((kind) => ['stat', 'list', 'open', 'read'].includes(kind)));
  assert.equal(readJournal({ fileSystem: disk, directory: '/nowhere', crc32c }), undefined);
});

test('a journal cut at every byte of its last record drops it and says how many bytes', () => {
  const disk = grown(4, false);
  const path = `${DATABASE}/${journalName(1)}`;
  const size = disk.stat(path)?.size ?? 0;
  const lastBytes = 24 + Math.ceil(`+4 ${'x'.repeat(28)}`.length / 8) * 8;
  const start = size - 24 - lastBytes;
  for (let cut = start; cut <= size; cut++) {
    const damaged = disk.clone();
    damaged.cut(path, cut);
    const { journal, records } = openManifest(damaged);
    assert.equal(stateOf(records), cut < start + lastBytes ? 3 : 4);
    assert.equal(
      journal.tornBytes > 0,
      cut !== start && cut !== start + lastBytes && cut !== size,
      `cut at ${cut}`,
    );
    journal.append(text('more'));
    journal.close();
  }
});

test('a record torn over a seal, at every byte and either way, is not taken for a seal', () => {
  // Once the two differed in their first word only, outside the checksum: the end of a record after
  // the first word of the seal was a seal that promised the record it had come from.
  for (const sealFirst of [true, false]) {
    for (let cut = 0; cut <= 24; cut++) {
      const disk = grown(2, false);
      const path = `${DATABASE}/${journalName(1)}`;
      const at = (disk.stat(path)?.size ?? 0) - 24;
      const seal = encodeSeal(1, 3, crc32c);
      const record = encodeRecord(1, 4, text(`+3 ${'x'.repeat(21)}`), crc32c);
      const old = Buffer.concat([seal, new Uint8Array(record.byteLength - seal.byteLength)]);
      const [first, then] = sealFirst ? [old, record] : [record, old];
      const file = disk.open(path, 'write');
      file.write([first.subarray(0, cut), then.subarray(cut)], at);
      file.close();
      const state = stateOf(openManifest(disk).records);
      assert.ok(state === 2 || state === 3);
    }
  }
});

test('a flipped bit at every byte of the manifest or CURRENT loses nothing in silence', () => {
  const disk = grown(6);
  for (const name of ['CURRENT', journalName(1)]) {
    const path = `${DATABASE}/${name}`;
    const size = disk.stat(path)?.size ?? 0;
    let refused = 0;
    for (let at = 0; at < size; at++) {
      for (const bit of [0x01, 0x20, 0x80]) {
        const damaged = disk.clone();
        damaged.damage(path, (bytes) => (bytes[at] ^= bit));
        try {
          assert.equal(stateOf(openManifest(damaged).records), 6, `byte ${at} of ${name}`);
        } catch (error) {
          assert.ok(error instanceof StorageError && error.code === 'Corruption', String(error));
          assert.equal(error.path, path);
          refused++;
        }
      }
    }
    const covered = name === 'CURRENT' ? size : size - 24;
    assert.equal(refused, covered * 3, 'only the last seal is not covered by a later promise');
  }
});

test('a failed append is final, and the record may be found later or not', () => {
  for (const kind of ['write', 'sync'] as const) {
    const disk = new SimulatedFileSystem();
    const run = new ManifestRun(disk);
    run.append();
    disk.inject({ at: 1, kinds: [kind], error: 'EIO', partial: 0.5 });
    assert.throws(() => run.append(), { code: 'EngineFailure' });
    const operations = disk.operations;
    assert.throws(() => run.append(), { code: 'EngineFailure' });
    assert.throws(() => run.journal.rewrite([]), { code: 'EngineFailure' });
    assert.equal(disk.operations, operations);
    run.journal.close();
    const state = stateOf(openManifest(disk.crash(() => 0, { keep: 0 })).records);
    assert.equal(state, 1);
  }
});

test('a full disk while rewriting changes nothing: the journal goes on', () => {
  for (let at = 1; at <= 2; at++) {
    for (const kinds of [['create'], ['write'], ['sync']] as const) {
      const disk = new SimulatedFileSystem();
      const run = new ManifestRun(disk);
      run.append();
      disk.inject({ at, kinds, error: 'ENOSPC', partial: 0.4 });
      assert.throws(() => run.journal.rewrite([text('seed 1'), text('=1')]), {
        code: 'StorageFull',
      });
      disk.inject(undefined);
      assert.equal(run.journal.failure, undefined);
      run.append();
      run.journal.rewrite([text('seed 1'), text('=2')]);
      run.journal.close();
      assert.equal(stateOf(openManifest(disk).records), 2);
      assert.equal(disk.list(DATABASE).length, 2);
    }
  }
});

test('a closed journal refuses, and a record beyond the bound is a RangeError', () => {
  const disk = new SimulatedFileSystem();
  const { journal } = openManifest(disk);
  assert.throws(() => journal.append(new Uint8Array(2 ** 26 + 1)), RangeError);
  journal.close();
  assert.throws(() => journal.append(text('late')), { code: 'Closed' });
  assert.ok(journal instanceof Journal);
});
