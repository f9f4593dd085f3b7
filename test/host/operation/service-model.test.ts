// Every operation against AWS's service model: each member it has, with JSON of each kind. What the
// model refuses as a type the operation refuses in the same words, whoever reads the member; and no
// input whatever is met by anything but DynamoDB's own errors.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isOperationName, OPERATIONS } from '../../../host/api/operations.js';
import { DynamoDBServiceException } from '../../../host/errors.js';
import { openDatabase, type Database } from '../../../host/index.js';
import { readModelTypes } from '../../../host/operation/service-model/model-input.js';
import {
  inputShapeOf,
  MODELLED_OPERATIONS,
  shapeOf,
} from '../../../host/operation/service-model/shapes.js';
import { MemoryStore } from '../../model/memory-store.js';

const VALUES: readonly unknown[] = [
  ...[5, 1.5, true, 'x', [], {}, [5], [[]], ['x'], [{}]],
  ...[{ a: 5 }, { a: [] }, { a: { a: 5 } }],
];

/** What some readers must have before they look at the types of other members. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  BulkOperationArn: 'x',
  IndexName: 'abc',
  InputS3Configuration: {},
  Item: {},
  Key: {},
  OutputS3Configuration: {},
  SearchVector: [],
  TableName: 'Some',
  TopK: 1,
};

/** Streams have no entry in the model. */
const STREAM_OPERATIONS = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

function membersOf(operation: string): string[] {
  return Object.keys(shapeOf(inputShapeOf(operation)).members ?? {});
}

function inputWith(operation: string, member: string, value: unknown): object {
  const required = shapeOf(inputShapeOf(operation)).required ?? [];
  const others = required.filter((name) => name !== member && name in STAND_INS);
  return {
    ...Object.fromEntries(others.map((name) => [name, STAND_INS[name]])),
    [member]: value,
  };
}

/** The error, or undefined if there is none. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the service model', () => {
  let db: Database;
  before(async () => {
    db = await openDatabase(async () => new MemoryStore());
  });
  after(() => db.close());

  it('knows every operation there is, and there is every one it knows', () => {
    const known = [...MODELLED_OPERATIONS, ...STREAM_OPERATIONS].sort();
    assert.deepEqual(Object.keys(OPERATIONS).sort(), known);
    assert.equal(known.length, 66);
  });

  for (const operation of MODELLED_OPERATIONS) {
    it(`holds for ${operation}`, async () => {
      assert.ok(isOperationName(operation));
      for (const member of membersOf(operation)) {
        for (const value of VALUES) {
          const input = inputWith(operation, member, value);
          const shown: string = `${operation} ${JSON.stringify(input)}`;
          const got: unknown = await errorOf(() =>
            db.execute(operation, input, { binary: 'base64' }),
          );
          const wanted: unknown = await errorOf(() => readModelTypes(operation, input));
          if (wanted instanceof Error) {
            assert.ok(got instanceof Error, shown);
            assert.equal(`${got.name} ${got.message}`, `${wanted.name} ${wanted.message}`, shown);
          }
          assert.ok(got === undefined || got instanceof DynamoDBServiceException, shown);
        }
      }
    });
  }
});
