/**
 * `npm run bench [-- E1 E3] [--quick] [--folder <path>] [--seed <n>]`
 *
 * Runs the experiments of PERFORMANCE.md against the rivals, prints what is compared and what came
 * out, writes bench/results/<slug>.json, results.md and chart.svg. `--quick` is a smoke run of
 * under 20 s an experiment: its figures go to bench/results/quick.tmp/ and prove nothing. Exit code
 * 1 when a goal was missed or a suite failed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chart } from './harness/chart.js';
import { environment, environmentLines, TMPFS } from './harness/environment.js';
import { markdown, textTable } from './harness/report.js';
import type { SuiteResult } from './harness/report.js';
import { runSuite } from './harness/rounds.js';
import { passed } from './harness/suite.js';
import type { Scale } from './harness/suite.js';
import { SUITE_IDS, loadSuite } from './suites/list.js';

const BENCH = fileURLToPath(new URL('./', import.meta.url));
const RESULTS = join(BENCH, 'results');
const DEFAULT_SEED = 20240229;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    folder: { type: 'string' },
    seed: { type: 'string', default: String(DEFAULT_SEED) },
  },
});
const ids = positionals.length === 0 ? SUITE_IDS : positionals.map((id) => id.toUpperCase());
const unknown = ids.filter((id) => !SUITE_IDS.includes(id));
if (unknown.length > 0) {
  console.error(`No experiment ${unknown.join(', ')}. There are: ${SUITE_IDS.join(' ')}.`);
  process.exit(2);
}

installRivals();
const scale: Scale = { quick: flags.quick, seed: Number(flags.seed) };
const workspace = flags.folder ?? join(RESULTS, 'scratch.tmp');
const output = flags.quick ? join(RESULTS, 'quick.tmp') : RESULTS;
mkdirSync(workspace, { recursive: true });
mkdirSync(output, { recursive: true });

const at = environment(workspace);
console.log(environmentLines(at).join('\n'));
if (at.fileSystem === TMPFS) {
  console.log(
    'Warning: the folder is on tmpfs, where a sync costs nothing; give --folder on a disk.',
  );
}

let failures = 0;
for (const id of ids) failures += (await runOne(id)) ? 0 : 1;
drawAll();
process.exitCode = failures > 0 ? 1 : 0;

/** Runs and reports one experiment; true when it ran and reached its goals. */
async function runOne(id: string): Promise<boolean> {
  const suite = await loadSuite(id);
  const compares = suite.describe(scale);
  console.log(`\n${id}: ${suite.title}${scale.quick ? ' (quick: a smoke run)' : ''}`);
  for (const line of compares) console.log(`  ${line}`);
  try {
    const measured = await runSuite(suite, scale, workspace, showProgress);
    const rows = suite.compare(measured, scale);
    const result: SuiteResult = {
      id,
      slug: suite.slug,
      title: suite.title,
      quick: scale.quick,
      date: new Date().toISOString(),
      compares,
      environment: at,
      rows,
      rounds: measured.toJSON(),
    };
    writeFileSync(join(output, `${suite.slug}.json`), `${JSON.stringify(result, null, 2)}\n`);
    clearProgress();
    console.log(textTable(rows));
    return rows.every((row) => passed(row) !== false);
  } catch (error) {
    clearProgress();
    console.error(`${id} failed: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** The chart and the table cover the latest result of every experiment, not only of this run. */
function drawAll(): void {
  const results = readdirSync(output)
    .filter((name) => /^[est]\d\d-.*\.json$/.test(name))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(output, name), 'utf8')) as SuiteResult);
  if (results.length === 0) return;
  writeFileSync(join(output, 'chart.svg'), chart(results));
  writeFileSync(join(output, 'results.md'), markdown(results));
}

/**
 * Rivals are no dependency of the package: they are installed here, by the lock file, when first
 * needed.
 */
function installRivals(): void {
  if (existsSync(join(BENCH, 'node_modules', 'lmdb'))) return;
  console.log('Installing the rivals under bench/ (once) ...');
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: BENCH, stdio: 'inherit' });
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
