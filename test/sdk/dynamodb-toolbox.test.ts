// dynamodb-toolbox on a database: schemas, put with conditions, typed updates, queries on an index, batches, transactions.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  $add,
  $append,
  BatchGetRequest,
  BatchPutRequest,
  BatchWriteCommand,
  ConditionCheck,
  DeleteTransaction,
  Entity,
  executeBatchGet,
  executeBatchWrite,
  executeTransactWrite,
  BatchGetCommand,
  GetItemCommand,
  item,
  list,
  map,
  number,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  set,
  string,
  Table,
  UpdateItemCommand,
  UpdateTransaction,
} from 'dynamodb-toolbox';
import { DOORS } from './doors.js';

function library(documentClient: DynamoDBDocumentClient) {
  const table = new Table({
    name: 'toolbox',
    documentClient,
    partitionKey: { name: 'shelf', type: 'string' },
    sortKey: { name: 'isbn', type: 'string' },
    indexes: {
      byAuthor: {
        type: 'global',
        partitionKey: { name: 'author', type: 'string' },
        sortKey: { name: 'year', type: 'number' },
      },
    },
  });
  const books = new Entity({
    name: 'Book',
    table,
    timestamps: false,
    schema: item({
      shelf: string().key(),
      isbn: string().key(),
      author: string(),
      year: number(),
      copies: number().default(1),
      genres: set(string()).optional(),
      reviews: list(map({ stars: number(), text: string().optional() })).default([]),
    }),
  });
  return { table, books };
}

for (const [door, withConfig] of DOORS) {
  describe(`dynamodb-toolbox ${door}`, () => {
    it('runs a library', () =>
      withConfig(async (config) => {
        const raw = new DynamoDBClient(config);
        await raw.send(
          new CreateTableCommand({
            TableName: 'toolbox',
            KeySchema: [
              { AttributeName: 'shelf', KeyType: 'HASH' },
              { AttributeName: 'isbn', KeyType: 'RANGE' },
            ],
            AttributeDefinitions: [
              { AttributeName: 'shelf', AttributeType: 'S' },
              { AttributeName: 'isbn', AttributeType: 'S' },
              { AttributeName: 'author', AttributeType: 'S' },
              { AttributeName: 'year', AttributeType: 'N' },
            ],
            GlobalSecondaryIndexes: [
              {
                IndexName: 'byAuthor',
                KeySchema: [
                  { AttributeName: 'author', KeyType: 'HASH' },
                  { AttributeName: 'year', KeyType: 'RANGE' },
                ],
                Projection: { ProjectionType: 'ALL' },
              },
            ],
            BillingMode: 'PAY_PER_REQUEST',
          }),
        );
        const { table, books } = library(DynamoDBDocumentClient.from(raw));
        const book = (n: number) => ({
          shelf: `s${n % 2}`,
          isbn: `i${n}`,
          author: n < 5 ? 'lem' : 'eco',
          year: 1960 + n,
          genres: new Set(['novel']),
        });
        await executeBatchWrite(
          table
            .build(BatchWriteCommand)
            .requests(
              ...Array.from({ length: 8 }, (_, n) => books.build(BatchPutRequest).item(book(n))),
            ),
        );
        await assert.rejects(
          books
            .build(PutItemCommand)
            .item(book(0))
            .options({ condition: { attr: 'isbn', exists: false } })
            .send(),
          { name: 'ConditionalCheckFailedException' },
        );
        const { Items: lem = [] } = await table
          .build(QueryCommand)
          .entities(books)
          .query({ index: 'byAuthor', partition: 'lem', range: { gte: 1962 } })
          .options({ reverse: true, filters: { Book: { attr: 'shelf', eq: 's0' } } })
          .send();
        assert.deepEqual(
          lem.map(({ year }) => year),
          [1964, 1962],
        );
        const { Attributes } = await books
          .build(UpdateItemCommand)
          .item({
            shelf: 's1',
            isbn: 'i1',
            copies: $add(2),
            genres: $add(new Set(['sf'])),
            reviews: $append([{ stars: 5 }]),
          })
          .options({ returnValues: 'ALL_NEW' })
          .send();
        assert.equal(Attributes?.copies, 3);
        assert.deepEqual([...(Attributes?.genres ?? [])].sort(), ['novel', 'sf']);
        assert.deepEqual(Attributes?.reviews, [{ stars: 5 }]);
        await executeTransactWrite(
          books.build(UpdateTransaction).item({ shelf: 's0', isbn: 'i0', copies: $add(1) }),
          books.build(DeleteTransaction).key({ shelf: 's0', isbn: 'i2' }),
          books
            .build(ConditionCheck)
            .key({ shelf: 's1', isbn: 'i1' })
            .condition({ attr: 'copies', eq: 3 }),
        );
        const got = await books
          .build(GetItemCommand)
          .key({ shelf: 's0', isbn: 'i0' })
          .options({ consistent: true })
          .send();
        assert.equal(got.Item?.copies, 2);
        const { Responses } = await executeBatchGet(
          table
            .build(BatchGetCommand)
            .requests(
              books.build(BatchGetRequest).key({ shelf: 's0', isbn: 'i2' }),
              books.build(BatchGetRequest).key({ shelf: 's0', isbn: 'i4' }),
            ),
        );
        assert.deepEqual(
          Responses?.[0].map((found) => found?.isbn),
          [undefined, 'i4'],
        );
        const { Count } = await table
          .build(ScanCommand)
          .entities(books)
          .options({ select: 'COUNT' })
          .send();
        assert.equal(Count, 7);
      }));
  });
}
