// What all commands that work on a database have in common: `--db`, the target's life, and how values are written.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { openTarget, type Target } from './target.js';

export interface CommonOptions {
  readonly db: string;
  readonly json?: boolean;
  readonly typed?: boolean;
}

export const DEFAULT_PLACE = './data';

/** A command with the options that all have. */
export function databaseCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(
      new Option('--db <place>', 'a folder, a socket, tcp://host:port or http://host:port')
        .env('FERRITE_DB')
        .default(DEFAULT_PLACE),
    )
    .option('--json', 'JSON for scripts, a line each')
    .showHelpAfterError('(--help says how)');
}

/** Adds `--typed` and examples of a command. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`,
  );
}

export function withTyped(command: Command): Command {
  return command.option('--typed', `items as DynamoDB's typed JSON: {"pk":{"S":"a"}}`);
}

/** Opens what `--db` names for as long as `use` runs. */
export async function withTarget(
  { db }: CommonOptions,
  use: (target: Target) => Promise<void>,
): Promise<void> {
  const target = await openTarget(db);
  try {
    await use(target);
  } finally {
    await target.close();
  }
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('a whole number');
  return number;
}
