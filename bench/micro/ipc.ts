// S2 of PERFORMANCE.md: the IPC door beside Redis (`appendfsync always`), both on a Unix socket, both under one load client: raw Node
// sockets in this process, requests built beforehand, answers counted by their lengths and not looked at. Servers are processes of
// their own. Rounds alternate; medians are printed with the ratio. Redis is left out where there is none.
//
//   npm run build && node --import tsx bench/micro/ipc.ts        PROFILE=folder: the server's --cpu-prof goes there

import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MsgpackWriter } from '../../host/ipc/msgpack-writer.js';
import { makeItems } from '../data/items.js';

const KEYS = 20_000;
const ROUND_MS = Number(process.env['ROUND_MS'] ?? 1_500);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const BUILT = 1_000;
const SHAPES = [
  { depth: 1, connections: 32 },
  { depth: 16, connections: 8 },
] as const;

interface Rival {
  readonly name: string;
  readonly path: string;
  /** Sent once on a connection; one answer comes. */
  readonly hello: Buffer | undefined;
  get(key: number): Buffer;
  set(key: number): Buffer;
  /** Where the answer that begins at `at` ends, or -1 while it is not whole. */
  end(bytes: Buffer, at: number): number;
}

const items = makeItems('standard', KEYS, 7);
let lastId = 0;

function frame(operation: number | string, input: unknown): Buffer {
  const writer = new MsgpackWriter();
  writer.sink.length = 4;
  writer.arrayHead(3);
  writer.number((lastId = (lastId + 1) & 0x7fffffff));
  writer.write(operation);
  writer.write(input);
  writer.sink.patchU32(0, writer.sink.length - 4);
  return Buffer.from(writer.sink.take());
}

function resp(...parts: readonly string[]): Buffer {
  const text = parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('');
  return Buffer.from(`*${parts.length}\r\n${text}`);
}

function ferrite(path: string): Rival {
  return {
    name: 'ferrite',
    path,
    hello: frame('Hello', { version: 1 }),
    get: (key) => {
      const { pk, sk } = items[key];
      return frame(1, { TableName: 'Bench', Key: { pk, sk } });
    },
    set: (key) => frame(2, { TableName: 'Bench', Item: items[key] }),
    end: (bytes, at) => {
      if (bytes.length - at < 4) return -1;
      const end = at + 4 + bytes.readUInt32BE(at);
      return end <= bytes.length ? end : -1;
    },
  };
}

function redis(path: string): Rival {
  const nameOf = (key: number): string => `${String(items[key]['pk'])}/${String(items[key]['sk'])}`;
  return {
    name: 'redis',
    path,
    hello: undefined,
    get: (key) => resp('GET', nameOf(key)),
    set: (key) => resp('SET', nameOf(key), JSON.stringify(items[key])),
    end: (bytes, at) => {
      const line = bytes.indexOf(10, at);
      if (line < 0) return -1;
      if (bytes[at] !== 36) return line + 1;
      let length = 0;
      for (let i = at + 1; i < line - 1; i++) length = length * 10 + bytes[i] - 48;
      const end = line + 3 + length;
      return end <= bytes.length ? end : -1;
    },
  };
}

/** Keeps `depth` requests in flight on one connection and counts answers. */
class Lane {
  answers = 0;
  readonly #rival: Rival;
  readonly #socket: Socket;
  readonly #requests: readonly Buffer[];
  #rest: Buffer | undefined;
  #next = 0;
  #stopped = false;

  private constructor(rival: Rival, socket: Socket, requests: readonly Buffer[]) {
    this.#rival = rival;
    this.#socket = socket;
    this.#requests = requests;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  static async open(rival: Rival, requests: readonly Buffer[]): Promise<Lane> {
    const socket = connect({ path: rival.path });
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    if (rival.hello !== undefined) {
      const answered = new Promise<void>((resolve) => socket.once('data', () => resolve()));
      socket.write(rival.hello);
      await answered;
    }
    return new Lane(rival, socket, requests);
  }

