// `connect`: a database in another process.

import type { SocketAddress } from '../../io/ipc/socket-server.js';
import { InvalidArgument } from '../errors.js';
import { IpcClient } from './client.js';
import { RemoteDatabase } from './remote-database.js';

export interface ConnectOptions {
  /** What the server was given as `secret`. TCP only. */
  secret?: string;
  /** From a call to its answer. Default 60,000. */
  timeoutMs?: number;
  /** For a connection to be made, or made again, all tries together. Default 5,000. */
  connectTimeoutMs?: number;
  /** How often a call that may be sent again is. Default 3. */
  retriesMax?: number;
}

const TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;
const RETRIES_MAX = 3;

/**
 * Connects to a database that another process has open and serves (`db.listen()`, `ferrite serve`). Gives the interface of `open`.
 *
 * @param address The path of a Unix socket (`./data/ferrite.sock`), or `tcp://host:port`.
 * @throws ConnectionLost if nothing answers there in time.
 *
 * @example
 * await using db = await connect('./data/ferrite.sock');
 * await db.put({ TableName: 'Orders', Item: { user_id: 'u1', order_id: 'o1', total: 12.5 } });
 */
export async function connect(
  address: string,
  options: ConnectOptions = {},
): Promise<RemoteDatabase> {
  const {
    secret,
    timeoutMs = TIMEOUT_MS,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    retriesMax = RETRIES_MAX,
  } = options;
  const client = new IpcClient(addressOf(address), {
    secret,
    timeoutMs,
    connectTimeoutMs,
    retriesMax,
  });
  await client.ready();
  return new RemoteDatabase(client);
}

const TCP = /^tcp:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/;

export function addressOf(address: string): SocketAddress {
  if (typeof address !== 'string' || address === '')
    throw new InvalidArgument('connect(address)', 'a path or tcp://host:port', address);
  if (!address.startsWith('tcp:')) return { path: address };
  const match = TCP.exec(address);
  if (match === null) throw new InvalidArgument('connect(address)', 'tcp://host:port', address);
  return { host: match[1].replace(/^\[|\]$/g, ''), port: Number(match[2]) };
}
