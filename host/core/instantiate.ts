// Instantiates the core on a memory. The module imports that memory and nothing else.

import type { CoreExports } from './exports.js';

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): CoreExports {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as CoreExports;
}