  send(count: number): void {
    const batch: Buffer[] = [];
    for (let i = 0; i < count; i++)
      batch.push(this.#requests[this.#next++ % this.#requests.length]);
    this.#socket.write(count === 1 ? batch[0] : Buffer.concat(batch));
  }

  stop(): void {
    this.#stopped = true;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    let count = 0;
    while (at < bytes.length) {
      const end = this.#rival.end(bytes, at);
      if (end < 0) break;
      at = end;
      count++;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
    this.answers += count;
    if (!this.#stopped && count > 0) this.send(count);
  }
}

async function measure(
  rival: Rival,
  kind: 'get' | 'set',
  { depth, connections }: (typeof SHAPES)[number],
): Promise<number> {
  const lanes = await Promise.all(
    Array.from({ length: connections }, (_, c) => {
      const keys = Array.from({ length: BUILT }, (_key, i) => (c * 7_919 + i * 104_729) % KEYS);
      return Lane.open(
        rival,
        keys.map((key) => rival[kind](key)),
      );
    }),
  );
  for (const lane of lanes) lane.send(depth);
  await pause(ROUND_MS / 4);
  const total = (): number => lanes.reduce((sum, lane) => sum + lane.answers, 0);
  const before = total();
  const began = performance.now();
  await pause(ROUND_MS);
  const rate = ((total() - before) / (performance.now() - began)) * 1000;
  for (const lane of lanes) lane.stop();
  await pause(50);
  for (const lane of lanes) lane.close();
  return rate;
}

async function fill(rival: Rival): Promise<void> {
  const lane = await Lane.open(
    rival,
    items.map((_, key) => rival.set(key)),
  );
  lane.send(256);
  while (lane.answers < KEYS) await pause(10);
  lane.stop();
  await pause(50);
  lane.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const SERVER = `
import { open } from ${JSON.stringify(fileURLToPath(new URL('../../dist/esm/index.js', import.meta.url)))};
const db = await open(process.argv[1]);
const attribute = (AttributeName) => ({ AttributeName, AttributeType: 'S' });
await db.createTable({ TableName: 'Bench', BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  AttributeDefinitions: [attribute('pk'), attribute('sk')] });
await db.listen({ path: process.argv[2] });
console.log('ready');
process.on('SIGTERM', async () => { await db.close(); process.exit(0); });
`;

function started(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (text: Buffer) => {
      if (text.toString().includes(word)) resolve();
    });
    child.on('exit', (code) => reject(new Error(`a server ended with ${code}`)));
  });
}

const folder = mkdtempSync(join(tmpdir(), 'ferrite-s2-'));
const children: ChildProcess[] = [];
const piped: SpawnOptions = { stdio: ['ignore', 'pipe', 'inherit'] };
try {
  const profile = process.env['PROFILE'];
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const [data, socket, other] = [
    join(folder, 'db'),
    join(folder, 'f.sock'),
    join(folder, 'r.sock'),
  ];
  const server = spawn(
    process.execPath,
    [...flags, '--input-type=module', '-e', SERVER, data, socket],
    piped,
  );
  children.push(server);
  await started(server, 'ready');
  const rivals = [ferrite(socket)];
  if (spawnSync('redis-server', ['--version']).status === 0) {
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    const place = ['--port', '0', '--unixsocket', other, '--dir', folder];
    const rival = spawn('redis-server', [...place, ...durable], piped);
    children.push(rival);
    await started(rival, 'onnections at');
    rivals.push(redis(other));
  }
  for (const rival of rivals) await fill(rival);
  for (const kind of ['get', 'set'] as const) {
    for (const shape of SHAPES) {
      const rates = rivals.map((): number[] => []);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [i, rival] of rivals.entries()) rates[i].push(await measure(rival, kind, shape));
      }
      const told = rivals.map(({ name }, i) => {
        const rounds = rates[i].map((rate) => Math.round(rate / 1000)).join(' ');
        return `${name} ${Math.round(median(rates[i]))}/s (${rounds} k)`;
      });
      const ratio =
        rates.length < 2 ? '' : `  ratio ${(median(rates[0]) / median(rates[1])).toFixed(2)}`;
      console.log(
        `${kind} depth ${shape.depth} x ${shape.connections}: ${told.join('  ')}${ratio}`,
      );
    }
  }
} finally {
  for (const child of children) child.kill('SIGTERM');
  await pause(1_000);
  rmSync(folder, { recursive: true, force: true });
}
