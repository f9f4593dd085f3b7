// TagResource, UntagResource and ListTagsOfResource.

import type { StoredTable, TableDefinition } from '../engine/store.js';
import {
  LimitExceededException,
  ResourceNotFoundException,
  ValidationException,
} from '../errors.js';
import { TAGS_MAX, TAGS_PAGE, TAG_WRITE_INTERVAL_MS } from '../limits.js';
import { settingsOf, withSettings } from '../table/settings.js';
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
      // What leaves nothing of the earlier write undecided passes at once.
      if (all.size > tags.length || !hasAll(tags, table.tags)) checkTagInterval(context, table);
      return withTags(
        context,
        table,
        [...all].map(([Key, Value]) => ({ Key, Value })),
      );
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
    (table) => {
      checkTagInterval(context, table);
      return withTags(
        context,
        table,
        table.tags.filter(({ Key }) => !keys.includes(Key)),
      );
    },
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

function hasAll(tags: readonly Tag[], wanted: readonly Tag[]): boolean {
  return wanted.every(({ Key, Value }) =>
    tags.some((tag) => tag.Key === Key && tag.Value === Value),
  );
}

/** Tags take effect at once, but where delays are shown a second write must wait, as on AWS. */
function checkTagInterval({ clock }: OperationContext, table: StoredTable): void {
  const lastMs = settingsOf(table).tagsChangedMs;
  if (lastMs === undefined || clock.nowMs() - lastMs >= TAG_WRITE_INTERVAL_MS) return;
  throw new LimitExceededException(
    `Subscriber limit exceeded: Table tags are being updated: ${table.name}`,
  );
}

function withTags(
  { clock, tableDelayMs }: OperationContext,
  table: StoredTable,
  tags: readonly Tag[],
): TableDefinition {
  const changed = { ...table, tags };
  return tableDelayMs > 0 ? withSettings(changed, { tagsChangedMs: clock.nowMs() }) : changed;
}

function requireResource({ catalog }: OperationContext, name: string, arn: string): StoredTable {
  const table = catalog.find(name);
  if (table !== undefined) return table;
  throw new ResourceNotFoundException(
    `Requested resource not found: ResourceArn: ${arn} not found`,
  );
}
