import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page, PageOptions, Range, TableKeyspace } from '../../../host/engine/store.js';
import type { Database, ItemStream, Table } from '../../../host/index.js';
import { MemoryStore } from '../../model/memory-store.js';
import { makeTable, openMemory } from '../open-database.js';

interface Row {
  pk: string;
  sk: number;
  a?: string;
}
type Rows = Table<Row, 'pk' | 'sk'>;

/** A store whose pages are counted and hold three rows at most. */
class SmallPages extends MemoryStore {
  pages = 0;

  override page(table: TableKeyspace, range: Range, options: PageOptions): Promise<Page> {
    this.pages++;
    return super.page(table, range, { ...options, limit: Math.min(3, options.limit ?? 3) });
  }
}

async function filled(count: number): Promise<{ db: Database; rows: Rows; store: SmallPages }> {
  const store = new SmallPages();
  const db = await openMemory(store);
  const rows: Rows = db.table('Numbers');
  for (let sk = 1; sk <= count; sk++) await rows.put({ pk: 'p', sk });
  return { db, rows, store };
}

const sortKeys = async (stream: ItemStream<Row>): Promise<number[]> =>
  (await stream.toArray()).map(({ sk }) => sk);

describe('a table handle', () => {
  it('puts, gets and deletes', async () => {
    const { rows } = await filled(0);
    assert.equal(await rows.put({ pk: 'p', sk: 1, a: 'x' }), undefined);
    assert.deepEqual(await rows.get({ pk: 'p', sk: 1 }), { pk: 'p', sk: 1, a: 'x' });
    assert.deepEqual(await rows.get({ pk: 'p', sk: 1 }, { consistent: true }), {
      pk: 'p',
      sk: 1,
      a: 'x',
    });
    assert.deepEqual(rows.getSync({ pk: 'p', sk: 1 }), { pk: 'p', sk: 1, a: 'x' });
    assert.equal(await rows.delete({ pk: 'p', sk: 1 }), undefined);
    assert.equal(await rows.get({ pk: 'p', sk: 1 }), undefined);
    assert.equal(rows.getSync({ pk: 'p', sk: 1 }), undefined);
  });

  it('queries with every operator', async () => {
    const { rows } = await filled(5);
    assert.deepEqual(await sortKeys(rows.query({ pk: 'p' })), [1, 2, 3, 4, 5]);
    assert.deepEqual(await sortKeys(rows.query({ pk: 'p', sk: 2 })), [2]);
    assert.deepEqual(await sortKeys(rows.query({ pk: 'p', sk: { lt: 3 } })), [1, 2]);
    assert.deepEqual(await sortKeys(rows.query({ pk: 'p', sk: { lte: 3 } })), [1, 2, 3]);
    assert.deepEqual(await sortKeys(rows.query({ pk: 'p', sk: { gt: 3 } })), [4, 5]);
    assert.deepEqual(await sortKeys(rows.query({ pk: 'p', sk: { gte: 3 } })), [3, 4, 5]);
    assert.deepEqual(await sortKeys(rows.query({ pk: 'p', sk: { between: [2, 4] } })), [2, 3, 4]);
    assert.deepEqual(await sortKeys(rows.query({ pk: 'p', sk: { between: [4, 2] } })), []);
    assert.deepEqual(
      await sortKeys(rows.query({ pk: 'p' }, { reverse: true, limit: 4 })),
      [5, 4, 3, 2],
    );
    assert.deepEqual(await sortKeys(rows.query({ pk: 'q' })), []);
  });

  it('counts a range of the table or of an index', async () => {
    const db = await openMemory();
    await db.createTable({
      TableName: 'Scores',
      KeySchema: [{ AttributeName: 'player', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'player', AttributeType: 'S' },
        { AttributeName: 'game', AttributeType: 'S' },
        { AttributeName: 'points', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byPoints',
          KeySchema: [
            { AttributeName: 'game', KeyType: 'HASH' },
            { AttributeName: 'points', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
    const scores = db.table('Scores');
    for (let i = 0; i < 9; i++) await scores.put({ player: `p${i}`, game: 'g', points: i });
    const above = { game: 'g', points: { gt: 5 } };
    assert.equal(await scores.count(above, { index: 'byPoints' }), 3);
    assert.equal(await scores.count({ game: 'g' }, { index: 'byPoints', consistent: true }), 9);
    assert.equal(await scores.count({ player: 'p1' }), 1);
    await assert.rejects(scores.count(above), { name: 'ValidationException' });
    await assert.rejects(scores.count(above, { index: 'none' }), { code: 'InvalidArgument' });
    const signal = AbortSignal.abort();
    await assert.rejects(scores.count({ player: 'p1' }, { signal }), { name: 'AbortError' });
  });

  it('queries by prefix', async () => {
    const db = await openMemory();
    const pairs = db.table<{ pk: string; sk: string }, 'pk' | 'sk'>('Pairs');
    for (const sk of ['2023-12', '2024-01', '2024-02']) await pairs.put({ pk: 'p', sk });
    const found = await pairs.query({ pk: 'p', sk: { beginsWith: '2024-' } }).toArray();
    assert.deepEqual(
      found.map(({ sk }) => sk),
      ['2024-01', '2024-02'],
    );
  });

  it('scans, alone or in segments, every item once', async () => {
    const { db, rows } = await filled(0);
    for (let partition = 0; partition < 30; partition++) {
      for (const sk of [1, 2]) await rows.put({ pk: `p${partition}`, sk });
    }
    for (const segments of [1, 2, 7]) {
      const seen = (await rows.scan({ segments }).toArray()).map(({ pk, sk }) => `${pk} ${sk}`);
      assert.equal(seen.length, 60);
      assert.equal(new Set(seen).size, 60);
    }
    assert.equal((await rows.scan({ segments: 7, limit: 5 }).toArray()).length, 5);
    assert.deepEqual(await db.table('Pairs').scan({ segments: 3 }).toArray(), []);
  });

  it('fetches a page only when it is asked for', async () => {
    const { rows, store } = await filled(9);
    const stream = rows.query({ pk: 'p' });
    assert.equal(store.pages, 0);
    await stream.next();
    assert.equal(store.pages, 1);
    await stream.next();
    await stream.next();
    assert.equal(store.pages, 1);
    await stream.next();
    assert.equal(store.pages, 2);
    await stream.return();
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
    assert.equal(store.pages, 2);
  });

  it('stops fetching when the loop is left', async () => {
    const { rows, store } = await filled(9);
    for await (const { sk } of rows.query({ pk: 'p' })) if (sk === 2) break;
    assert.equal(store.pages, 1);
  });

  it('answers calls of next() in their order, awaited or not', async () => {
    const { rows } = await filled(8);
    const stream = rows.query({ pk: 'p' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => stream.next()));
    assert.deepEqual(
      answers.map(({ done, value }) => (done === true ? 'done' : value?.sk)),
      [1, 2, 3, 4, 5, 6, 7, 8, 'done', 'done'],
    );
  });

  it('gives the same items by page', async () => {
    const { rows } = await filled(7);
    const stream = rows.query({ pk: 'p' });
    assert.equal((await stream.next()).value?.sk, 1);
    const pages: number[][] = [];
    for await (const page of stream.pages()) pages.push(page.map(({ sk }) => sk));
    assert.deepEqual(pages, [[2, 3], [4, 5, 6], [7]]);
  });

  it('rejects with the reason of an aborted signal, before and in the middle', async () => {
    const { rows } = await filled(9);
    const reason = new Error('enough');
    const aborted = AbortSignal.abort(reason);
    const isReason = (error: unknown): boolean => error === reason;
    await assert.rejects(rows.get({ pk: 'p', sk: 1 }, { signal: aborted }), isReason);
    await assert.rejects(rows.scan({ signal: aborted, segments: 3 }).next(), isReason);
    const controller = new AbortController();
    const stream = rows.query({ pk: 'p' }, { signal: controller.signal });
    await stream.next();
    controller.abort(reason);
    await assert.rejects(stream.next(), isReason);
  });

  it('may be made before its table, and follows it through a drop', async () => {
    const db = await openMemory();
    const late: Rows = db.table('Late');
    const missing = { name: 'ResourceNotFoundException', message: 'Requested resource not found' };
    await assert.rejects(late.put({ pk: 'p', sk: 1 }), missing);
    assert.throws(() => late.getSync({ pk: 'p', sk: 1 }), missing);
    await assert.rejects(late.query({ pk: 'p' }).next(), missing);
    await makeTable(db, 'Late', 'N');
    await late.put({ pk: 'p', sk: 1 });
    await db.deleteTable({ TableName: 'Late' });
    await assert.rejects(late.get({ pk: 'p', sk: 1 }), missing);
    await assert.rejects(late.delete({ pk: 'p', sk: 1 }), missing);
    await makeTable(db, 'Late', 'N');
    assert.equal(await late.get({ pk: 'p', sk: 1 }), undefined);
  });
});

const INVALID = 'One or more parameter values were invalid: ';

/** Wrong calls, made with types switched off, and what they reject with. */
const WRONG: readonly (readonly [
  what: string,
  call: (rows: Table<never>) => Promise<unknown>,
  name: string,
  message: string,
])[] = [
  [
    'a null item',
    (rows) => rows.put(null as never),
    'InvalidArgument',
    'The item must be a plain object, not null.',
  ],
  [
    'a list for an item',
    (rows) => rows.put([] as never),
    'InvalidArgument',
    'The item must be a plain object, not an array.',
  ],
  [
    'a string for a key',
    (rows) => rows.get('p' as never),
    'InvalidArgument',
    'The key must be a plain object, not a string.',
  ],
  [
    'a symbol for a key',
    (rows) => rows.delete(Symbol('k') as never),
    'InvalidArgument',
    'The key must be a plain object, not a symbol.',
  ],
  [
    'an item without its key',
    (rows) => rows.put({ pk: 'p' } as never),
    'ValidationException',
    `${INVALID}Missing the key sk in the item`,
  ],
  [
    'a key of the wrong type',
    (rows) => rows.get({ pk: 'p', sk: 's' } as never),
    'ValidationException',
    'The provided key element does not match the schema',
  ],
  [
    'a signal that is none',
    (rows) => rows.get({ pk: 'p', sk: 1 } as never, { signal: {} as never }),
    'InvalidArgument',
    'signal must be an AbortSignal, not an object.',
  ],
  [
    'no range',
    (rows) => rows.query(undefined as never).next(),
    'InvalidArgument',
    'The range of query must be an object with pk, not undefined.',
  ],
  [
    'a range without its partition key',
    (rows) => rows.query({ sk: 1 } as never).next(),
    'ValidationException',
    'Query condition missed key schema element: pk',
  ],
  [
    'a range of another attribute',
    (rows) => rows.query({ pk: 'p', a: 1 } as never).next(),
    'InvalidArgument',
    'The range of query must be conditions on pk and sk only, not a string.',
  ],
  [
    'a partition key of the wrong type',
    (rows) => rows.query({ pk: 1 } as never).next(),
    'ValidationException',
    `${INVALID}Condition parameter type does not match schema type`,
  ],
  [
    'an unknown operator',
    (rows) => rows.query({ pk: 'p', sk: { eq: 1 } } as never).next(),
    'InvalidArgument',
    'The condition on sk must be a value, or an object with one of lt, lte, gt, gte, between and beginsWith, not an object.',
  ],
  [
    'two operators',
    (rows) => rows.query({ pk: 'p', sk: { gt: 1, lt: 3 } } as never).next(),
    'InvalidArgument',
    'The condition on sk must be a value, or an object with one of lt, lte, gt, gte, between and beginsWith, not an object.',
  ],
  [
    'one bound',
    (rows) => rows.query({ pk: 'p', sk: { between: [1] } } as never).next(),
    'InvalidArgument',
    'The condition on sk: between must be an array of two values, not an array.',
  ],
  [
    'a prefix of a number',
    (rows) => rows.query({ pk: 'p', sk: { beginsWith: 1 } } as never).next(),
    'ValidationException',
    'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
  ],
  [
    'an empty partition key',
    (rows) => rows.query({ pk: '' } as never).next(),
    'ValidationException',
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
  ],
  [
    'limit 0',
    (rows) => rows.query({ pk: 'p' } as never, { limit: 0 }).next(),
    'InvalidArgument',
    'limit must be a whole number from 1, not a number.',
  ],
  [
    '1.5 segments',
    (rows) => rows.scan({ segments: 1.5 }).next(),
    'InvalidArgument',
    'segments must be a whole number from 1 to 1024, not a number.',
  ],
  [
    'options that are none',
    (rows) => rows.scan(null as never).next(),
    'InvalidArgument',
    'The options of scan must be a plain object, not null.',
  ],
];

describe('a table handle rejects', () => {
  for (const [what, call, name, message] of WRONG) {
    it(what, async () => {
      const db = await openMemory();
      const rows = db.table<never>('Numbers');
      await assert.rejects(call(rows), { name, message });
      assert.equal((await db.scan({ TableName: 'Numbers' })).Count, 0);
    });
  }

  it('a name that is no string', async () => {
    const db = await openMemory();
    assert.throws(() => db.table(5 as never), { code: 'InvalidArgument' });
  });
});
