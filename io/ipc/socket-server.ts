// A server of byte streams on a Unix socket or TCP, for the IPC door: accepts, bounds, closes, and knows nothing of what the bytes
// say.
//
// What a client can make it spend is bounded: connections; answers that it does not read (the connection is asked for no more until
// they are gone, and cut off when nothing moves for the stall time). A Unix socket is made with mode 0600, so only its owner's
// programs connect.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type SocketAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

export interface SocketServerLimits {
  readonly connectionsMax: number;
  /** Unread answers of one connection beyond which no more of its requests are taken. */
  readonly unreadBytesMax: number;
  /** From connecting to being accepted by `Peer.accepted`. */
  readonly helloTimeoutMs: number;
  /** Without a byte taken while answers wait. */
  readonly stallTimeoutMs: number;
  /** What `close` gives clients to take their answers. */
  readonly closeGraceMs: number;
}

export const SOCKET_LIMITS: SocketServerLimits = {
  connectionsMax: 4_096,
  unreadBytesMax: 1_048_576,
  helloTimeoutMs: 10_000,
  stallTimeoutMs: 30_000,
  closeGraceMs: 10_000,
};

/** The other end of a connection, as who speaks the protocol is to it. */
export interface Peer {
  /** A chunk, good for ever. */
  receive(chunk: Buffer): void;
  /** Answers that waited have been taken. */
  drained(): void;
  /** Resolves when all that was taken on is answered; nothing more is received. */
  finish(): Promise<void>;
  /** The connection is gone. */
  closed(): void;
}

/** One connection. */
export class Connection {
  readonly #socket: Socket;
  readonly #unreadBytesMax: number;
  #hello: NodeJS.Timeout | undefined;

  constructor(socket: Socket, limits: SocketServerLimits) {
    this.#socket = socket;
    this.#unreadBytesMax = limits.unreadBytesMax;
    this.#hello = setTimeout(() => this.destroy(), limits.helloTimeoutMs);
    socket.setNoDelay(true);
    socket.setTimeout(limits.stallTimeoutMs);
    // It comes again after each quiet time; one with nothing to take is no stall.
    socket.on('timeout', () => {
      if (socket.writableLength > 0) this.destroy();
    });
  }

  /** The peer has said what it must. */
  accept(): void {
    clearTimeout(this.#hello);
    this.#hello = undefined;
  }

  /** Sends bytes. True: they have left already and their memory may be used again; else it is the socket's. */
  write(bytes: Uint8Array): boolean {
    if (this.#socket.destroyed) return true;
    this.#socket.write(bytes);
    return this.#socket.writableLength === 0;
  }

  /** The client does not read what it asked for. */
  get congested(): boolean {
    return this.#socket.writableLength > this.#unreadBytesMax;
  }

  get gone(): boolean {
    return this.#socket.destroyed;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends what was written, then closes. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    clearTimeout(this.#hello);
    this.#socket.destroy();
  }
}

export class SocketServer {
  /** The address it listens on; a port of 0 has become a real one. */
  readonly address: SocketAddress;
  readonly #server: Server;
  readonly #limits: SocketServerLimits;
  readonly #peers = new Map<Connection, Peer>();
  #closing: Promise<void> | undefined;

  private constructor(server: Server, address: SocketAddress, limits: SocketServerLimits) {
    this.#server = server;
    this.#limits = limits;
    const listening = server.address();
    this.address =
      'path' in address
        ? address
        : { host: (listening as AddressInfo).address, port: (listening as AddressInfo).port };
  }

  /** Resolves when it listens; rejects with the system's error. Nothing else may listen on a path that is given. */
  static async listen(
    address: SocketAddress,
    connect: (connection: Connection) => Peer,
    limits: Partial<SocketServerLimits> = {},
  ): Promise<SocketServer> {
    const bounds = { ...SOCKET_LIMITS, ...limits };
    const server = createServer({ noDelay: true });
    server.maxConnections = bounds.connectionsMax;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.once('listening', resolve);
      if ('path' in address) {
        // A path is bound before `listen` returns.
        const mask = process.umask(0o177);
        try {
          server.listen(address.path);
        } finally {
          process.umask(mask);
        }
      } else {
        server.listen(address.port, address.host);
      }
    });
    const listening = new SocketServer(server, address, bounds);
    server.on('connection', (socket) => listening.#take(socket, connect));
    return listening;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#peers.size;
  }

  #take(socket: Socket, connect: (connection: Connection) => Peer): void {
    const connection = new Connection(socket, this.#limits);
    const peer = connect(connection);
    this.#peers.set(connection, peer);
    socket.on('data', (chunk: Buffer) => peer.receive(chunk));
    socket.on('drain', () => peer.drained());
    // A reset is no more than the end of a connection.
    socket.on('error', () => connection.destroy());
    socket.on('close', () => {
      connection.destroy();
      this.#peers.delete(connection);
      peer.closed();
    });
  }

  /** Accepts nothing more, answers what was taken on, and resolves when the last connection is closed. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        for (const connection of this.#peers.keys()) connection.destroy();
        resolve();
      }, this.#limits.closeGraceMs);
    });
    const finished = [...this.#peers].map(async ([connection, peer]) => {
      await peer.finish();
      connection.end();
    });
    await Promise.race([grace, Promise.all(finished)]);
    await closed;
    clearTimeout(timer);
  }
}
