// Where the pieces of the package lie that are loaded by name: the WASM modules and the thread entry files.
// Run from the sources (by tsx) they are the ones that `npm run build` put into dist/; tsx does not reach into
// worker threads, and the CommonJS build uses the ESM threads, so there is one build of each thread.

const here = import.meta.url;
const dist = new URL(here.endsWith('.ts') ? '../../dist/' : '../', here);

/** The core's module: the release build, or the checked one with assertions and bounds. */
export function coreModuleUrl(checked: boolean): URL {
  return new URL(checked ? 'core/core.checked.wasm' : 'core/core.wasm', dist);
}

/** The entry file of a thread of the runtime. */
export function threadUrl(name: 'log-thread' | 'pool-worker'): URL {
  return new URL(`esm/${name}.js`, dist);
}
