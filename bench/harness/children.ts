/**
 * Child processes that hold one contender each, and the conversation with them.
 *
 *   parent -> child   { prepare } . { measure, task, round }* . { close }
 *   child  -> parent  { ok: true, sample? } or { ok: false, error }
 *
 * A separate process keeps one contender's heap and compiled code from colouring another's figures.
 * The parent asks one child at a time, so the others sleep while one is measured. A child that dies
 * takes the suite with it.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sample, Scale } from './suite.js';

export type Request =
  | { kind: 'prepare'; suite: string; contender: string; folder: string; scale: Scale }
  | { kind: 'measure'; task: string; round: number }
  | { kind: 'close' };

export type Reply = { ok: true; sample?: Sample } | { ok: false; error: string };

const CHILD = fileURLToPath(new URL('../child.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HEAP_MB = 8192;
/**
 * A generous pool, so that the rivals' asynchronous calls (libuv threads) can gather their syncs.
 */
const LIBUV_THREADS = '16';

export class Contestant {
  readonly name: string;
  readonly #process: ChildProcess;

  private constructor(name: string, process: ChildProcess) {
    this.name = name;
    this.#process = process;
  }

  static async start(
    suite: string,
    contender: string,
    folder: string,
    scale: Scale,
  ): Promise<Contestant> {
    const contestant = new Contestant(contender, forkScript(CHILD));
    try {
      await contestant.#ask({ kind: 'prepare', suite, contender, folder, scale });
    } catch (error) {
      contestant.abandon();
      throw error;
    }
    return contestant;
  }

  async measure(task: string, round: number): Promise<Sample> {
    return (await this.#ask({ kind: 'measure', task, round })) ?? {};
  }

  async close(): Promise<void> {
    await this.#ask({ kind: 'close' });
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.disconnect();
    await ended;
  }

  /** For the way out after an error: ends the child whatever it does. */
  abandon(): void {
    this.#process.kill('SIGKILL');
  }

  #ask(request: Request): Promise<Sample | undefined> {
    return new Promise((resolve, reject) => {
      const child = this.#process;
      const settle = (): void => {
        child.off('message', onMessage);
        child.off('exit', onExit);
      };
      const onMessage = (message: unknown): void => {
        settle();
        const reply = message as Reply;
        if (reply.ok) resolve(reply.sample);
        else reject(new Error(`${this.name}: ${reply.error}`));
      };
      const onExit = (code: number | null, signal: string | null): void => {
        settle();
        reject(
          new Error(`${this.name}: the process ended in the middle (${signal ?? `code ${code}`})`),
        );
      };
      child.once('message', onMessage);
      child.once('exit', onExit);
      child.send(request);
    });
  }
}

/** Starts a TypeScript file of the benchmarks as a child process with a message channel. */
export function forkScript(script: string, args: string[] = []): ChildProcess {
  return fork(script, args, {
    cwd: ROOT,
    execArgv: ['--import', 'tsx', '--expose-gc', `--max-old-space-size=${HEAP_MB}`],
    env: { ...process.env, UV_THREADPOOL_SIZE: LIBUV_THREADS },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
