// `ferritedb/testing`: a fresh database for a test file, with its tables and items, gone at the end.

import type { HttpDoor } from './api/http-door.js';
import type { SdkConfig } from './api/sdk/config.js';
import type { Database } from './database.js';
import { open } from './open.js';
import type { OpenOptions } from './options.js';
import { readText } from '../io/disk/text-files.js';
import { setEnvironment } from './testing/environment.js';
import { tablesOfTemplate, type TableTemplate } from './testing/template.js';

export { TemplateError } from './errors.js';

/** Items by table, as plain JavaScript values. */
export type Seeds = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

export interface TestDatabaseOptions {
  /** Inputs of CreateTable. */
  tables?: readonly object[];
  /** A CloudFormation or SAM template, YAML or JSON: the path of a file, or the text itself if it has more than one line. */
  template?: string;
  /** Values for the template's parameters. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Items of each table, or the path of a JSON file of them. */
  seeds?: Seeds | string;
  /**
   * Also serve HTTP, on a free port, and set AWS_ENDPOINT_URL_DYNAMODB, AWS_REGION and credentials in `process.env` until
   * the database is closed: clients that the code under test makes for itself then find it. Default false.
   */
  http?: boolean;
  /** Of `open`, such as `clock: 'manual'`, `gsiDelayMs`, `tableDelayMs`. */
  open?: OpenOptions;
}

/** A temporary database: no log, and gone when it is closed or the process ends. */
export interface TestDatabase extends AsyncDisposable {
  readonly db: Database;
  /** For `new DynamoDBClient(...)`: no socket between. */
  readonly sdkConfig: SdkConfig;
  /** With `http`: the endpoint. */
  readonly url: string | undefined;
  /** All tables as they were at the beginning, with the seeds and nothing else. Tables that a test has made are gone. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const SMALL: OpenOptions = { shards: 1, memoryMb: 64 };
const BATCH_ITEMS = 25;

/**
 * A fresh database, in some milliseconds. One for each test file, or worker, keeps them apart.
 *
 * @example
 * const test = await testDatabase({ template: 'template.yaml', seeds: { Users: [{ id: 'u1', name: 'Ann' }] } });
 * beforeEach(() => test.reset());
 * after(() => test.close());
 * const client = new DynamoDBClient(test.sdkConfig);
 *
 * @throws TemplateError for what no table can be made of; what CreateTable throws.
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const tables = await tablesOf(options);
  const { seeds = {} } = options;
  const items = typeof seeds === 'string' ? (JSON.parse(await readText(seeds)) as Seeds) : seeds;
  const db = await open(undefined, { ...SMALL, ...options.open });
  try {
    await fill(db, tables, items);
    const door = options.http === true ? await db.serveHttp() : undefined;
    return new Fixture(db, door, tables, items);
  } catch (error) {
    await db.close();
    throw error;
  }
}

class Fixture implements TestDatabase {
  readonly db: Database;
  readonly sdkConfig: SdkConfig;
  readonly url: string | undefined;
  readonly #tables: readonly TableTemplate[];
  readonly #seeds: Seeds;
  readonly #restore: (() => void) | undefined;

  constructor(
    db: Database,
    door: HttpDoor | undefined,
    tables: readonly TableTemplate[],
    seeds: Seeds,
  ) {
    this.db = db;
    this.sdkConfig = db.sdkConfig();
    this.url = door?.url;
    this.#tables = tables;
    this.#seeds = seeds;
    this.#restore = door === undefined ? undefined : setEnvironment(door.url);
  }

  async reset(): Promise<void> {
    for (;;) {
      const { TableNames = [] } = await this.db.listTables();
      if (TableNames.length === 0) break;
      for (const TableName of TableNames) await remove(this.db, TableName);
    }
    await fill(this.db, this.#tables, this.#seeds);
  }

  async close(): Promise<void> {
    this.#restore?.();
    await this.db.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function tablesOf({
  tables = [],
  template,
  parameters,
}: TestDatabaseOptions): Promise<TableTemplate[]> {
  const given = tables.map((table) => ({ table: table as TableTemplate['table'] }));
  if (template === undefined) return given;
  const text = template.includes('\n') ? template : await readText(template);
  return [...given, ...tablesOfTemplate(text, parameters)];
}

async function fill(db: Database, tables: readonly TableTemplate[], seeds: Seeds): Promise<void> {
  for (const { table, timeToLive } of tables) {
    await db.createTable(table as never);
    if (timeToLive === undefined) continue;
    const { TableName } = table;
    await db.updateTimeToLive({ TableName, TimeToLiveSpecification: timeToLive as never });
  }
  for (const [TableName, items] of Object.entries(seeds)) {
    for (let at = 0; at < items.length; at += BATCH_ITEMS) {
      const requests = items.slice(at, at + BATCH_ITEMS).map((Item) => ({ PutRequest: { Item } }));
      await db.batchWrite({ RequestItems: { [TableName]: requests } });
    }
  }
}

async function remove(db: Database, TableName: string): Promise<void> {
  const { Table } = await db.describeTable({ TableName });
  if (Table?.DeletionProtectionEnabled === true)
    await db.updateTable({ TableName, DeletionProtectionEnabled: false });
  await db.deleteTable({ TableName });
}
