/**
 * One open database per folder, decided by sockets, because the kernel closes them however a
 * process dies.
 *
 *   \0ferritedb-<device>-<inode>   abstract socket, Linux only: excludes everyone in the same
 *                                  network namespace at once
 *   <folder>/lock-<16 hex>.sock    pathname socket: excludes everyone who sees the folder, in other
 *                                  namespaces and containers too
 *   <folder>/lock.pid              "<pid> <16 hex>", who it is: information, not the lock
 *
 * How: announce, then look. A contender first listens on a socket of its own name in the folder,
 * then connects to every other one there. Any answer, also a full backlog or a refusal for lack of
 * rights, means somebody lives: withdraw. Only ECONNREFUSED means dead, because a socket gets its
 * visible name (rename) after it listens. Of two contenders each announces before it looks, so at
 * least one sees the other: never two owners. Two that see each other both withdraw and try again
 * after a random pause; an owner named in lock.pid is final at once.
 *
 * Nothing is ever stolen or replaced, so there is no stealing to guard: sockets of the dead are
 * ignored by all and removed by the next owner. (A fixed name with an exclusive-create file around
 * the stealing leaves a stale file when its maker is killed inside, and then either blocks the
 * folder or needs a timeout that lies.)
 *
 * Nobody accepts: the kernel answers from the backlog, so the owner's thread may block for ever. On
 * systems whose full backlog refuses (BSD) the owner's thread should stay free to accept. node:net
 * appears here for the lock alone.
 */
import { randomBytes } from 'node:crypto';
import * as net from 'node:net';
import { join } from 'node:path';
import { databaseLocked, fromSystemError, systemCode } from '../errors.js';
import type { FolderLock } from './file-system.js';

/** What the lock asks of the file system besides sockets. */
export interface LockFolder {
  /** Where the folder really is, whatever symbolic links lead to it. */
  identity(directory: string): { device: string; inode: string };
  /** A path to the folder short enough for socket addresses. */
  enter(directory: string, longestName: string): SocketFolder;
  list(directory: string): string[];
  /** false when `from` is gone. */
  rename(from: string, to: string): boolean;
  /** false when it was gone. */
  remove(path: string): boolean;
  writeText(path: string, text: string): void;
  readText(path: string): string | undefined;
}

export interface SocketFolder {
  readonly path: string;
  leave(): void;
}

const PID_NAME = 'lock.pid';
const SOCKET_NAME = /^lock-([0-9a-f]{16})\.sock$/;
const CLAIM_NAME = /^lock-[0-9a-f]{16}\.tmp$/;

const ATTEMPTS_MAX = 8;
const PAUSE_MS_MAX = 20;
const BACKLOG = 511;

/** Whether a name in a database folder belongs to the lock. */
export function isLockFile(name: string): boolean {
  return name === PID_NAME || SOCKET_NAME.test(name) || CLAIM_NAME.test(name);
}

export async function acquireFolderLock(
  folder: LockFolder,
  directory: string,
): Promise<FolderLock> {
  const { device, inode } = folder.identity(directory);
  const nearby = await listenAbstract(folder, directory, `\0ferritedb-${device}-${inode}`);
  try {
    const own = await contend(folder, directory);
    return new HeldLock(folder, directory, nearby, own);
  } catch (error) {
    if (nearby !== undefined) await closeServer(nearby);
    throw error;
  }
}

class HeldLock implements FolderLock {
  readonly #folder: LockFolder;
  readonly #directory: string;
  readonly #nearby: net.Server | undefined;
  readonly #own: Announcement;
  #released: Promise<void> | undefined;

