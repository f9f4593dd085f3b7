// Random expressions on a database, answers compared with what plain-expressions.ts makes of them.

import assert from 'node:assert/strict';
import type { Database } from '../../host/database.js';
import { below, seededRandom } from '../io/support/random.js';
import { ExpressionWriter } from './expression-text.js';
import {
  BAD_PATH,
  BAD_TYPE,
  holds,
  identity,
  NO_ATTRIBUTE,
  projected,
  UpdateFault,
  updated,
  valueAt,
  type Clause,
  type Condition,
  type PlainItem,
  type Value,
} from './plain-expressions.js';
import { RandomExpressions } from './random-expressions.js';

/** What the answers are compared with; a test of the fuzz puts a wrong one in its place. */
export const ORACLE = { holds, projected, updated };
export type Oracle = typeof ORACLE;

const TableName = 'Fuzz';
const ITEMS = 12;
const FILTERS = 12;
const PROJECTIONS = 8;
const UPDATES = 12;
const LEVELS_MAX = 32;
const FAULTS: ReadonlySet<string> = new Set([BAD_PATH, BAD_TYPE, NO_ATTRIBUTE]);

export interface FuzzCounts {
  filters: number;
  projections: number;
  updates: number;
  refusedUpdates: number;
}

export class ExpressionFuzz {
  readonly counts: FuzzCounts = { filters: 0, projections: 0, updates: 0, refusedUpdates: 0 };
  readonly #database: Database;
  readonly #oracle: Oracle;
  readonly #random: () => number;
  readonly #make: RandomExpressions;

  constructor(database: Database, seed: number, oracle: Oracle = ORACLE) {
    this.#database = database;
    this.#oracle = oracle;
    this.#random = seededRandom(seed);
    this.#make = new RandomExpressions(this.#random);
  }

  static async createTable(database: Database): Promise<void> {
    await database.createTable({
      TableName,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
  }

  /** A dozen new items, and expressions over them. Throws at the first answer that differs. */
  async round(): Promise<void> {
    const items: PlainItem[] = Array.from({ length: ITEMS }, (_, sk) => {
      return { ...this.#make.item(), pk: 'p', sk };
    });
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    await this.#database.batchWrite({ RequestItems: { [TableName]: requests } });
    this.#make.look(items);
    for (let count = 0; count < FILTERS; count++) await this.#filter(items);
    for (let count = 0; count < PROJECTIONS; count++) await this.#project(items);
    for (let count = 0; count < UPDATES; count++) await this.#update(items);
    await this.#compare(items, {}, 'after the updates');
  }

  async #filter(items: readonly PlainItem[]): Promise<void> {
    const condition = this.#make.condition();
    const writer = new ExpressionWriter(this.#random);
    const FilterExpression = writer.condition(condition);
    const expected = items.filter((item) => this.#oracle.holds(condition, item));
    await this.#compare(expected, { FilterExpression, ...writer.placeholders }, FilterExpression);
    this.counts.filters++;
  }

  async #project(items: readonly PlainItem[]): Promise<void> {
    const paths = this.#make.paths(5);
    const writer = new ExpressionWriter(this.#random);
    const ProjectionExpression = writer.projection(paths);
    const expected = items.map((item) => this.#oracle.projected(paths, item));
    await this.#compare(
      expected,
      { ProjectionExpression, ...writer.placeholders },
      ProjectionExpression,
    );
    this.counts.projections++;
  }

  async #compare(expected: readonly PlainItem[], request: object, what: string): Promise<void> {
    const { ExpressionAttributeValues: values } = request as { ExpressionAttributeValues?: object };
    const { Items = [] } = await this.#database.query({
      TableName,
      KeyConditionExpression: 'pk = :key',
      ...request,
      ExpressionAttributeValues: { ...values, ':key': 'p' },
    });
    assert.deepEqual(Items.map(textOf), expected.map(textOf), `${what} ${shown(request)}`);
  }

  /** One update, of an item that is there or of one that is not, with a condition or without. */
  async #update(items: PlainItem[]): Promise<void> {
    const at = below(this.#random, ITEMS + 1);
    const Key = { pk: 'p', sk: at };
    const before = items.at(at) as PlainItem | undefined;
    this.#make.look(before === undefined ? [] : [before]);
    const clauses = this.#make.clauses();
    const condition = this.#random() < 0.3 ? this.#make.condition(1) : undefined;
    const expected = this.#expectedOf(before, Key, clauses, condition);
    const writer = new ExpressionWriter(this.#random);
    const UpdateExpression = writer.update(clauses);
    const request = {
      UpdateExpression,
      ConditionExpression: condition && writer.condition(condition),
      ...writer.placeholders,
    };
    const what = `${shown(request)} on ${shown(before)}`;
    const ReturnValues = this.#random() < 0.5 ? 'ALL_NEW' : 'UPDATED_OLD';
    this.counts.updates++;
    try {
      const { Attributes } = await this.#database.update({
        TableName,
        Key,
        ...request,
        ReturnValues,
      });
      assert.ok(typeof expected !== 'string', `${what}: ${String(expected)}`);
      const paths = clauses.map(({ path }) => path);
      const returned =
        ReturnValues === 'ALL_NEW' ? expected : before && this.#oracle.projected(paths, before);
      assert.equal(textOf(Attributes ?? {}), textOf(returned ?? {}), `${ReturnValues} of ${what}`);
      if (at < ITEMS) items[at] = expected as PlainItem;
      else await this.#database.delete({ TableName, Key });
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      const { message } = error as Error;
      const fault = FAULTS.has(message) ? 'fault' : message.slice(0, 14);
      assert.equal(fault, expected, `${what}: ${message}`);
      this.counts.refusedUpdates++;
    }
  }

