// Sends random bodies of every operation to the wire handler, on the engine, and looks at what any
// answer must be: 200, or an error of the client's that says which; never a 5xx, never slow.

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { crc32 } from 'node:zlib';
import { WireHandler, type WireCall } from '../../host/api/wire/handler.js';
import { targetOf } from '../../host/api/wire/targets.js';
import { systemClock } from '../../host/clock.js';
import { open, type Database } from '../../host/index.js';
import { systemRandom } from '../../host/random.js';
import type { HttpHandler } from '../../io/http/message.js';
import { damaged } from './body-damage.js';
import { FUZZED_OPERATIONS, makeInput } from './input-maker.js';
import { chance, pick, type Random } from './random.js';

/** Bodies to an operation of items, of which there are few, as often as to all the others. */
const ITEM_OPERATIONS = [
  ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'],
  ...['BatchGetItem', 'BatchWriteItem', 'TransactGetItems', 'TransactWriteItems'],
];
const ERROR_TYPE = /^com\.amazon(aws)?\.[\w.]+#[A-Za-z]+$/;
/** Far more than any request takes on a busy machine. */
const SLOW_MS = 5_000;
const TABLES_EVERY = 500;

export interface FuzzResult {
  readonly executions: number;
  /** By status and exception. */
  readonly answers: ReadonlyMap<string, number>;
}

export class Fuzzer {
  readonly #random: Random;
  readonly #db: Database;
  readonly #handle: HttpHandler;
  readonly #answers = new Map<string, number>();
  #last: WireCall | undefined;

  private constructor(db: Database, random: Random) {
    this.#db = db;
    this.#random = random;
    this.#handle = new WireHandler({
      database: () => db,
      clock: systemClock,
      random: systemRandom,
      observe: (call) => {
        this.#last = call;
      },
    }).handle;
  }

  /** A temporary database of its own. */
  static async run(random: Random, seconds: number): Promise<FuzzResult> {
    const db = await open(undefined, { shards: 2, memoryMb: 64 });
    try {
      return await new Fuzzer(db, random).#run(seconds);
    } finally {
      await db.close();
    }
  }

  async #run(seconds: number): Promise<FuzzResult> {
    const end = performance.now() + seconds * 1_000;
    let executions = 0;
    for (; performance.now() < end; executions++) {
      if (executions % TABLES_EVERY === 0) await this.#makeTables();
      await this.#execute();
    }
    const { faults } = await this.#db.check();
    assert.deepEqual(faults, []);
    return { executions, answers: this.#answers };
  }

  async #execute(): Promise<void> {
    const random = this.#random;
    const operation = pick(random, chance(random, 0.5) ? ITEM_OPERATIONS : FUZZED_OPERATIONS);
    const body = damaged(JSON.stringify(makeInput(operation, random)) ?? '', random);
    const shown = (): string => `${operation} ${body.toString('latin1').slice(0, 4_000)}`;
    this.#last = undefined;
    const start = performance.now();
    const answer = await this.#send(operation, body);
    const tookMs = performance.now() - start;
    const last = this.#last as WireCall | undefined;
    const cause = last?.error instanceof Error ? last.error.stack : '';
    assert.ok(tookMs < SLOW_MS, `${tookMs} ms for ${shown()}`);
    assert.ok([200, 400].includes(answer.status), `${answer.status} for ${shown()}\n${cause}`);
    assert.equal(answer.headers['x-amz-crc32'], String(crc32(answer.body)), shown());
    const text = Buffer.from(answer.body).toString();
    const told = (text === '' ? {} : JSON.parse(text)) as { __type?: string };
    if (answer.status === 400) assert.match(told.__type ?? '', ERROR_TYPE, shown());
    const kind = answer.status === 200 ? 'answered' : (told.__type ?? '').split('#')[1];
    this.#answers.set(kind, (this.#answers.get(kind) ?? 0) + 1);
  }

  #send(operation: string, body: Uint8Array): ReturnType<HttpHandler> {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': targetOf(operation),
    };
    return this.#handle({ method: 'POST', url: '/', headers, body });
  }

  /** Those that inputs name, if they are not there any more. */
  async #makeTables(): Promise<void> {
    const pair = [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ];
    const texts = (...names: string[]): object[] =>
      names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
    const plain = { BillingMode: 'PAY_PER_REQUEST' };
    const all = { ProjectionType: 'ALL' };
    const inputs = [
      { TableName: 'Single', KeySchema: [pair[0]], AttributeDefinitions: texts('pk'), ...plain },
      { TableName: 'Pairs', KeySchema: pair, AttributeDefinitions: texts('pk', 'sk'), ...plain },
      {
        TableName: 'Indexed',
        KeySchema: pair,
        AttributeDefinitions: texts('pk', 'sk', 'g', 'h'),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byGroup',
            KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
            Projection: all,
          },
        ],
        LocalSecondaryIndexes: [
          {
            IndexName: 'byLocal',
            KeySchema: [pair[0], { AttributeName: 'h', KeyType: 'RANGE' }],
            Projection: all,
          },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        ...plain,
      },
    ];
    for (const input of inputs) await this.#send('CreateTable', Buffer.from(JSON.stringify(input)));
  }
}
