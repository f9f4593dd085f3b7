// The server's side of the IPC door: a listening socket, and a session for each connection (io/ipc/PROTOCOL.md).

import { timingSafeEqual } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { realFileSystem } from '../../io/disk/real-file-system.js';
import {
  SocketServer,
  type SocketAddress,
  type SocketServerLimits,
} from '../../io/ipc/socket-server.js';
import { typedValues } from '../api/typed-values.js';
import type { DirectAccess } from '../engine/store.js';
import { CannotListen, InvalidArgument } from '../errors.js';
import type { OperationContext } from '../operation/context.js';
import { Session, type SessionContext } from './session.js';

export interface ListenOptions {
  /**
   * The path of the Unix socket, made with mode 0600. Default `ferrite.sock` in the database's folder. At most 107 bytes.
   */
  path?: string;
  /** Listen on TCP instead, at this port; 0: any free one. */
  port?: number;
  /** With `port`. Default `127.0.0.1`: this machine alone. */
  host?: string;
  /** With `port`: what clients must say. Required on an address that other machines reach. */
  secret?: string;
  /** Requests that a connection may have unanswered. Default 1,024. */
  inFlightMax?: number;
  /** Bounds of the server, for those who need others than the defaults. */
  limits?: Partial<SocketServerLimits>;
}

/** An open IPC door. */
export interface IpcDoor extends AsyncDisposable {
  /** What `connect` takes. */
  readonly address: string;
  /** Connections that are open. */
  readonly connections: number;
  /** Accepts no new connections, answers what is in flight, closes all. */
  close(): Promise<void>;
}

/** What a door serves. */
export interface IpcService {
  readonly operations: OperationContext;
  readonly direct: DirectAccess;
  /** The database's folder; undefined if it is temporary. */
  readonly folder: string | undefined;
}

const SOCKET_NAME = 'ferrite.sock';
const IN_FLIGHT_MAX = 1_024;
const PARTIAL_BYTES_MAX = 128 * 1024 * 1024;
const LOOPBACK = /^(127\.|::1$|localhost$)/;

export async function openIpcDoor(
  { operations, direct, folder }: IpcService,
  options: ListenOptions,
): Promise<IpcDoor> {
  const { secret, inFlightMax = IN_FLIGHT_MAX, limits } = options;
  const address = addressOf(options, folder);
  const context: SessionContext = {
    operations: { ...operations, values: { ...operations.values, itemForm: 'msgpack' } },
    typedOperations: { ...operations, values: typedValues('bytes') },
    direct,
    inFlightMax,
    partial: { bytes: 0, bytesMax: PARTIAL_BYTES_MAX },
    secretMatches: (given) => secret === undefined || sameSecret(secret, given),
  };
  if ('path' in address) await removeDead(address.path);
  let server: SocketServer;
  try {
    server = await SocketServer.listen(
      address,
      (connection) => new Session(context, connection),
      limits,
    );
  } catch (error) {
    throw new CannotListen(textOf(address), error as NodeJS.ErrnoException);
  }
  const close = (): Promise<void> => server.close();
  return {
    address: textOf(server.address),
    get connections() {
      return server.connections;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function addressOf(options: ListenOptions, folder: string | undefined): SocketAddress {
  const { path, port, host = '127.0.0.1', secret } = options;
  if (port !== undefined) {
    if (secret === undefined && !LOOPBACK.test(host)) {
      throw new InvalidArgument('listen({ secret })', 'given where other machines reach', secret);
    }
    return { host, port };
  }
  if (path !== undefined) return { path };
  if (folder === undefined) {
    throw new InvalidArgument(
      'listen({ path })',
      'given, as a temporary database has no folder',
      path,
    );
  }
  return { path: join(folder, SOCKET_NAME) };
}

function textOf(address: SocketAddress): string {
  if ('path' in address) return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `tcp://${host}:${address.port}`;
}

/** A socket that nobody answers at is what a killed server left. One that is answered stays, and listening fails. */
async function removeDead(path: string): Promise<void> {
  const answered = await new Promise<boolean>((resolve) => {
    const probe = connectSocket({ path });
    probe.once('connect', () => resolve(true));
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
    probe.once('close', () => probe.destroy());
    probe.once('connect', () => probe.destroy());
  });
  if (!answered) realFileSystem().unlink(path);
}

function sameSecret(secret: string, given: unknown): boolean {
  const expected = Buffer.from(secret);
  const said = typeof given === 'string' ? Buffer.from(given) : Buffer.alloc(0);
  return said.length === expected.length && timingSafeEqual(said, expected);
}
