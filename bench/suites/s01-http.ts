/**
 * S1: GetItem and PutItem over HTTP, 32 connections with one request each under way, against a bare
 * node:http server that reads the same requests and answers the same bytes, and against dynalite.
 * Servers are processes of their own; the load client is this one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once as happens } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { itemMaker } from '../data/items.js';
import type { Value } from '../data/items.js';
import { load, once, postBytes, sendAll } from '../harness/http-load.js';
import { ratioRow } from '../harness/suite.js';
import type { Row, Scale, Subject, Suite } from '../harness/suite.js';

const OURS = 'ferritedb';
const ECHO = 'bare node:http echo';
const DYNALITE = 'dynalite';
const GET = 'GetItem';
const PUT = 'PutItem';
const CONNECTIONS = 32;
const TABLE = 'Items';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function itemCount({ quick }: Scale): number {
  return quick ? 500 : 10_000;
}

export const suite: Suite = {
  id: 'S1',
  slug: 's01-http',
  title: 'GetItem and PutItem over HTTP, 32 connections',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items; ${CONNECTIONS} connections, one request at a time on each, keys at random`,
    'ferrite serve on a folder, durability sync: a put is answered when it is on disk; dynalite on a folder, which syncs nothing',
    'the echo reads the body and answers the bytes that ferritedb answered to the first request: what node:http costs alone',
    'requests a second over half a second to two; the client shares the machine',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 2 : 7,
    contenders: [OURS, ECHO, DYNALITE],
    tasks: () => [GET, PUT],
  }),

  async prepare(contender, folder, scale) {
    const make = itemMaker('standard', scale.seed);
    const items = Array.from({ length: itemCount(scale) }, (_, index) => make(index));
    const puts = items.map((item) => request(PUT, { TableName: TABLE, Item: typed(item) }));
    const gets = items.map(({ pk, sk }) =>
      request(GET, { TableName: TABLE, Key: typed({ pk, sk }) }),
    );
    const server = await serve(contender, folder, typed(items[0]));
    if (contender !== ECHO) {
      await once(server.port, request('CreateTable', tableInput()));
      await becomesActive(server.port);
      await sendAll(server.port, CONNECTIONS, puts);
    }
    return subject(server, gets, puts, scale);
  },

  compare(measured) {
    const against = (task: string, rival: string, goal: number): Row =>
      ratioRow(
        measured,
        {
          label: `${task}, 32 connections`,
          unit: 'req/s',
          better: 'higher',
          rivalName: rival,
          goal,
        },
        { contender: OURS, task, metric: 'perSecond' },
        { contender: rival, task, metric: 'perSecond' },
      );
    return [
      against(GET, ECHO, 0.8),
      against(PUT, ECHO, 0.8),
      against(GET, DYNALITE, 2),
      against(PUT, DYNALITE, 2),
    ];
  },
};

interface Server {
  readonly port: number;
  readonly process: ChildProcess;
}

function subject(
  { port, process }: Server,
  gets: readonly Buffer[],
  puts: readonly Buffer[],
  scale: Scale,
): Subject {
  let step = scale.seed;
  return {
    measure(task) {
      const requests = task === GET ? gets : puts;
      // A walk over all of them in an order of no pattern.
      const next = (): Buffer => requests[(step = (step + 7_919) % requests.length)];
      return load(port, CONNECTIONS, scale.quick ? 500 : 2_000, next);
    },
    async close() {
      process.kill('SIGTERM');
      await happens(process, 'exit');
    },
  };
}

async function serve(contender: string, folder: string, item: object): Promise<Server> {
  const data = join(folder, 'data');
  const commands: Record<string, string[]> = {
    [OURS]: ['dist/esm/ferrite.js', 'serve', data, '--port', '0'],
    [ECHO]: ['bench/workers/http-server.mjs', 'echo', JSON.stringify(item)],
    [DYNALITE]: ['bench/workers/http-server.mjs', 'dynalite', data],
  };
  const server = spawn(process.execPath, commands[contender], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const text of server.stdout.setEncoding('utf8')) {
    printed += String(text);
    const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
    if (port !== undefined) return { port: Number(port), process: server };
  }
  throw new Error(`${contender} did not start: ${printed}`);
}

function request(operation: string, input: object): Buffer {
  const headers = {
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Target': `DynamoDB_20120810.${operation}`,
    // dynalite looks whether there is one.
    'X-Amz-Date': '20261009T120000Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=local/20261009/us-east-1/dynamodb/aws4_request, ' +
      `SignedHeaders=host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
  };
  return postBytes(headers, JSON.stringify(input));
}

async function becomesActive(port: number): Promise<void> {
  const describe = request('DescribeTable', { TableName: TABLE });
  while (!(await once(port, describe)).includes('"TableStatus":"ACTIVE"')) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function tableInput(): object {
  return {
    TableName: TABLE,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  };
}

function typed(item: Readonly<Record<string, Value>>): object {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, typedValue(value)]));
}

function typedValue(value: Value): object {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  return Array.isArray(value) ? { L: value.map(typedValue) } : { M: typed(value) };
}
