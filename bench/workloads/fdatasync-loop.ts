/** The control of durable latencies: append 1 KiB and fdatasync, synchronously, again and again. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const BYTES = 1024;

/** Milliseconds that each of `count` syncs took. The file is removed afterwards. */
export function fdatasyncLoop(path: string, count: number): number[] {
  const file = openSync(path, 'w');
  try {
    const bytes = Buffer.alloc(BYTES, 0x61);
    const took: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      writeSync(file, bytes);
      fdatasyncSync(file);
      took.push(performance.now() - start);
    }
    return took;
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
