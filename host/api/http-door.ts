// The HTTP door: the wire handler behind a server on a socket.

import { HttpServer, type HttpServerLimits } from '../../io/http/server.js';
import type { HttpHandler } from '../../io/http/message.js';
import { CannotListen, describeValue, InvalidOption } from '../errors.js';
import { HTTP_BODY_BYTES_MAX } from '../limits.js';
import { isPlainObject } from '../table/item-value.js';
import { SignatureVerifier, type Credentials } from './signature/verification.js';
import { WireHandler, type WireOptions } from './wire/handler.js';

export interface HttpOptions {
  /** Where to listen. Default `127.0.0.1`: this machine alone. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /**
   * Who may call. With them every request must be signed (AWS Signature Version 4) by one of them,
   * less than 15 minutes ago. Default: nobody is asked, which is allowed on loopback only.
   */
  credentials?: readonly Credentials[];
  /** True: serve anybody, unsigned, on an address that other machines reach. */
  unsigned?: boolean;
  /** Bounds of the server, for those who need others than the defaults. */
  limits?: Partial<HttpServerLimits>;
}

/** An open HTTP door. */
export interface HttpDoor extends AsyncDisposable {
  /** What SDKs take as `endpoint`: `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Takes no new requests, answers those in flight, closes all connections. */
  close(): Promise<void>;
}

/** What a door serves; and, for programs around it, what else to do with a request. */
export interface DoorService extends Omit<WireOptions, 'authenticate'> {
  /** Given the wire handler: one that answers more than it. */
  readonly around?: (handle: HttpHandler) => HttpHandler;
}

export async function openHttpDoor(service: DoorService, options: HttpOptions): Promise<HttpDoor> {
  const { host, port, credentials, limits } = checked(options);
  const { around = same, clock } = service;
  const verifier = credentials.length === 0 ? undefined : new SignatureVerifier(credentials);
  const { handle } = new WireHandler({
    ...service,
    ...(verifier === undefined
      ? {}
      : { authenticate: (request) => verifier.fault(request, clock.nowMs()) }),
  });
  const server = await listen(around(handle), { host, port, limits });
  const close = (): Promise<void> => server.close();
  return {
    url: `http://${bracketed(server.host)}:${server.port}`,
    host: server.host,
    port: server.port,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(
  handle: HttpHandler,
  options: { host: string; port: number; limits: Partial<HttpServerLimits> | undefined },
): Promise<HttpServer> {
  try {
    return await HttpServer.listen(handle, { ...options, bodyBytesMax: HTTP_BODY_BYTES_MAX });
  } catch (error) {
    const address = `${bracketed(options.host)}:${options.port}`;
    throw new CannotListen(address, error as NodeJS.ErrnoException);
  }
}

function checked(options: HttpOptions) {
  const { host = '127.0.0.1', port = 0, credentials = [], unsigned = false, limits } = options;
  requireThat(typeof host === 'string' && host !== '', 'host', 'an address or a name', host);
  requireThat(
    Number.isInteger(port) && port >= 0 && port <= 65_535,
    'port',
    'a whole number from 0 to 65535',
    port,
  );
  requireThat(
    Array.isArray(credentials) && credentials.every(areCredentials),
    'credentials',
    'a list of { accessKeyId, secretAccessKey }',
    credentials,
  );
  requireThat(
    isLoopback(host) || credentials.length > 0 || unsigned === true,
    'host',
    'a loopback address, unless there are credentials or unsigned is true',
    host,
  );
  return { host, port, credentials, limits };
}

function requireThat(holds: boolean, option: string, expected: string, actual: unknown): void {
  if (holds) return;
  const isPlain = typeof actual === 'string' || typeof actual === 'number';
  const shown = isPlain ? JSON.stringify(actual) : describeValue(actual);
  throw new InvalidOption(option, `must be ${expected}, not ${shown}.`, 'db.serveHttp(');
}

function areCredentials(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { accessKeyId, secretAccessKey, sessionToken = '' } = value;
  const texts = [accessKeyId, secretAccessKey];
  return (
    texts.every((text) => typeof text === 'string' && text !== '') &&
    typeof sessionToken === 'string'
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function same(handle: HttpHandler): HttpHandler {
  return handle;
}
