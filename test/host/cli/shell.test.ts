// The shell as people and scripts run it: a process for each command, on a folder.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { open } from '../../../host/index.js';
import { temporaryFolder } from '../../io/support/temporary-folder.js';

const FERRITE = fileURLToPath(new URL('../../../dist/esm/ferrite.js', import.meta.url));

function shell(folder: string) {
  const env = { ...process.env, FERRITE_DB: folder };
  const fed = (input: string, ...args: string[]) => {
    const run = spawnSync(process.execPath, [FERRITE, ...args], { env, encoding: 'utf8', input });
    return { out: run.stdout, err: run.stderr, status: run.status };
  };
  return Object.assign((...args: string[]) => fed('', ...args), { fed });
}

test('a table is made, filled, read, changed and described', (context) => {
  const ferrite = shell(join(temporaryFolder(context), 'db'));
  const made = ferrite(
    'create',
    'Orders',
    '--pk',
    'user',
    '--sk',
    'id:N',
    '--gsi',
    'byStatus=status,id:N',
    '--stream',
    'NEW_IMAGE',
  );
  assert.equal(made.status, 0, made.err);
  const lines = [1, 2].map((id) => `{"user":"u1","id":${id},"status":"open"}\n`).join('');
  assert.equal(ferrite.fed(lines, 'put', 'Orders', '-').err, '2 items put.\n');
  const got = ferrite('get', 'Orders', 'u1', '2', '--json');
  assert.equal(got.out, '{"user":"u1","id":2,"status":"open"}\n');
  const updated = ferrite(
    'update',
    'Orders',
    'u1',
    '2',
    '-e',
    'SET #s = :p ADD n :one',
    '--names',
    '#s=status',
    '--values',
    ':p=paid',
    ':one=1',
    '--json',
  );
  assert.deepEqual(JSON.parse(updated.out), { user: 'u1', id: 2, status: 'paid', n: 1 });
  assert.equal(
    ferrite('query', 'Orders', 'open', '--index', 'byStatus', '--json').out,
    '{"user":"u1","id":1,"status":"open"}\n',
  );
  assert.match(
    ferrite('query', 'Orders', 'u1', 'gte', '2').out,
    /^user {2}id {2}status {2}n\n-+ .*\nu1 {4}2 {3}paid {4}1\n$/,
  );
  assert.equal(ferrite('count', 'Orders', 'u1', 'between', '1', '2').out, '2\n');
  assert.match(ferrite('ls').out, /Orders {2}ACTIVE {2}2 /);
  const tail = ferrite('tail', 'Orders', '--from-start', '--once', '--json');
  assert.deepEqual(
    tail.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event),
    ['INSERT', 'INSERT', 'MODIFY'],
  );
  assert.match(
    ferrite('check').out,
    /^Sound: 1 tables, 2 items, 2 index entries, 3 stream records/,
  );
});

test('what goes wrong is said in a line, with an exit code', (context) => {
  const ferrite = shell(join(temporaryFolder(context), 'db'));
  ferrite('create', 'Things', '--pk', 'id');
  const absent = ferrite('get', 'Things', 'x');
  assert.deepEqual([absent.status, absent.err], [1, 'There is no such item.\n']);
  const key = ferrite('get', 'Things', 'x', 'y');
  assert.deepEqual([key.status, key.err], [1, 'The key of Things is id (S): give 1, not 2.\n']);
  const table = ferrite('scan', 'Nothing');
  assert.equal(table.status, 1);
  assert.match(table.err, /^ResourceNotFoundException: .*\n$/);
  const dropped = ferrite('drop', 'Things');
  assert.deepEqual(
    [dropped.status, dropped.err],
    [1, 'Things has 0 items. Say --yes to drop it.\n'],
  );
});

test('an export is imported again, from every format, also after it stopped at a bad line', async (context) => {
  const folder = temporaryFolder(context);
  const ferrite = shell(join(folder, 'db'));
  const file = (name: string): string => join(folder, name);
  {
    await using db = await open(join(folder, 'db'), { durability: 'relaxed' });
    for (const TableName of ['From', 'Into'])
      await db.createTable({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      });
    const from = db.table('From');
    await Promise.all(
      Array.from({ length: 1200 }, (_, n) => from.put({ id: `i${n}`, n, list: [n, 'x'] })),
    );
  }
  for (const target of ['items.jsonl.gz', 'items.csv', 'export']) {
    const format = target === 'export' ? ['--format', 'dynamodb'] : [];
    const exported = ferrite('export', 'From', file(target), ...format);
    assert.equal(exported.status, 0, exported.err);
    const imported = ferrite('import', 'Into', file(target));
    assert.match(imported.err, /^1,200 items imported into Into\.\n$/);
    await using db = await open(join(folder, 'db'));
    assert.deepEqual(db.table('Into').getSync({ id: 'i77' }), {
      id: 'i77',
      n: 77,
      list: [77, 'x'],
    });
  }

  writeFileSync(file('bad.jsonl'), '{"id":"b1"}\n{"id":"b2"}\n{"id":\n{"id":"b3"}\n');
  const stopped = ferrite('import', 'Into', file('bad.jsonl'));
  assert.equal(stopped.status, 1);
  assert.match(
    stopped.err,
    /^The import stopped at item 3: line 3 is no item: .* The 2 before are in Into; the same command goes on from there\.\n$/,
  );
  writeFileSync(
    file('bad.jsonl'),
    readFileSync(file('bad.jsonl'), 'utf8').replace('{"id":\n', '{"id":"mended"}\n'),
  );
  appendFileSync(file('bad.jsonl'), '{"id":"b4"}\n');
  assert.match(
    ferrite('import', 'Into', file('bad.jsonl')).err,
    /^3 items imported into Into, after 2 of an earlier run\.\n$/,
  );
  assert.equal(ferrite('count', 'Into').out, '1,205\n');
});