  /** The item, undefined for none, or in a word why there is none. */
  #expectedOf(
    before: PlainItem | undefined,
    key: PlainItem,
    clauses: readonly Clause[],
    condition: Condition | undefined,
  ): PlainItem | string | undefined {
    if (condition !== undefined && !this.#oracle.holds(condition, before ?? {})) {
      return 'The conditiona';
    }
    // Where there is no item there is nothing to take away.
    const effective = clauses.filter(
      ({ action }) => before !== undefined || action === 'SET' || action === 'ADD',
    );
    if (effective.length === 0) return undefined;
    try {
      // Operands see the item as it was: without a key, if there was none.
      const after = this.#oracle.updated(effective, before ?? key);
      return levelsOf(after) - 1 > LEVELS_MAX ? 'Nesting Levels' : after;
    } catch (error) {
      if (error instanceof UpdateFault) return 'fault';
      throw error;
    }
  }
}

function levelsOf(value: Value): number {
  if (Array.isArray(value)) return 1 + Math.max(0, ...(value as Value[]).map(levelsOf));
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array || value instanceof Set) return 1;
  return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
}

/** For messages: sets and bytes as lists. */
function shown(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (member instanceof Set) return { set: [...(member as Set<unknown>)] };
    return member instanceof Uint8Array ? { bytes: [...member] } : member;
  });
}

function textOf(item: object): string {
  const known = Object.entries(item).filter(([, value]) => value !== undefined);
  return identity(Object.fromEntries(known) as PlainItem);
}

/** Oracles that are wrong in one thing, which the comparison has to find. */
export const PLANTED: readonly (readonly [string, Partial<Oracle>])[] = [
  [
    'a BETWEEN that leaves out its upper bound',
    {
      holds: function wrong(condition, item): boolean {
        if (condition.is === 'and')
          return wrong(condition.left, item) && wrong(condition.right, item);
        if (condition.is !== 'between') return holds(condition, item);
        const below = {
          is: 'compare',
          by: '<',
          left: condition.operand,
          right: condition.high,
        } as const;
        return holds(condition, item) && holds(below, item);
      },
    },
  ],
  [
    'a <> that is false for what is not there',
    {
      holds: (condition, item) => {
        if (condition.is !== 'compare' || condition.by !== '<>') return holds(condition, item);
        const { left } = condition;
        const isThere = left.is !== 'path' || valueAt(item, left.path) !== undefined;
        return isThere && holds(condition, item);
      },
    },
  ],
  [
    'a projection that shows the first path alone',
    { projected: (paths, item) => projected(paths.slice(0, 1), item) },
  ],
  [
    'clauses that see what those before them made',
    {
      updated: (clauses, before) =>
        clauses.reduce((item, clause) => updated([clause], item), before),
    },
  ],
];
