// dynamoose on a database: it makes its own table, with an index and expiry, then models are saved, queried, updated,
// scanned in parallel and written in a transaction.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import dynamoose from 'dynamoose';
import { DOORS } from './doors.js';

for (const [door, withConfig] of DOORS) {
  describe(`dynamoose ${door}`, () => {
    it('runs a kennel', () =>
      withConfig(async (config) => {
        dynamoose.aws.ddb.set(new DynamoDB(config) as never);
        const schema = new dynamoose.Schema(
          {
            owner: { type: String, hashKey: true },
            name: { type: String, rangeKey: true },
            breed: { type: String, index: { name: 'byBreed', type: 'global' } },
            age: { type: Number, default: 0 },
            tricks: { type: Set, schema: [String] },
            vet: { type: Object, schema: { city: String, visits: Number } },
          },
          { timestamps: true },
        );
        const Dog = dynamoose.model(`Dog${door.replaceAll(' ', '')}`, schema);
        const table = new dynamoose.Table(`Kennel${door.replaceAll(' ', '')}`, [Dog], {
          initialize: false,
          waitForActive: { enabled: true, check: { timeout: 5000, frequency: 50 } },
          expires: { ttl: 86_400, attribute: 'expires' },
          throughput: 'ON_DEMAND',
        });
        await table.initialize();

        await Dog.create({
          owner: 'ann',
          name: 'rex',
          breed: 'pug',
          tricks: new Set(['sit']),
          vet: { city: 'Bonn', visits: 1 },
        });
        await assert.rejects(Dog.create({ owner: 'ann', name: 'rex' }), {
          name: 'ConditionalCheckFailedException',
        });
        await Dog.batchPut(
          Array.from({ length: 12 }, (_, n) => ({
            owner: 'bob',
            name: `d${n}`,
            breed: n % 3 === 0 ? 'pug' : 'mutt',
            age: n,
          })),
        );
        const pugs = await Dog.query('breed').eq('pug').exec();
        assert.equal(pugs.length, 5);
        const old = await Dog.query('owner')
          .eq('bob')
          .where('name')
          .beginsWith('d')
          .filter('age')
          .ge(9)
          .exec();
        assert.deepEqual(old.map(({ age }) => age).sort(), [10, 11, 9]);
        const updated = await Dog.update(
          { owner: 'ann', name: 'rex' },
          { $ADD: { age: 3 }, $SET: { breed: 'boxer' } },
        );
        assert.deepEqual([updated.age, updated.breed], [3, 'boxer']);
        const rex = await Dog.get({ owner: 'ann', name: 'rex' });
        assert.ok(rex.tricks instanceof Set && rex.tricks.has('sit'));
        assert.equal(rex.vet.city, 'Bonn');
        assert.ok(rex.createdAt instanceof Date || typeof rex.createdAt === 'number');

        const first = await Dog.query('owner').eq('bob').limit(5).exec();
        const second = await Dog.query('owner').eq('bob').startAt(first.lastKey).exec();
        assert.deepEqual([first.length, second.length], [5, 7]);
        const all = await Dog.scan().parallel(3).exec();
        assert.equal(all.length, 13);
        assert.equal((await Dog.scan('age').gt(5).count().exec()).count, 6);

        await dynamoose.transaction([
          Dog.transaction.update({ owner: 'ann', name: 'rex' }, { $ADD: { age: 1 } }),
          Dog.transaction.delete({ owner: 'bob', name: 'd0' }),
          Dog.transaction.create({ owner: 'cem', name: 'fido', breed: 'pug' }),
        ]);
        assert.equal((await Dog.get({ owner: 'ann', name: 'rex' })).age, 4);
        assert.equal(await Dog.get({ owner: 'bob', name: 'd0' }), undefined);
        await Dog.delete({ owner: 'cem', name: 'fido' });
        assert.equal((await Dog.scan().count().exec()).count, 12);
      }));
  });
}
