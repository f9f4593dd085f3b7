// A program with expiry, a stream and a trigger that ends without closing its database: nothing in the background holds it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../io/support/temporary-folder.js';

const BUILT = new URL('../../../dist/esm/index.js', import.meta.url).href;

const program = (folder: string): string => `
import { open } from ${JSON.stringify(BUILT)};
const db = await open(${JSON.stringify(folder)}, { memoryMb: 64, shards: 2, workers: 1 });
const TableName = 'Things';
await db.createTable({
  TableName,
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
});
await db.updateTimeToLive({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'e' } });
await db.table(TableName).on({ name: 't' }, () => undefined).ready;
await db.put({ TableName, Item: { pk: 'a', e: 1 } });
// Long enough for the background to be at work.
await new Promise((resolve) => setTimeout(resolve, 700));
console.log('end');
`;

test('upkeep, streams and triggers keep no process alive', (context) => {
  const text = program(join(temporaryFolder(context), 'db'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', text],
    { encoding: 'utf8', timeout: 20_000 },
  );
  assert.equal(stderr, '');
  assert.equal(stdout, 'end\n');
  assert.equal(status, 0);
});
