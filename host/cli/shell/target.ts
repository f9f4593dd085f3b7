// What a command works on: a folder, opened here, or a running server, by its address.
//
//   ./data                     a folder; if another process has it open, its server's socket in it is tried
//   http://127.0.0.1:8000      a server of DynamoDB's protocol: ours, or any other
//   /run/x.sock, tcp://host:7   a server of our own protocol

import { connect } from '../../ipc/connect.js';
import type { Database } from '../../database.js';
import type { RemoteDatabase } from '../../ipc/remote-database.js';
import { isOperationName } from '../../api/operations.js';
import { targetOf } from '../../api/wire/targets.js';
import { open } from '../../open.js';
import { StorageError } from '../../../io/errors.js';

/** An answer in DynamoDB's JSON. */
export type Answer = Readonly<Record<string, unknown>>;

export interface Target {
  /** Runs an operation; values are in typed shapes, bytes in base64. */
  execute(operation: string, input: object): Promise<Answer>;
  /** For what is not an operation of DynamoDB: absent behind HTTP. Checked is a folder, by the process that has it open. */
  readonly database: (Pick<Database, 'stats'> & Partial<Pick<Database, 'check'>>) | undefined;
  close(): Promise<void>;
}

export async function openTarget(place: string): Promise<Target> {
  if (/^https?:\/\//.test(place)) return new HttpTarget(place);
  if (place.endsWith('.sock') || place.startsWith('tcp:')) return remote(place);
  try {
    return embedded(await open(place, { durability: 'sync' }));
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'DatabaseLocked')) throw error;
    return remote(`${place}/ferrite.sock`).catch(() => {
      throw error;
    });
  }
}

function embedded(database: Database | RemoteDatabase): Target {
  return {
    database,
    execute: async (operation, input) => {
      if (!isOperationName(operation)) throw new TypeError(`no operation ${operation}`);
      return (await database.execute(operation, input, { binary: 'base64' })) as unknown as Answer;
    },
    close: () => database.close(),
  };
}

async function remote(address: string): Promise<Target> {
  return embedded(await connect(address));
}

class HttpTarget implements Target {
  readonly database = undefined;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async execute(operation: string, input: object): Promise<Answer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': targetOf(operation),
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    });
    const text = await response.text();
    const answer = (text === '' ? {} : JSON.parse(text)) as Answer;
    if (response.ok) return answer;
    const type = String(answer['__type'] ?? response.status);
    const error = new Error(String(answer['message'] ?? answer['Message'] ?? text));
    error.name = type.slice(type.indexOf('#') + 1);
    throw error;
  }

  async close(): Promise<void> {}
}
