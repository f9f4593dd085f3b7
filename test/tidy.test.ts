// How the tree is kept: what may import what, what has one home, what nobody uses, how long a file
// may be.
//
// Looks at the text of the sources, comments left out. A rule that has exceptions names them here,
// with the reason.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const LINES_MAX = 400;

interface Source {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  /** What it imports: files of the tree by path, packages by name. */
  readonly imports: readonly string[];
}

const sources = ['core-as', 'io', 'host', 'bench', 'test'].flatMap(sourcesUnder);
const byPath = new Map(sources.map((source) => [source.path, source]));

// --- Imports point one way -----------------------------------------------------------------------

/** What the files of a place may import, by prefix. The first place that fits counts. */
const MAY_IMPORT: readonly (readonly [place: string, allowed: readonly string[]])[] = [
  ['core-as/', ['core-as/']],
  ['io/', ['io/']],
  // host: doors -> operations -> engine -> core.
  ['host/core/', ['host/core/', 'host/runtime/location.ts', 'io/']],
  ['host/engine/', ['host/engine/', 'host/runtime/', 'host/core/', 'host/table/', 'io/']],
  ['host/runtime/', ['host/runtime/', 'host/engine/', 'host/core/', 'io/']],
  [
    'host/expression/',
    ['host/expression/', 'host/table/', 'host/engine/store.ts', 'host/core/codec/'],
  ],
  // The fast handle is a door: it hands out streams and triggers.
  ['host/table/table-handle.ts', ['host/table/', 'host/stream/', 'host/engine/store.ts']],
  [
    'host/table/',
    [
      'host/table/',
      'host/expression/',
      'host/engine/store.ts',
      'host/core/codec/',
      'host/core/key-',
    ],
  ],
  // What lies between the engine's stream records and all doors.
  ['host/stream/', ['host/stream/', 'host/table/', 'host/engine/store.ts', 'io/errors.ts']],
  [
    'host/upkeep/',
    ['host/upkeep/', 'host/table/', 'host/stream/', 'host/engine/store.ts', 'io/errors.ts'],
  ],
  [
    'host/operation/',
    ['host/operation/', 'host/expression/', 'host/table/', 'host/stream/', 'host/engine/store.ts'],
  ],
  // The IPC door stands on sockets, and decides when their bytes are read.
  ['host/ipc/', ['host/', 'io/']],
  ['host/cli/', ['host/', 'io/errors.ts', 'io/http/message.ts', 'io/disk/text-files.ts']],
  // Programs as users write them: the public surface and nothing else.
  ['host/examples/', ['host/index.ts']],
  // The doors for other processes give servers of io a function that answers.
  ['host/api/', ['host/', 'io/errors.ts', 'io/http/']],
  // Templates and seeds are files that a test names.
  ['host/testing.ts', ['host/', 'io/disk/text-files.ts']],
  ['host/', ['host/', 'io/errors.ts']],
  ['bench/', ['bench/', 'host/', 'io/']],
  ['test/', ['test/', 'bench/', 'host/', 'io/']],
];
/** What all of host may use. */
const SHARED_BY_HOST = ['errors', 'limits', 'number-value', 'clock', 'duration', 'random'].map(
  (name) => `host/${name}.ts`,
);

