/**
 * A process that takes the lock of a folder: `lock-holder <folder> [block]`. Prints "held", or the
 * code, pid and text of the refusal as JSON. With `block` its thread then sleeps in Atomics.wait;
 * otherwise it holds until it is killed.
 */
import { realFileSystem } from '../../../io/disk/real-file-system.js';
import { StorageError } from '../../../io/errors.js';

const [directory, mode] = process.argv.slice(2);
try {
  await realFileSystem().lock(directory);
  process.stdout.write('held\n', () => {
    if (mode === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    setInterval(() => undefined, 1000);
  });
} catch (error) {
  if (!(error instanceof StorageError)) throw error;
  process.stdout.write(
    `${JSON.stringify({ code: error.code, pid: error.pid, text: error.message })}\n`,
  );
}
