#!/usr/bin/env node
// `ferrite` (also `npx ferritedb`): the command line. One file for each command, in command/; a new
// one is added to the list below.

import { createRequire } from 'node:module';
import { Command } from 'commander';
import { serve } from './command/serve.js';
import { explain } from './explain.js';

/** Adds a command to the program. */
export type CommandAdder = (program: Command) => void;

const COMMANDS: readonly CommandAdder[] = [serve];

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
const program = new Command('ferrite')
  .description('FerriteDB: a DynamoDB of your own, in a folder.')
  .version(version)
  .showHelpAfterError();
for (const add of COMMANDS) add(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
