// `ferrite serve [folder]`: DynamoDB's HTTP protocol on a port, until SIGINT or SIGTERM.
//
// Stopping is graceful: no new requests, answers for those in flight, then the database is closed, so
// everything acknowledged is on disk. A second signal ends the process at once; what was acknowledged
// is on disk even then.

import { InvalidArgumentError, Option, type Command } from 'commander';
import { openHttpDoor } from '../../api/http-door.js';
import type { Credentials } from '../../api/signature/verification.js';
import { systemClock } from '../../clock.js';
import type { OpenOptions } from '../../options.js';
import { systemRandom } from '../../random.js';
import { banner } from '../serve/banner.js';
import { ServedDatabases, type Isolation } from '../serve/databases.js';
import { LOG_LEVELS, ServeLog, type LogLevel } from '../serve/log.js';
import { Metering } from '../serve/metering.js';

export const DEFAULT_PORT = 8_000;
const DEFAULT_HOST = '127.0.0.1';
const FORCED_EXIT = 130;

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials?: readonly Credentials[];
  readonly unsigned?: boolean;
  readonly isolate?: Isolation;
  readonly durability?: OpenOptions['durability'];
  readonly memoryMb?: number;
  readonly logLevel: LogLevel;
}

export function serve(program: Command): void {
  program
    .command('serve')
    .description("Serves a folder over DynamoDB's HTTP protocol, for every AWS SDK and tool.")
    .argument('[folder]', 'where the data is, made if it is not there; none: a temporary database')
    .option('-p, --port <number>', 'port; 0: any free one', wholeNumber, DEFAULT_PORT)
    .option('--host <address>', 'address to listen on', DEFAULT_HOST)
    .addOption(
      new Option('--credentials <key:secret...>', 'who may call: requests must be signed by one')
        .env('FERRITE_CREDENTIALS')
        .argParser(addCredentials),
    )
    .option('--unsigned', 'serve anybody, unsigned, on an address that other machines reach')
    .addOption(
      new Option(
        '--isolate <by>',
        'a database for each region, or each account and region',
      ).choices(['region', 'account']),
    )
    .addOption(
      new Option('--durability <when>', 'when a write is acknowledged').choices([
        'sync',
        'relaxed',
      ]),
    )
    .option('--memory-mb <number>', 'memory for tables and cache, for each database', wholeNumber)
    .addOption(
      new Option('--log-level <level>', 'what is logged, on stderr')
        .choices(LOG_LEVELS)
        .default('warn'),
    )
    .action(run);
}

async function run(folder: string | undefined, options: ServeOptions): Promise<void> {
  const { host, port, credentials, unsigned, isolate, durability, memoryMb } = options;
  const clock = systemClock;
  const log = new ServeLog(options.logLevel);
  const databases = new ServedDatabases(folder, isolate, { durability, memoryMb });
  // A folder that cannot be opened is told now, not at the first request.
  if (isolate === undefined) await databases.first();
  const metering = new Metering(databases);
  const door = await openHttpDoor(
    {
      database: async (request) => metering.metered(await databases.of(request)),
      clock,
      random: systemRandom,
      observe: (call) => {
        metering.observe(call);
        log.observe(call);
      },
      around: metering.around,
    },
    { host, port, credentials, unsigned },
  ).catch(async (error: unknown) => {
    await databases.close();
    throw error;
  });
  console.log(banner(door.url, folder, credentials?.[0]?.accessKeyId));

  const signal = await stopSignal();
  log.info(`${signal}: stopping`);
  await door.close();
  await databases.close();
  log.info('stopped');
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

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** KEY:SECRET, several separated by spaces or commas. */
function addCredentials(text: string, earlier: readonly Credentials[] = []): Credentials[] {
  const added = text.split(/[\s,]+/).filter(Boolean);
  return [...earlier, ...added.map(readCredentials)];
}

function readCredentials(text: string): Credentials {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) {
    throw new InvalidArgumentError('It must be an access key, a colon and a secret key.');
  }
  return { accessKeyId: text.slice(0, colon), secretAccessKey: text.slice(colon + 1) };
}
