// PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy: documents that are kept and given
// back. Nothing is allowed or denied by them.

import type { StoredTable } from '../engine/store.js';
import { PolicyNotFoundException, ThrottlingException, ValidationException } from '../errors.js';
import { POLICY_BYTES_MAX, POLICY_CHANGE_INTERVAL_MS } from '../limits.js';
import { settingsOf, withSettings, type ResourcePolicy } from '../table/settings.js';
import { tableNotFound } from '../table/catalog.js';
import type { OperationContext } from './context.js';
import { INVALID } from './index-rules.js';
import { tableOfArn } from './resource-arn.js';
import { readModelInput } from './service-model/model-input.js';

/** As ExpectedRevisionId: there must be no policy yet. */
const NO_POLICY = 'NO_POLICY';

export interface PutResourcePolicyInput {
  /** The ARN of a table or of a stream. */
  ResourceArn: string;
  /** JSON of at most 20,480 bytes. */
  Policy: string;
  ExpectedRevisionId?: string;
}

export interface GetResourcePolicyInput {
  ResourceArn: string;
}

export interface DeleteResourcePolicyInput {
  ResourceArn: string;
  ExpectedRevisionId?: string;
}

export interface GetResourcePolicyOutput {
  /** Without white space. */
  Policy: string;
  RevisionId: string;
}

export async function putResourcePolicy(
  context: OperationContext,
  rawInput: unknown,
): Promise<{ RevisionId: string }> {
  const input = readModelInput<PutResourcePolicyInput>('PutResourcePolicy', rawInput);
  const { ResourceArn: arn, Policy: given, ExpectedRevisionId: expected } = input;
  const name = tableOfArn(arn, 'PutResourcePolicy');
  const text = checkedPolicy(given);
  let revision = '';
  await context.catalog.update(
    () => requireTable(context, name),
    (table) => {
      const policy = policyOf(table, arn);
      checkRevision(policy, expected, arn);
      revision = policy?.revision ?? '';
      if (policy?.text === text) return undefined;
      const nowMs = context.clock.nowMs();
      checkInterval(table, policy, nowMs);
      revision = String(Math.max(Math.floor(nowMs), Number(revision) + 1));
      const changed = { arn, text, revision, changedMs: nowMs };
      return withSettings(table, { policies: [...others(table, arn), changed] });
    },
  );
  return { RevisionId: revision };
}

export async function getResourcePolicy(
  context: OperationContext,
  rawInput: unknown,
): Promise<GetResourcePolicyOutput> {
  const { ResourceArn: arn } = readModelInput<GetResourcePolicyInput>(
    'GetResourcePolicy',
    rawInput,
  );
  const policy = policyOf(requireTable(context, tableOfArn(arn, 'GetResourcePolicy')), arn);
  if (policy?.text === undefined) throw policyNotFound(arn);
  return { Policy: policy.text, RevisionId: policy.revision };
}

export async function deleteResourcePolicy(
  context: OperationContext,
  rawInput: unknown,
): Promise<{ RevisionId?: string }> {
  const { ResourceArn: arn, ExpectedRevisionId: expected } =
    readModelInput<DeleteResourcePolicyInput>('DeleteResourcePolicy', rawInput);
  const name = tableOfArn(arn, 'DeleteResourcePolicy');
  let revision: string | undefined;
  await context.catalog.update(
    () => requireTable(context, name),
    (table) => {
      const policy = policyOf(table, arn);
      checkRevision(policy, expected, arn);
      revision = policy?.text === undefined ? undefined : policy.revision;
      if (policy === undefined || revision === undefined) return undefined;
      const nowMs = context.clock.nowMs();
      checkInterval(table, policy, nowMs);
      const { text: _gone, ...left } = policy;
      const policies = [...others(table, arn), { ...left, changedMs: nowMs }];
      return withSettings(table, { policies });
    },
  );
  return revision === undefined ? {} : { RevisionId: revision };
}

/** A policy's document, without white space. */
export function checkedPolicy(text: string): string {
  if (Buffer.byteLength(text, 'utf8') > POLICY_BYTES_MAX) {
    throw new ValidationException(
      `${INVALID}Maximum policy size of ${POLICY_BYTES_MAX} bytes exceeded`,
    );
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new ValidationException(`${INVALID}Invalid policy document: Syntax errors in policy.`);
  }
  if (typeof document !== 'object' || document === null || !('Statement' in document)) {
    throw new ValidationException(
      `${INVALID}Invalid policy document: Missing required field Statement`,
    );
  }
  return JSON.stringify(document);
}

function checkRevision(
  policy: ResourcePolicy | undefined,
  expected: string | undefined,
  arn: string,
): void {
  if (expected === undefined) return;
  const current = policy?.text === undefined ? NO_POLICY : policy.revision;
  if (expected !== current) throw policyNotFound(arn);
}

function checkInterval(
  table: StoredTable,
  policy: ResourcePolicy | undefined,
  nowMs: number,
): void {
  if (policy === undefined || nowMs - policy.changedMs >= POLICY_CHANGE_INTERVAL_MS) return;
  const again = new Date(policy.changedMs + POLICY_CHANGE_INTERVAL_MS).toISOString();
  throw new ThrottlingException(
    `Resource-based policy for table ${table.name} modified within the previous ${POLICY_CHANGE_INTERVAL_MS} ` +
      `milliseconds. Please try again after ${again}.`,
  );
}

function policyOf(table: StoredTable, arn: string): ResourcePolicy | undefined {
  return settingsOf(table).policies?.find((policy) => policy.arn === arn);
}

function others(table: StoredTable, arn: string): readonly ResourcePolicy[] {
  return (settingsOf(table).policies ?? []).filter((policy) => policy.arn !== arn);
}

function requireTable({ catalog }: OperationContext, name: string): StoredTable {
  const table = catalog.findActive(name);
  if (table === undefined) throw tableNotFound(name);
  return table;
}

function policyNotFound(arn: string): PolicyNotFoundException {
  return new PolicyNotFoundException(
    `Resource-based policy not found for the provided ResourceArn: ${arn}`,
  );
}
