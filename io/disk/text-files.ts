// Text in and out of files and standard streams, for the shell: whole, by lines, or as a stream of pieces; gzip by its
// name. `-` is stdin or stdout.

import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const isGzip = (path: string): boolean => path.endsWith('.gz');

/** A file's bytes, unpacked. An error of the file or of the unpacking is thrown to whoever reads. */
export function readStream(path: string): Readable {
  if (path === '-') return process.stdin;
  const file = createReadStream(path);
  if (!isGzip(path)) return file;
  const unpacked = createGunzip();
  file.on('error', (error) => unpacked.destroy(error));
  return file.pipe(unpacked);
}

export async function readText(path: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of readStream(path)) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces).toString('utf8');
}

/** Lines without their ends. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const input = readStream(path);
  const failed = new Promise<never>((_resolve, reject) => input.once('error', reject));
  failed.catch(() => undefined); // thrown below, if at all
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  for (;;) {
    const next = await Promise.race([lines.next(), failed]);
    if (next.done === true) break;
    yield next.value;
  }
  if (input.errored !== null) throw input.errored;
}

/**
 * Writes text that comes in pieces, packed by the name. A file appears under its name once it is whole: a writer that is
 * stopped leaves `<name>.part`. Gives the bytes written.
 */
export async function writeText(path: string, pieces: AsyncIterable<string>): Promise<number> {
  const out: Writable = path === '-' ? process.stdout : createWriteStream(`${path}.part`);
  const packer = isGzip(path) ? createGzip() : new PassThrough();
  await pipeline(pieces, packer, out, { end: path !== '-' });
  if (path === '-') return 0;
  renameSync(`${path}.part`, path);
  return statSync(path).size;
}

export function makeDirectory(path: string): void {
  mkdirSync(path, { recursive: true });
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

export function filesOf(directory: string): string[] {
  return readdirSync(directory).sort();
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
