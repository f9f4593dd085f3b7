// `ferrite serve [folder]`: DynamoDB's HTTP protocol on a port, until SIGINT or SIGTERM.

import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Credentials } from '../../api/signature/verification.js';
import { LOG_LEVELS } from '../serve/log.js';
import { serveFolder } from '../serve/serve-folder.js';

const DEFAULT_PORT = 8_000;
const DEFAULT_HOST = '127.0.0.1';

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
    .action(serveFolder);
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
