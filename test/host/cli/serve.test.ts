// `ferrite serve` as a process: what it prints, what it keeps, how it stops.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../io/support/temporary-folder.js';

const FERRITE = fileURLToPath(new URL('../../../dist/esm/ferrite.js', import.meta.url));
const TABLE = {
  TableName: 'Things',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};

interface Serving {
  readonly url: string;
  readonly printed: string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  call(operation: string, input: object, scope?: string): Promise<Record<string, unknown>>;
}

function start(args: readonly string[]): { process: ChildProcess; printed: Promise<string> } {
  const child = spawn(process.execPath, [FERRITE, 'serve', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = new Promise<string>((resolve) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.includes('Ctrl-C stops.')) resolve(text);
      });
    }
    child.on('exit', () => resolve(text));
  });
  return { process: child, printed };
}

async function serving(context: TestContext, ...args: string[]): Promise<Serving> {
  const { process: child, printed } = start(args);
  context.after(() => child.kill('SIGKILL'));
  const text = await printed;
  const url = /AWS_ENDPOINT_URL_DYNAMODB=(\S+)/.exec(text)?.[1] ?? assert.fail(text);
  return {
    url,
    printed: text,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
    async call(operation, input, scope = 'local/20261009/us-east-1') {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          authorization: `AWS4-HMAC-SHA256 Credential=${scope}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: JSON.stringify(input),
      });
      return (await answer.json()) as Record<string, unknown>;
    },
  };
}

test('what was acknowledged is there when it serves again; either signal stops it well', async (context) => {
  const folder = join(temporaryFolder(context), 'data');
  const first = await serving(context, folder);
  assert.match(first.printed, new RegExp(`serves ${folder} on http://127\\.0\\.0\\.1:\\d+\n`));
  assert.match(first.printed, /export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local\n/);
  await first.call('CreateTable', TABLE);
  const Item = { pk: { S: 'a' }, n: { N: '1' } };
  await first.call('PutItem', { TableName: 'Things', Item });
  assert.equal(await first.stop('SIGINT'), 0);

  const second = await serving(context, folder);
  const read = { TableName: 'Things', Key: { pk: { S: 'a' } } };
  assert.deepEqual(await second.call('GetItem', read), { Item });
  await second.call('GetItem', { TableName: 'Nothing', Key: { pk: { S: 'a' } } });
  const metrics = await (await fetch(`${second.url}/metrics`)).text();
  const labels = 'operation="GetItem",table="Things"';
  assert.ok(metrics.includes(`ferrite_operation_seconds_count{${labels}} 1\n`));
  assert.ok(metrics.includes(`ferrite_consumed_capacity_units_total{${labels}} 0.5\n`));
  assert.match(
    metrics,
    /ferrite_errors_total\{operation="GetItem",table="",error="Resource.*\} 1\n/,
  );
  assert.match(metrics, /ferrite_tables\{database=""\} 1\n/);
  assert.doesNotMatch(metrics, /Nothing/);

  const { printed } = start([folder]);
  assert.match(await printed, /is in use by process/);
  assert.equal(await second.stop('SIGTERM'), 0);
});

test('with --isolate each region has a database of its own, and a region that is a path has none', async (context) => {
  const folder = temporaryFolder(context);
  const { call, stop } = await serving(context, join(folder, 'data'), '--isolate', 'account');
  await call('CreateTable', TABLE, 'alice/20261009/eu-west-1');
  const names = (scope: string) => call('ListTables', {}, scope);
  assert.deepEqual(await names('alice/20261009/eu-west-1'), { TableNames: ['Things'] });
  assert.deepEqual(await names('alice/20261009/us-east-1'), { TableNames: [] });
  assert.deepEqual(await names('bob/20261009/eu-west-1'), { TableNames: [] });
  for (const scope of [
    'alice/20261009/../../x',
    '../20261009/us-east-1',
    'a.b/20261009/us-east-1',
  ]) {
    assert.match(String((await names(scope)).__type), /ValidationException$/, scope);
  }
  assert.match(
    String((await call('CreateTable', { ...TABLE, TableName: '../../x' })).__type),
    /ValidationException$/,
  );
  assert.equal(await stop(), 0);
  assert.deepEqual(readdirSync(folder), ['data']);
  assert.deepEqual(readdirSync(join(folder, 'data')).sort(), ['alice', 'bob', 'local']);
  assert.ok(existsSync(join(folder, 'data', 'alice', 'eu-west-1', 'CURRENT')));
});

test('an address that other machines reach needs credentials, which are then asked for', async (context) => {
  const { printed } = start(['--host', '0.0.0.0']);
  assert.match(
    await printed,
    /a loopback address, unless there are credentials or unsigned is true/,
  );
  const { call, stop, printed: shown } = await serving(context, '--credentials', 'KEY:very-secret');
  assert.match(shown, /AWS_ACCESS_KEY_ID=KEY AWS_SECRET_ACCESS_KEY=\.\.\./);
  assert.doesNotMatch(shown, /very-secret/);
  assert.match(
    String((await call('ListTables', {})).__type),
    /(Incomplete|Invalid)SignatureException$/,
  );
  assert.equal(await stop(), 0);
});
