// The Python client of io/ipc/clients, where there is a Python with msgpack; else there is nothing to test.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NumberValue, open } from '../../../host/index.js';

const clients = fileURLToPath(new URL('../../../io/ipc/clients', import.meta.url));
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import msgpack']).status === 0,
);

const PROGRAM = `
import sys
from decimal import Decimal
sys.path.insert(0, sys.argv[2])
import ferrite
with ferrite.connect(sys.argv[1]) as db:
    item = {"pk": "p", "n": Decimal("1234567890.12345678901234567890"), "f": 1.5, "s": {"b", "a"}, "b": b"\\x00\\xff", "l": [None, True, {"x": -7}]}
    db.call("PutItem", TableName="Things", Item=item)
    assert db.call("GetItem", TableName="Things", Key={"pk": "p"})["Item"] == item
    results = db.call_many([("GetItem", {"TableName": "Things", "Key": {"pk": str(i)}}) for i in range(50)] + [("GetItem", {"TableName": "Things"})])
    assert results[:50] == [{}] * 50
    assert results[50].name == "ValidationException", results[50]
print("fine")
`;

test('the Python client writes and reads every kind of value', {
  skip: python === undefined,
}, async () => {
  await using db = await open();
  await db.createTable({
    TableName: 'Things',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const door = await db.listen({ path: join(tmpdir(), `ferrite-python-${process.pid}.sock`) });
  const run = promisify(execFile);
  const { stdout } = await run(python as string, ['-c', PROGRAM, door.address, clients]);
  assert.equal(stdout.trim(), 'fine');
  const { Item } = await db.get({ TableName: 'Things', Key: { pk: 'p' } });
  assert.deepEqual(Item?.['n'], NumberValue.from('1234567890.1234567890123456789'));
  assert.deepEqual(Item?.['s'], new Set(['a', 'b']));
});
