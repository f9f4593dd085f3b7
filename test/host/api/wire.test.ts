// The wire handler: what of a request is looked at in which order, and how answers are spelt.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { crc32, gunzipSync } from 'node:zlib';
import { JSON_10, refusal, wireBench, type Received, type WireBench } from './wire-request.js';

const NOT_JSON = '{"__type":"com.amazon.coral.service#SerializationException"}';
const UNKNOWN = '{"__type":"com.amazon.coral.service#UnknownOperationException"}';
const NOT_SERVED = '<UnknownOperationException/>\n';
const TARGET = 'DynamoDB_20120810.ListTables';

const table = (TableName: string) => ({
  TableName,
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
});

for (const way of ['in process', 'over a socket'] as const)
  describe(`the wire handler, ${way}`, () => {
    let wire: WireBench;
    before(async () => {
      wire = await wireBench(way);
      await wire.db.createTable(table('Things') as never);
    });
    after(() => wire.close());

    const post = (headers: Record<string, string>, body: string | Uint8Array): Promise<Received> =>
      wire.send({ headers, body });
    const typed = { 'content-type': JSON_10, 'x-amz-target': TARGET };

    it('knows the checksums of the fixed bodies', () => {
      const sums = [NOT_JSON, UNKNOWN, NOT_SERVED, 'healthy: dynamodb.us-east-1.amazonaws.com '];
      assert.deepEqual(
        sums.map((body) => [body.length, crc32(body)]),
        [
          [60, 3948637019],
          [63, 1368724161],
          [29, 3552371480],
          [42, 3128867991],
        ],
      );
    });

    it('is healthy at the root', async () => {
      const host = 'dynamodb.us-east-1.amazonaws.com';
      const answer = await wire.send({ method: 'GET', headers: { host } });
      assert.equal(answer.status, 200);
      assert.equal(answer.body, `healthy: ${host} `);
    });

    it('answers 404 to other paths, methods and content types, before it looks at the body', async () => {
      const wrong: Parameters<WireBench['send']>[0][] = [
        { method: 'GET', url: '/other' },
        { method: 'PUT', headers: typed, body: '{}' },
        { method: 'DELETE' },
        { method: 'HEAD' },
        { method: 'OPTIONS' },
        { url: '/x', headers: typed, body: '{}' },
        { headers: { 'x-amz-target': TARGET }, body: '{}' },
        { headers: { 'x-amz-target': TARGET } },
        { headers: { ...typed, 'content-type': 'text/plain' }, body: '{}' },
        { headers: { ...typed, 'content-type': 'application/x-amz-json-1.1' }, body: '{' },
      ];
      for (const request of wrong) {
        const answer = await wire.send(request);
        const body = request.method === 'HEAD' ? answer.body : NOT_SERVED;
        assert.deepEqual([answer.status, answer.body], [404, body], JSON.stringify(request));
        assert.equal(answer.headers['content-type'], undefined);
      }
    });

    it('takes both content types, parameters behind them, and answers in the one that was sent', async () => {
      const sent = [JSON_10, 'application/json', ' application/json ; charset=utf-8'];
      for (const type of sent) {
        const answer = await post({ ...typed, 'content-type': type }, '{}');
        assert.equal(answer.body, '{"TableNames":["Things"]}');
        assert.equal(answer.headers['content-type'], type.split(';')[0].trim());
      }
    });

    it('says SerializationException without a text to what is no JSON object, whatever the target', async () => {
      const bodies = ['', '[]', '"x"', 'null', '1', '{"a":', '{} x', "{'a':1}", '\ufeff{}'];
      const bytes = [Buffer.from([0x7b, 0xff, 0x7d]), Buffer.from('{"a":"\xe9"}', 'latin1')];
      for (const body of [...bodies, ...bytes]) {
        for (const target of [TARGET, 'nonsense']) {
          const answer = post({ ...typed, 'x-amz-target': target }, body);
          assert.deepEqual(await refusal(answer), [400, NOT_JSON], String(body));
        }
      }
    });

    it('says UnknownOperationException to targets that name nothing', async () => {
      const targets = [
        'DynamoDB_20120810.listTables',
        'DynamoDB_20120810.Nothing',
        'DynamoDB_20120810.toString',
        'DynamoDB_20111205.ListTables',
        'DynamoDBStreams_20120810.ListTables',
        'ListTables',
        '',
      ];
      for (const target of targets) {
        const answer = post({ ...typed, 'x-amz-target': target }, '{}');
        assert.deepEqual(await refusal(answer), [400, UNKNOWN], target);
      }
      assert.deepEqual(await refusal(post({ 'content-type': JSON_10 }, '{}')), [400, UNKNOWN]);
    });

    it('refuses brackets a thousand deep and more, in little time, and not those in strings', async () => {
      const lists = (depth: number) => `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      assert.equal((await post(typed, lists(900))).status, 200);
      for (const depth of [1_001, 8_000_000]) {
        assert.deepEqual(await refusal(post(typed, lists(depth))), [400, NOT_JSON]);
      }
      const text = JSON.stringify({ x: `\\"${'['.repeat(5_000)}` });
      assert.equal((await post(typed, text)).status, 200);
    });

    it('tells a value of too many levels from a body of too many', async () => {
      const value = (levels: number): string =>
        `${'{"L":['.repeat(levels)}{"S":"x"}${']}'.repeat(levels)}`;
      for (const levels of [32, 33, 100, 450]) {
        const body = `{"TableName":"Things","Item":{"pk":{"S":"a"},"a":${value(levels)}}}`;
        const answer = await wire.call('PutItem', body);
        assert.match(answer.body, /ValidationException.*: Nesting Levels have exceeded/);
      }
    });

    it('takes the last of two members of one name, and names such as __proto__ and constructor', async () => {
      const body =
        '{"TableName":"Nothing","TableName":"Things","Item":{"pk":{"S":"first"},"pk":{"S":"p","S":"odd"},' +
        '"__proto__":{"M":{"__proto__":{"S":"x"}}},"constructor":{"NULL":true}},"__proto__":{"Item":1}}';
      assert.equal((await wire.call('PutItem', body)).body, '{}');
      const { body: read } = await wire.call('GetItem', {
        TableName: 'Things',
        Key: { pk: { S: 'odd' } },
      });
      assert.deepEqual(
        JSON.parse(read),
        JSON.parse(
          '{"Item":{"pk":{"S":"odd"},"__proto__":{"M":{"__proto__":{"S":"x"}}},"constructor":{"NULL":true}}}',
        ),
      );
    });

    it('keeps 38 digits of a number and refuses 39', async () => {
      const put = (N: string) =>
        wire.call('PutItem', { TableName: 'Things', Item: { pk: { S: 'n' }, n: { N } } });
      const digits = '12345678901234567890123456789012345678';
      assert.equal((await put(digits)).status, 200);
      const { body } = await wire.call('GetItem', { TableName: 'Things', Key: { pk: { S: 'n' } } });
      assert.deepEqual(JSON.parse(body).Item.n, { N: digits });
      assert.match((await put(`${digits}9`)).body, /more than 38 significant digits/);
    });

    it('spells binary values in base64', async () => {
      const Item = { pk: { S: 'b' }, b: { B: 'AQID/w==' }, bs: { BS: ['AQ==', '/w=='] } };
      assert.equal((await wire.call('PutItem', { TableName: 'Things', Item })).status, 200);
      const { body } = await wire.call('GetItem', { TableName: 'Things', Key: { pk: { S: 'b' } } });
      assert.deepEqual(JSON.parse(body), { Item });
    });

    it('refuses lone surrogates as a fault of the request', async () => {
      const places = [
        '{"TableName":"Things","Item":{"pk":{"S":"\\ud800"}}}',
        '{"TableName":"Things","Item":{"pk":{"S":"a"},"\\udc00":{"S":"a"}}}',
        '{"TableName":"\\ud800","Item":{"pk":{"S":"a"}}}',
      ];
      for (const body of places) {
        const { status, body: text } = await wire.call('PutItem', body);
        assert.equal(status, 400, body);
        assert.match(text, /ValidationException/);
      }
    });

    it('puts the text of an error where its exception has it, and quotes with care', async () => {
      const cases: [string, unknown, string][] = [
        [
          'PutItem',
          { TableName: 1 },
          '{"__type":"com.amazon.coral.service#SerializationException","Message":"NUMBER_VALUE cannot be converted to String"}',
        ],
        [
          'DescribeTable',
          { TableName: 'Nothing' },
          '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found: Table: Nothing not found"}',
        ],
        [
          'DescribeTable',
          { TableName: '"\\' },
          JSON.stringify({
            __type: 'com.amazon.coral.validate#ValidationException',
            message:
              "1 validation error detected: Value '\"\\' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
          }),
        ],
        ['ListTables', '{"Limit":1e999}', NOT_JSON],
      ];
      for (const [operation, input, body] of cases) {
        assert.deepEqual(await refusal(wire.call(operation, input)), [400, body]);
      }
    });

    it('gives the item that a condition met, and the reasons of a transaction', async () => {
      const Item = { pk: { S: 'c' }, n: { N: '1' } };
      await wire.call('PutItem', { TableName: 'Things', Item });
      const failing = {
        TableName: 'Things',
        Item,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      };
      const type = 'com.amazonaws.dynamodb.v20120810#';
      assert.deepEqual(JSON.parse((await wire.call('PutItem', failing)).body), {
        __type: `${type}ConditionalCheckFailedException`,
        Item,
        message: 'The conditional request failed',
      });
    });

    it('gives times as seconds, and nothing at all for tags', async () => {
      const answer = await wire.call('CreateTable', table('Timed'));
      const { TableDescription } = JSON.parse(answer.body);
      const { CreationDateTime, TableArn } = TableDescription;
      assert.ok(Math.abs(CreationDateTime - Date.now() / 1000) < 60);
      const tagged = await wire.call('TagResource', {
        ResourceArn: TableArn,
        Tags: [{ Key: 'a', Value: 'b' }],
      });
      assert.deepEqual([tagged.status, tagged.body], [200, '']);
      assert.equal(tagged.headers['x-amz-crc32'], '0');
      const untagged = await wire.call('UntagResource', { ResourceArn: TableArn, TagKeys: ['a'] });
      assert.deepEqual([untagged.status, untagged.body], [200, '']);
    });

    it('grants cross-origin requests', async () => {
      const headers = {
        origin: 'http://a.example',
        'access-control-request-headers': 'x-amz-target',
        'access-control-request-method': 'POST',
      };
      const asked = await wire.send({ method: 'OPTIONS', headers });
      assert.deepEqual([asked.status, asked.body], [200, '']);
      assert.equal(asked.headers['access-control-allow-origin'], '*');
      assert.equal(asked.headers['access-control-max-age'], '172800');
      assert.equal(asked.headers['access-control-allow-headers'], 'x-amz-target');
      assert.equal(asked.headers['access-control-allow-methods'], 'POST');
      const answer = await post({ ...typed, origin: 'null' }, '{}');
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.match(
        answer.headers['access-control-expose-headers'] ?? '',
        /^x-amzn-RequestId,.*x-amz-crc32/,
      );
      const plain = await post(typed, '{}');
      assert.equal(plain.headers['access-control-allow-origin'], undefined);
    });

    it('compresses large answers for those who take gzip', async () => {
      const Item = { pk: { S: 'large' }, text: { S: 'x'.repeat(20_000) } };
      await wire.call('PutItem', { TableName: 'Things', Item });
      const read = (accepted: string) =>
        post(
          { ...typed, 'x-amz-target': 'DynamoDB_20120810.GetItem', 'accept-encoding': accepted },
          JSON.stringify({ TableName: 'Things', Key: { pk: { S: 'large' } } }),
        );
      for (const accepted of ['gzip', 'deflate, gzip;q=0.5', 'gzip, br']) {
        const answer = await read(accepted);
        assert.equal(answer.headers['content-encoding'], 'gzip');
        assert.deepEqual(JSON.parse(gunzipSync(answer.bytes).toString()), { Item });
      }
      for (const refused of ['identity', 'gzip;q=0', 'xgzip']) {
        assert.equal((await read(refused)).headers['content-encoding'], undefined);
      }
    });

    it('tells its observer of each operation, and of what failed', async () => {
      wire.calls.length = 0;
      await wire.call('ListTables', {});
      await wire.call('DescribeTable', { TableName: 'Nothing' });
      await wire.call('Nothing', {});
      assert.deepEqual(
        wire.calls.map(({ operation, told }) => [operation, told?.name]),
        [
          ['ListTables', undefined],
          ['DescribeTable', 'ResourceNotFoundException'],
        ],
      );
    });

    it('answers a closed database with 503', async () => {
      const other = await wireBench(way);
      await other.db.close();
      assert.equal((await other.call('ListTables', {})).status, 503);
      await other.close();
    });
  });
