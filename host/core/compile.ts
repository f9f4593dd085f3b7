// Finds and compiles the core's WASM module, once per thread and build. The log thread does it and hands the module on.

import { fileURLToPath } from 'node:url';
import { realFileSystem } from '../../io/disk/real-file-system.js';
import { coreModuleUrl } from '../runtime/location.js';

const modules = new Map<boolean, WebAssembly.Module>();

export function compileCore(checked: boolean): WebAssembly.Module {
  let module = modules.get(checked);
  if (module === undefined) {
    const file = realFileSystem().open(fileURLToPath(coreModuleUrl(checked)), 'read');
    const bytes = new Uint8Array(file.size());
    file.read(bytes, 0);
    file.close();
    module = new WebAssembly.Module(bytes);
    modules.set(checked, module);
  }
  return module;
}
