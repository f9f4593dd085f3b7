// TagResource, UntagResource and ListTagsOfResource: operations-control.md 6.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  rejects,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';

const E = '1 validation error detected: ';
const F = ' failed to satisfy constraint: ';
const INVALID = 'One or more parameter values were invalid: ';
const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/Single';
const TOO_MANY = 'Number of Tags exceed the current limit for the provided ResourceArn';

const tag =
  (ResourceArn: string, ...Tags: object[]) =>
  (door: Door) =>
    door.tagResource({ ResourceArn, Tags });
const one = { Key: 'k', Value: 'v' };
const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({ Key: `k${from + n}`, Value: '' }));

const REFUSALS: readonly Refusal[] = [
  [
    'tags that are absent',
    (door) => door.tagResource({ ResourceArn: ARN }),
    `${E}Value null at 'tags'${F}Member must not be null`,
  ],
  ['no tags', tag(ARN), 'Atleast one Tag needs to be provided as Input.'],
  [
    'no keys',
    (door) => door.untagResource({ ResourceArn: ARN, TagKeys: [] }),
    'Atleast one Tag Key needs to be provided as Input.',
  ],
  ['51 tags', tag(ARN, ...numbered(51)), TOO_MANY],
  [
    '51 keys',
    (door) => door.untagResource({ ResourceArn: ARN, TagKeys: numbered(51).map(({ Key }) => Key) }),
    TOO_MANY,
  ],
  [
    'a long key',
    tag(ARN, { Key: 'x'.repeat(129), Value: '' }),
    `The Tag Key provided is invalid, Key: ${'x'.repeat(129)}`,
  ],
  [
    'a long value',
    tag(ARN, { Key: 'k', Value: 'x'.repeat(257) }),
    `The Tag Value provided is invalid, Value: ${'x'.repeat(257)}`,
  ],
  [
    'a missing table',
    tag(ARN.replace('Single', 'Nowhere'), one),
    `Requested resource not found: ResourceArn: ${ARN.replace('Single', 'Nowhere')} not found`,
    'ResourceNotFoundException',
  ],
  ['what is no ARN', tag('Single', one), `${INVALID}ARNs must start with 'arn:': Single`],
  [
    'the ARN of another service',
    tag('arn:aws:s3:us-east-1:000000000000:bucket', one),
    `${INVALID}Provided Arn is not a DynamoDB resource arn: arn:aws:s3:us-east-1:000000000000:bucket`,
  ],
  [
    'the ARN of an index',
    tag(`${ARN}/index/one`, one),
    `${INVALID}Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${ARN}/index/one`,
  ],
  [
    'the ARN of another region',
    tag(ARN.replace('us-east-1', 'eu-west-1'), one),
    `Invalid TableArn: Invalid ResourceArn provided as input ${ARN.replace('us-east-1', 'eu-west-1')}`,
  ],
];

const list = async (door: Door, NextToken?: string) =>
  door.listTagsOfResource({ ResourceArn: ARN, NextToken });

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'another account is refused',
    async (door) => {
      await assert.rejects(tag(ARN.replace('000000000000', '123456789012'), one)(door), {
        name: 'AccessDeniedException',
        message:
          /^User: arn.* is not authorized to perform: dynamodb:TagResource on resource: arn:aws:dynamodb:us-east-1:123456789012:table\/Single$/,
      });
    },
  ],
  [
    'tags are added, replaced and removed; a key that is not there is no fault',
    async (door) => {
      await tag(ARN, one, { Key: 'Ключ +-=._:/@', Value: '' })(door);
      await tag(ARN, { Key: 'k', Value: 'w' })(door);
      assert.deepEqual((await list(door)).Tags, [
        { Key: 'k', Value: 'w' },
        { Key: 'Ключ +-=._:/@', Value: '' },
      ]);
      await door.untagResource({ ResourceArn: ARN, TagKeys: ['k', 'other'] });
      assert.deepEqual((await list(door)).Tags, [{ Key: 'Ключ +-=._:/@', Value: '' }]);
    },
  ],
  [
    'tags come 10 a page; an invalid token gives the first one',
    async (door) => {
      await tag(ARN, ...numbered(21))(door);
      const first = await list(door);
      assert.equal(first.Tags.length, 10);
      const second = await list(door, first.NextToken);
      const third = await list(door, second.NextToken);
      assert.deepEqual([...first.Tags, ...second.Tags, ...third.Tags], numbered(21));
      assert.equal(third.NextToken, undefined);
      assert.deepEqual(await list(door, 'nonsense'), first);
    },
  ],
  [
    '50 tags a table, all or nothing',
    async (door) => {
      await tag(ARN, ...numbered(49))(door);
      await rejects(() => tag(ARN, ...numbered(2, 49))(door), 'ValidationException', TOO_MANY);
      await tag(ARN, ...numbered(2, 48))(door);
      await rejects(() => tag(ARN, one)(door), 'ValidationException', TOO_MANY);
    },
  ],
];

export function tags(factory: DoorFactory): void {
  refusals('tags', factory, REFUSALS);
  behaviours('tags', factory, BEHAVIOURS);
}