test('imports point one way: host to io, and in host from the doors down to the core', () => {
  const wrong: string[] = [];
  for (const { path, imports } of sources) {
    const allowed = MAY_IMPORT.find(([place]) => path.startsWith(place))?.[1] ?? [];
    const shared = path.startsWith('host/') ? SHARED_BY_HOST : [];
    for (const target of imports.filter((name) => byPath.has(name))) {
      if (!allowed.some((prefix) => target.startsWith(prefix)) && !shared.includes(target)) {
        wrong.push(`${path} imports ${target}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('every import leads to a file of the tree, to Node, or to a package that is declared', () => {
  const { dependencies, devDependencies } = manifest('package.json');
  const rivals = manifest('bench/package.json');
  const runtime = new Set(Object.keys(dependencies ?? {}));
  const development = new Set([...runtime, ...Object.keys(devDependencies ?? {})]);
  const measuring = new Set([...development, ...Object.keys(rivals.dependencies ?? {})]);
  const wrong: string[] = [];
  for (const { path, imports } of sources) {
    // The tour is run from a checkout only; the package leaves it out.
    const tools = path.startsWith('host/cli/tour') || path.startsWith('test/');
    const known = path.startsWith('bench/') ? measuring : tools ? development : runtime;
    for (const name of imports) {
      if (byPath.has(name) || name.startsWith('node:') || isBuilt(name) || isData(name)) continue;
      if (!known.has(packageOf(name))) wrong.push(`${path} imports ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('what a plain install pulls is used', () => {
  const used = new Set(sources.filter(isHost).flatMap(({ imports }) => imports.map(packageOf)));
  const idle = Object.keys(manifest('package.json').dependencies ?? {}).filter(
    (name) => !used.has(name),
  );
  assert.deepEqual(idle, []);
});

// --- One home for what reaches outside -----------------------------------------------------------

const HOMES: readonly { what: string; pattern: RegExp; homes: readonly string[] }[] = [
  {
    what: 'files: node:fs',
    pattern: /['"](node:)?fs(\/promises)?['"]/,
    // The engine's files, and those that people name on the command line.
    homes: ['io/disk/real-file-system.ts', 'io/disk/text-files.ts'],
  },
  {
    what: 'wall time: Date.now, new Date()',
    pattern: /\bDate\.now\b|\bnew Date\(\)/,
    homes: ['host/clock.ts'],
  },
  {
    what: 'durations: performance.now, process.hrtime',
    pattern: /\bperformance\.now\b|\bprocess\.hrtime\b/,
    homes: ['host/clock.ts', 'host/engine/', 'host/runtime/', 'host/cli/'],
  },
  {
    what: 'randomness: Math.random, random bytes',
    pattern: /\bMath\.random\b|\brandom(Bytes|Int|UUID|FillSync)\b|\bgetRandomValues\b/,
    // The folder lock draws names that no other process may draw, and io imports nothing of host.
    homes: ['host/random.ts', 'io/disk/folder-lock.ts'],
  },
  {
    what: 'linear memory: WebAssembly instances',
    pattern: /\bnew WebAssembly\.Instance\b/,
    homes: ['host/core/instantiate.ts'],
  },
];

for (const { what, pattern, homes } of HOMES) {
  test(`${what}: in ${homes.join(', ')} alone`, () => {
    const strays = sources
      .filter((source) => (isHost(source) || isIo(source)) && pattern.test(source.code))
      .map(({ path }) => path)
      .filter((path) => !homes.some((home) => path.startsWith(home)));
    assert.deepEqual(strays, []);
  });
}

// --- Nothing dead, nothing unfinished ------------------------------------------------------------

/** Where programs and threads begin. */
const ENTRIES = [
  'host/index.ts',
  'host/testing.ts',
  'host/runtime/log-thread.ts',
  'host/runtime/pool-worker.ts',
];
/** Seams that only tests enter, on purpose: a database on one thread, a disk that crashes, keys read back. */
const TEST_SEAMS = [
  'host/engine/inline-engine.ts',
  'host/core/key-reader.ts',
  'io/disk/simulated-file-system.ts',
];

test('every file of host and io is reached from an entry or from a declared test seam', () => {
  const commands = sources
    .map(({ path }) => path)
    .filter((path) => /^host\/(cli|examples)\/[^/]+\.ts$/.test(path));
  const reached = reachedFrom([...ENTRIES, ...TEST_SEAMS, ...commands]);
  assert.deepEqual(
    unreached(reached, (source) => isHost(source) || isIo(source)),
    [],
  );
});

test('every file of the core is reached from its ABI', () => {
  const reached = reachedFrom(['core-as/index.ts']);
  assert.deepEqual(
    unreached(reached, ({ path }) => path.startsWith('core-as/')),
    [],
  );
});

test('every file of bench and test is reached from something that is run', () => {
  const runs = sources
    .map(({ path }) => path)
    .filter((path) =>
      /\.(test|worker)\.ts$|^test\/(.*\/)?run\.ts$|^bench\/(run|child|micro\/.*)\.ts$/.test(path),
    );
  const reached = reachedFrom(runs);
  // Threads and children are started by name.
  const named = (path: string): boolean => {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '');
    return [...reached].some((other) =>
      new RegExp(`/${name}\\.[jt]s['"\`]|['"\`]${name}['"\`]`).test(byPath.get(other)!.code),
    );
  };
  const dead = unreached(
    reached,
    ({ path }) => path.startsWith('bench/') || path.startsWith('test/'),
  );
  assert.deepEqual(
    dead.filter((path) => !named(path)),
    [],
  );
});

test(`no file of the product is longer than ${LINES_MAX} lines`, () => {
  const long = sources
    .filter(({ path }) => !path.startsWith('test/'))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LINES_MAX)
    .map(({ path, lines }) => `${path}: ${lines}`);
  assert.deepEqual(long, []);
});

test('nothing is left for later, and no test is skipped or singled out', () => {
  const marks = /\b(TO)(DO)\b|\b(FIX)(ME)\b/;
  const switches = /\b(test|it|describe|suite)\.(skip|only|todo)\b|\b(skip|only|todo): true\b/;
  const left = sources
    .filter(({ text, code }) => marks.test(text) || switches.test(code))
    .map(({ path }) => path);
  assert.deepEqual(left, []);
});

test("no file names a place of somebody's machine", () => {
  const place = /(?<![\w.])\/(home|Users|root|work|mnt|private)\/[\w.-]/;
  const texts = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ path: name, text: read(name) }));
  const named = [...sources, ...texts]
    .filter(({ text }) => place.test(text))
    .map(({ path }) => path);
  assert.deepEqual(named, []);
});

// --- The top of the tree -------------------------------------------------------------------------

const TOP = [
  '.ci',
  '.gitignore',
  '.npmrc',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'asconfig.json',
  'bench',
  'biome.json',
  'core-as',
  'host',
  'io',
  'package-lock.json',
  'package.json',
  'test',
  'tsconfig.build.json',
  'tsconfig.json',
];
/** Made by tools, and ignored by git. */
const MADE = /^(\.git|node_modules|dist|data|\.DS_Store|.*\.(log|tgz|cpuprofile))$/;

test('the top folder holds what was agreed and nothing else', () => {
  const names = readdirSync(ROOT).filter((name) => !MADE.test(name));
  assert.deepEqual(names.sort(), [...TOP].sort());
});

test('versions are pinned, and the lock files name no place that packages come from', () => {
  for (const folder of ['', 'bench/']) {
    const { dependencies, devDependencies } = manifest(`${folder}package.json`);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${folder}package.json: ${name}`);
    }
    assert.doesNotMatch(
      read(`${folder}package-lock.json`),
      /"resolved"/,
      `${folder}package-lock.json`,
    );
  }
});

// --- Reading the tree ----------------------------------------------------------------------------

function sourcesUnder(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesUnder(path);
    if (!entry.name.endsWith('.ts') || entry.name.startsWith('.')) return [];
    const text = read(path);
    const code = withoutComments(text);
    return [{ path, text, code, imports: importsOf(path, code) }];
  });
}

/** Comments that begin a line or stand behind code; a `//` in a string has no space before it. */
function withoutComments(text: string): string {
  // Those to the end of a line first: `cases/*.ts` in one begins no other.
  return text.replace(/(^|\s)\/\/ .*$/gm, '$1').replace(/\/\*[\s\S]*?\*\//g, '');
}

/** Static imports begin a line, or end on one; an indented one is text for another process. */
function importsOf(path: string, code: string): string[] {
  const form =
    /^(?:import '|(?:import|export|\}) (?:.* )?from ')([^'\n]+)'|\bimport\('([^'\n]+)'\)/gm;
  const names = [...code.matchAll(form)].map((match) => match[1] ?? match[2]);
  return names.map((name) => (name.startsWith('.') ? fileOf(path, name) : name));
}

/** The file that a relative import means: `.js` in TypeScript, no suffix in AssemblyScript. */
function fileOf(importer: string, name: string): string {
  const plain = join(dirname(importer), name).replace(/\.js$/, '');
  return existsSync(join(ROOT, `${plain}.ts`)) ? `${plain}.ts` : plain;
}

function reachedFrom(entries: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = byPath.get(path);
    if (source === undefined || reached.has(path)) continue;
    reached.add(path);
    waiting.push(...source.imports);
  }
  return reached;
}

/** Ambient declarations are imported by nobody. */
function unreached(reached: ReadonlySet<string>, chosen: (source: Source) => boolean): string[] {
  return sources
    .filter(
      (source) => chosen(source) && !reached.has(source.path) && !source.path.endsWith('.d.ts'),
    )
    .map(({ path }) => path);
}

function isHost({ path }: Source): boolean {
  return path.startsWith('host/');
}

function isIo({ path }: Source): boolean {
  return path.startsWith('io/');
}

/** What `npm run build` makes, as benchmarks and tests of threads import it. */
function isBuilt(name: string): boolean {
  return name.startsWith('dist/') || builtinModules.includes(name);
}

/** JSON of the tree, which the build puts into the bundle. */
function isData(name: string): boolean {
  return /^host\/.*\.json$/.test(name) && existsSync(join(ROOT, name));
}

function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

function manifest(path: string): Manifest {
  return JSON.parse(read(path)) as Manifest;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
