// TagResource, UntagResource and ListTagsOfResource.

import type { StoredTable } from '../engine/store.js';
import { ResourceNotFoundException, ValidationException } from '../errors.js';
import { TAGS_MAX, TAGS_PAGE } from '../limits.js';
import type { OperationContext } from './context.js';
import { tableOfArn } from './resource-arn.js';
import { checkTags, TOO_MANY_TAGS, type Tag } from './tags.js';
import { readModelInput } from './service-model/model-input.js';

export interface TagResourceInput {
  /** The ARN of a table. */
  ResourceArn: string;
  /** At most 50 a table; one that is there is replaced. */
  Tags: Tag[];
}

export interface UntagResourceInput {
  ResourceArn: string;
  TagKeys: string[];
}

export interface ListTagsOfResourceInput {
  ResourceArn: string;
  NextToken?: string;
}

export interface ListTagsOfResourceOutput {
  Tags: Tag[];
  /** Present if there are more. */
  NextToken?: string;
}

export async function tagResource(context: OperationContext, rawInput: unknown): Promise<object> {
  const input = readModelInput<TagResourceInput>('TagResource', rawInput);
  const { ResourceArn: arn, Tags: given } = input;
  const name = tableOfArn(arn, 'TagResource');
  const tags = checkTags(given);
  await context.catalog.update(
    () => requireResource(context, name, arn),
    (table) => {
      const all = new Map(table.tags.map(({ Key, Value }) => [Key, Value]));
      for (const { Key, Value } of tags) all.set(Key, Value);
      if (all.size > TAGS_MAX) throw new ValidationException(TOO_MANY_TAGS);
      return { ...table, tags: [...all].map(([Key, Value]) => ({ Key, Value })) };
    },
  );
  return {};
}

export async function untagResource(context: OperationContext, rawInput: unknown): Promise<object> {
  const input = readModelInput<UntagResourceInput>('UntagResource', rawInput);
  const { ResourceArn: arn, TagKeys: keys } = input;
  const name = tableOfArn(arn, 'UntagResource');
  if (keys.length === 0) {
    throw new ValidationException('Atleast one Tag Key needs to be provided as Input.');
  }
  if (keys.length > TAGS_MAX) throw new ValidationException(TOO_MANY_TAGS);
  await context.catalog.update(
    () => requireResource(context, name, arn),
    (table) => ({ ...table, tags: table.tags.filter(({ Key }) => !keys.includes(Key)) }),
  );
  return {};
}

export async function listTagsOfResource(
  context: OperationContext,
  rawInput: unknown,
): Promise<ListTagsOfResourceOutput> {
  const { ResourceArn: arn, NextToken: token } = readModelInput<ListTagsOfResourceInput>(
    'ListTagsOfResource',
    rawInput,
  );
  const { tags } = requireResource(context, tableOfArn(arn, 'ListTagsOfResource'), arn);
  // A token that is none gives the first page.
  const begin = token !== undefined && /^\d{1,3}$/.test(token) ? Number(token) : 0;
  const page = tags.slice(begin, begin + TAGS_PAGE).map((tag) => ({ ...tag }));
  const end = begin + page.length;
  return end < tags.length ? { Tags: page, NextToken: String(end) } : { Tags: page };
}

function requireResource({ catalog }: OperationContext, name: string, arn: string): StoredTable {
  const table = catalog.find(name);
  if (table !== undefined) return table;
  throw new ResourceNotFoundException(
    `Requested resource not found: ResourceArn: ${arn} not found`,
  );
}
