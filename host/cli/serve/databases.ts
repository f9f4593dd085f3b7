// The databases that one server serves: one, or one for each region or each account and region, which
// are told from the scope of the signature.
//
//   --isolate region    FOLDER/us-east-1, FOLDER/eu-central-1, ...
//   --isolate account   FOLDER/ACCESS KEY/us-east-1, ...
//
// Invariants: a name that becomes a folder has letters, digits, - and _ alone; there are at most
// DATABASES_MAX, whatever clients ask for.

import { join } from 'node:path';
import { readScope } from '../../api/signature/authorization.js';
import type { Database } from '../../database.js';
import { LimitExceededException, ValidationException } from '../../errors.js';
import { open } from '../../open.js';
import type { OpenOptions } from '../../options.js';
import type { HttpRequest } from '../../../io/http/message.js';

export type Isolation = 'region' | 'account';

const DATABASES_MAX = 32;
const DEFAULT_REGION = 'us-east-1';
const DEFAULT_ACCOUNT = 'default';
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$|^local(host)?$/;
const ACCOUNT = /^[A-Za-z0-9_-]{1,128}$/;
/** The name of the one there is without isolation. */
const ONLY = '';

export class ServedDatabases {
  readonly #folder: string | undefined;
  readonly #isolation: Isolation | undefined;
  readonly #options: OpenOptions;
  readonly #open = new Map<string, Promise<Database>>();

  constructor(folder: string | undefined, isolation: Isolation | undefined, options: OpenOptions) {
    this.#folder = folder;
    this.#isolation = isolation;
    this.#options = options;
  }

  /** The one there is without isolation. */
  first(): Promise<Database> {
    return this.#named(ONLY);
  }

  /** The one a request is for. */
  async of(request: HttpRequest): Promise<Database> {
    if (this.#isolation === undefined) return this.first();
    const { accessKeyId = DEFAULT_ACCOUNT, region = DEFAULT_REGION } = readScope(request);
    if (!REGION.test(region)) {
      throw new ValidationException(
        `Credential should be scoped to a valid region, not '${region}'. `,
      );
    }
    if (this.#isolation === 'region') return this.#named(region);
    if (!ACCOUNT.test(accessKeyId)) {
      throw new ValidationException(
        'An access key that names a database has letters, digits, - and _.',
      );
    }
    return this.#named(join(accessKeyId, region));
  }

  /** Those that are open, by name. */
  async all(): Promise<[name: string, database: Database][]> {
    const found: [string, Database][] = [];
    for (const [name, database] of this.#open) found.push([name, await database]);
    return found;
  }

  async close(): Promise<void> {
    const databases = await Promise.allSettled(this.#open.values());
    await Promise.all(
      databases.map((opened) => (opened.status === 'fulfilled' ? opened.value.close() : undefined)),
    );
  }

  #named(name: string): Promise<Database> {
    let database = this.#open.get(name);
    if (database === undefined) {
      if (this.#open.size >= DATABASES_MAX) {
        throw new LimitExceededException(
          `This server keeps at most ${DATABASES_MAX} databases: start another for more regions or accounts.`,
        );
      }
      const folder = this.#folder === undefined ? undefined : join(this.#folder, name);
      database = open(folder, this.#options);
      this.#open.set(name, database);
      // One that could not be opened is tried anew.
      database.catch(() => this.#open.delete(name));
    }
    return database;
  }
}
