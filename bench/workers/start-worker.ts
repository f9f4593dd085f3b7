/**
 * Starts a TypeScript file as a worker thread. `--import tsx` does not reach the workers of Node
 * 20, so the worker begins with a line that registers tsx and then imports the file.
 */
import { Worker } from 'node:worker_threads';

export function startWorker(file: URL, workerData: unknown): Worker {
  const target = JSON.stringify(file.href);
  const first = `import('tsx/esm/api').then((t) => { t.register(); return import(${target}); })`;
  return new Worker(first, { eval: true, workerData });
}
