// Serves a folder over HTTP, and over the socket in it, until SIGINT or SIGTERM.
//
// Stopping is graceful: no new requests, answers for those in flight, then the database is closed, so
// everything acknowledged is on disk. A second signal ends the process at once; what was acknowledged
// is on disk even then.

import { openHttpDoor, type HttpOptions } from '../../api/http-door.js';
import { systemClock } from '../../clock.js';
import { CannotListen, InvalidArgument } from '../../errors.js';
import type { OpenOptions } from '../../options.js';
import { systemRandom } from '../../random.js';
import { banner } from './banner.js';
import { ServedDatabases, type Isolation } from './databases.js';
import { ServeLog, type LogLevel } from './log.js';
import { Metering } from './metering.js';

export interface ServeOptions
  extends Pick<HttpOptions, 'host' | 'port' | 'credentials' | 'unsigned'>,
    Pick<OpenOptions, 'durability' | 'memoryMb'> {
  readonly isolate?: Isolation;
  readonly logLevel?: LogLevel;
}

const FORCED_EXIT = 130;

/** Without a folder: a temporary database. Prints where it is, and resolves when it has stopped. */
export async function serveFolder(
  folder: string | undefined,
  options: ServeOptions,
): Promise<void> {
  const { host, port, credentials, unsigned, isolate, durability, memoryMb, logLevel } = options;
  const log = new ServeLog(logLevel ?? 'warn');
  const databases = new ServedDatabases(folder, isolate, { durability, memoryMb });
  const metering = new Metering(databases);
  try {
    // A folder that cannot be opened is told now, not at the first request.
    const only = isolate === undefined ? metering.metered(await databases.first()) : undefined;
    const door = await openHttpDoor(
      {
        database: (request) => only ?? databases.of(request).then(metering.metered),
        clock: systemClock,
        random: systemRandom,
        observe: (call) => {
          metering.observe(call);
          log.observe(call);
        },
        around: metering.around,
      },
      { host, port, credentials, unsigned },
    );
    const socket = only && folder ? await socketIn(databases) : undefined;
    console.log(banner(door.url, folder, credentials?.[0]?.accessKeyId, socket));
    const signal = await stopSignal();
    log.info(`${signal}: stopping`);
    await door.close();
  } finally {
    await databases.close();
  }
  log.info('stopped');
}

/** Where `connect` finds it. A folder whose path is too long for a socket is served over HTTP alone. */
async function socketIn(databases: ServedDatabases): Promise<string | undefined> {
  try {
    return (await (await databases.first()).listen()).address;
  } catch (error) {
    if (!(error instanceof CannotListen || error instanceof InvalidArgument)) throw error;
    console.error(`There is no socket for other processes: ${error.message}`);
    return undefined;
  }
}

/** The first signal to stop; the next one ends the process. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(FORCED_EXIT);
        stopping = true;
        resolve(signal);
      });
    }
  });
}