  constructor(
    folder: LockFolder,
    directory: string,
    nearby: net.Server | undefined,
    own: Announcement,
  ) {
    this.#folder = folder;
    this.#directory = directory;
    this.#nearby = nearby;
    this.#own = own;
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    this.#folder.remove(join(this.#directory, PID_NAME));
    await withdraw(this.#folder, this.#directory, this.#own);
    if (this.#nearby !== undefined) await closeServer(this.#nearby);
  }
}

/** A contender's own listening socket and its name in the folder. */
interface Announcement {
  readonly token: string;
  readonly server: net.Server;
  readonly entered: SocketFolder;
}

interface Neighbours {
  /** Tokens of those that answer. */
  readonly alive: readonly string[];
  readonly dead: readonly string[];
}

async function contend(folder: LockFolder, directory: string): Promise<Announcement> {
  for (let attempt = 1; ; attempt++) {
    const own = await announce(folder, directory);
    if (own !== undefined) {
      try {
        const neighbours = await look(folder, directory, own);
        if (neighbours.alive.length === 0) {
          folder.writeText(join(directory, PID_NAME), `${process.pid} ${own.token}\n`);
          sweep(folder, directory, neighbours.dead);
          return own;
        }
        const owner = readOwner(folder, directory);
        if (
          attempt === ATTEMPTS_MAX ||
          (owner !== undefined && neighbours.alive.includes(owner.token))
        ) {
          throw databaseLocked(directory, owner?.pid);
        }
      } catch (error) {
        await withdraw(folder, directory, own);
        throw error;
      }
      await withdraw(folder, directory, own);
    } else if (attempt === ATTEMPTS_MAX) {
      throw databaseLocked(directory, readOwner(folder, directory)?.pid);
    }
    await pause(1 + (randomBytes(1)[0] % PAUSE_MS_MAX));
  }
}

/**
 * Listens under a temporary name, then takes the visible one. undefined: a new owner swept our
 * temporary away.
 */
async function announce(folder: LockFolder, directory: string): Promise<Announcement | undefined> {
  const token = randomBytes(8).toString('hex');
  const temporary = `lock-${token}.tmp`;
  const entered = folder.enter(directory, socketName(token));
  let server: net.Server;
  try {
    server = await listen(join(entered.path, temporary));
  } catch (error) {
    entered.leave();
    throw fromSystemError('make a lock socket in', directory, error);
  }
  const own = { token, server, entered };
  if (folder.rename(join(directory, temporary), join(directory, socketName(token)))) return own;
  await withdraw(folder, directory, own);
  return undefined;
}

async function withdraw(folder: LockFolder, directory: string, own: Announcement): Promise<void> {
  folder.remove(join(directory, socketName(own.token)));
  await closeServer(own.server);
  own.entered.leave();
}

async function look(folder: LockFolder, directory: string, own: Announcement): Promise<Neighbours> {
  const tokens: string[] = [];
  for (const name of folder.list(directory)) {
    const token = SOCKET_NAME.exec(name)?.[1];
    if (token !== undefined && token !== own.token) tokens.push(token);
  }
  const alive: string[] = [];
  const dead: string[] = [];
  for (const token of tokens) {
    const answers = await isAnswered(join(own.entered.path, socketName(token)));
    (answers ? alive : dead).push(token);
  }
  return { alive, dead };
}

/**
 * The owner alone removes what the dead left. A claim removed under a living contender makes it try
 * again.
 */
function sweep(folder: LockFolder, directory: string, dead: readonly string[]): void {
  for (const token of dead) folder.remove(join(directory, socketName(token)));
  for (const name of folder.list(directory)) {
    if (CLAIM_NAME.test(name)) folder.remove(join(directory, name));
  }
}

function readOwner(
  folder: LockFolder,
  directory: string,
): { pid: number; token: string } | undefined {
  const match = /^(\d+) ([0-9a-f]{16})\n$/.exec(folder.readText(join(directory, PID_NAME)) ?? '');
  return match === null ? undefined : { pid: Number(match[1]), token: match[2] };
}

/** undefined where the system has no abstract sockets: the pathname socket decides alone. */
async function listenAbstract(
  folder: LockFolder,
  directory: string,
  name: string,
): Promise<net.Server | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    return await listen(name);
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') {
      throw databaseLocked(directory, readOwner(folder, directory)?.pid, error);
    }
    throw fromSystemError('make a lock socket for', directory, error);
  }
}

/**
 * `exclusive` matters: in a cluster worker the primary would otherwise share one socket among all.
 */
function listen(path: string): Promise<net.Server> {
  return new Promise((settle, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ path, backlog: BACKLOG, exclusive: true }, () => {
      server.off('error', reject);
      // Later errors are those of accepting a visitor (too many open files): the lock holds all the
      // same.
      server.on('error', () => undefined);
      server.unref();
      settle(server);
    });
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = net.connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      settle(true);
    });
    socket.once('error', (error) => {
      socket.destroy();
      const code = systemCode(error);
      settle(code !== 'ECONNREFUSED' && code !== 'ENOENT');
    });
  });
}

function closeServer(server: net.Server): Promise<void> {
  return new Promise((settle) => server.close(() => settle()));
}

function pause(durationMs: number): Promise<void> {
  return new Promise((settle) => setTimeout(settle, durationMs));
}

function socketName(token: string): string {
  return `lock-${token}.sock`;
}
