// `npm test [-- <part of a path> ...]`: runs the test files whose path holds one of the parts, or
// all of them.
//
// Node 20 takes no globs after --test, so the files are listed here. Every file runs in a process
// of its own, as many side by side as there are cores. A file that hangs is ended and fails: a
// thread that waits for ever must not keep a build waiting.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FILE_TIMEOUT_MS = 180_000;

const parts = process.argv.slice(2);
const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => relative(ROOT, join(ROOT, 'test', name)))
  .filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)))
  .sort();

if (files.length === 0) {
  console.error(`No test file has ${parts.join(' or ')} in its path.`);
  process.exit(2);
}

const args = [
  '--import=tsx',
  '--test',
  '--test-reporter=spec',
  `--test-concurrency=${availableParallelism()}`,
  `--test-timeout=${FILE_TIMEOUT_MS}`,
  ...files,
];
const tests = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
tests.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
