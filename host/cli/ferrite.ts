#!/usr/bin/env node
// `ferrite` (also `npx ferritedb`): the command line. One file for each command, in command/; a new
// one is added to the list below.

import { createRequire } from 'node:module';
import { Command } from 'commander';
import { create } from './command/create.js';
import { del } from './command/del.js';
import { desc } from './command/desc.js';
import { drop } from './command/drop.js';
import { get } from './command/get.js';
import { exportCommand, importCommand } from './command/import.js';
import { ls } from './command/ls.js';
import { put } from './command/put.js';
import { count, query, scan } from './command/query.js';
import { serve } from './command/serve.js';
import { check, stats } from './command/stats.js';
import { tail } from './command/tail.js';
import { update } from './command/update.js';
import { explain } from './explain.js';

/** Adds a command to the program. */
export type CommandAdder = (program: Command) => void;

const COMMANDS: readonly CommandAdder[] = [
  serve,
  ls,
  desc,
  create,
  drop,
  get,
  put,
  update,
  del,
  query,
  scan,
  count,
  importCommand,
  exportCommand,
  tail,
  stats,
  check,
];

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
