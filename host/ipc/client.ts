// The client's end of an IPC connection: calls become frames, all calls of one tick leave in one write, answers come in any order.
//
// A connection is made when something is to be sent, and again after it failed. Then calls that never left are sent on the next
// one; so are those that change nothing or name a token (`again`), a few times; the others reject with what is known of them.
// The server's credit is kept: calls beyond it wait here.

import { ClientSocket } from '../../io/ipc/client-socket.js';
import type { SocketAddress } from '../../io/ipc/socket-server.js';
import { systemClock } from '../clock.js';
import { ByteSink } from '../core/byte-sink.js';
import { DatabaseClosed } from '../errors.js';
import { CallTimedOut, ConnectionLost } from './client-errors.js';
import { errorOfWire } from './errors.js';
import { FrameReader } from './frame-reader.js';
import { MsgpackWriter } from './msgpack-writer.js';
import { NUMBERED, PROTOCOL_VERSION } from './operations.js';

export interface ClientOptions {
  /** What the server asks for on TCP. */
  readonly secret: string | undefined;
  /** From a call to its answer. */
  readonly timeoutMs: number;
  /** For a connection to be made, all tries together. */
  readonly connectTimeoutMs: number;
  /** How often a call that may be is sent again. */
  readonly retriesMax: number;
}

interface Call {
  readonly operation: string;
  readonly again: boolean;
  readonly deadlineMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Its frame, while it waits or may be sent again. */
  bytes: Uint8Array | undefined;
  tries: number;
}

const NUMBERS = new Map<string, number>(NUMBERED.map((name, i) => [name, i + 1]));
const HELLO_ID = 0;
const ID_MAX = 0xffffffff;
const BACKOFF_FIRST_MS = 5;
const BACKOFF_MAX_MS = 500;

export class IpcClient {
  readonly #address: SocketAddress;
  readonly #place: string;
  readonly #options: ClientOptions;
  readonly #frames: FrameReader;
  /** Sent, not answered, by id in the order of sending. */
  readonly #sent = new Map<number, Call>();
  /** Not sent: no connection, or no credit. */
  #waiting: Call[] = [];
  #writer = new MsgpackWriter(new ByteSink(16_384));
  #socket: ClientSocket | undefined;
  #greeted = false;
  #credit = 0;
  #nextId = 1;
  #flushing = false;
  #closed = false;
  #failure: Error | undefined;
  #failingSinceMs: number | undefined;
  #backoffMs = BACKOFF_FIRST_MS;
  #retryTimer: NodeJS.Timeout | undefined;
  #deadlines: NodeJS.Timeout | undefined;
  #firstTry: ((error?: Error) => void) | undefined;

  constructor(address: SocketAddress, options: ClientOptions) {
    this.#address = address;
    this.#place = 'path' in address ? address.path : `${address.host}:${address.port}`;
    this.#options = options;
    this.#frames = new FrameReader(
      (id, result) => this.#answered(id, result),
      (id, error) => this.#refused(id, error),
    );
  }

  /** Resolves when the server has answered the hello; rejects with why not. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#firstTry = (error) => (error === undefined ? resolve() : reject(error));
      this.#connect();
    });
  }

  /** `again`: it may be sent a second time if nobody knows what became of the first. The input is read before this returns. */
  call(operation: string, input: unknown, again: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new DatabaseClosed());
      const call: Call = {
        operation,
        again,
        deadlineMs: systemClock.monotonicMs() + this.#options.timeoutMs,
        resolve,
        reject,
        bytes: undefined,
        tries: 0,
      };
      const sends = this.#greeted && this.#waiting.length === 0 && this.#sent.size < this.#credit;
      const { sink } = this.#writer;
      const before = sink.length;
      const id = this.#takeId();
      try {
        this.#encode(id, operation, input);
      } catch (error) {
        sink.length = before;
        return reject(error as Error);
      }
      if (!sends || again) call.bytes = sink.u8.slice(before, sink.length);
      if (sends) {
        this.#note(id, call);
        this.#flushSoon();
      } else {
        sink.length = before;
        this.#waiting.push(call);
        this.#watchDeadlines();
        this.#connect();
      }
    });
  }

  /** Waits for what is in flight, then closes. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#sent.size > 0 || this.#waiting.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 1));
    clearTimeout(this.#retryTimer);
    clearInterval(this.#deadlines);
    this.#socket?.destroy();
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === ID_MAX ? 1 : id + 1;
    return this.#sent.has(id) ? this.#takeId() : id;
  }

  #encode(id: number, operation: string, input: unknown): void {
    const { sink } = this.#writer;
    const at = sink.length;
    sink.reserve(16);
    sink.length += 4;
    sink.appendByte(0x93);
    // Five bytes always, so that the frame can be sent again under another id.
    sink.appendByte(0xce);
    sink.patchU32(sink.length, id);
    sink.length += 4;
    const number = NUMBERS.get(operation);
    if (number === undefined) this.#writer.text(operation);
    else sink.appendByte(number);
    this.#writer.write(input ?? {});
    sink.patchU32(at, sink.length - at - 4);
  }

  #note(id: number, call: Call): void {
    call.tries++;
    if (this.#sent.size === 0) this.#socket?.hold(true);
    this.#sent.set(id, call);
    this.#watchDeadlines();
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const { sink } = this.#writer;
    if (sink.length === 0 || this.#socket === undefined) return;
    const left = this.#socket.write(sink.u8.subarray(0, sink.length));
    if (left && sink.u8.length <= 1_048_576) sink.reset();
    else this.#writer = new MsgpackWriter(new ByteSink(16_384));
  }

  /** Sends what waits, as far as the credit goes. */
  #sendWaiting(): void {
    if (!this.#greeted || this.#waiting.length === 0) return;
    let count = 0;
    const { sink } = this.#writer;
    while (count < this.#waiting.length && this.#sent.size < this.#credit) {
      const call = this.#waiting[count++];
      const bytes = call.bytes as Uint8Array;
      const id = this.#takeId();
      const at = sink.length;
      sink.append(bytes);
      sink.patchU32(at + 6, id);
      if (!call.again) call.bytes = undefined;
      this.#note(id, call);
    }
    this.#waiting.splice(0, count);
    this.#flushSoon();
  }

  #answered(id: number, result: unknown): void {
    if (id === HELLO_ID && !this.#greeted) return this.#welcome(result as { inFlightMax: number });
    const call = this.#take(id);
    call?.resolve(result);
  }

  #refused(id: number | undefined, wire: Record<string, unknown>): void {
    const error = errorOfWire(wire);
    if (id === undefined)
      this.#failure = error; // The server closes the connection now.
    else this.#take(id)?.reject(error);
  }

  #take(id: number): Call | undefined {
    const call = this.#sent.get(id);
    if (call === undefined) return undefined; // It timed out.
    this.#sent.delete(id);
    if (this.#waiting.length > 0) this.#sendWaiting();
    if (this.#sent.size === 0) this.#socket?.hold(false);
    return call;
  }

  #connect(): void {
    if (this.#socket !== undefined || this.#retryTimer !== undefined) return;
    this.#failure = undefined;
    this.#failingSinceMs ??= systemClock.monotonicMs();
    this.#frames.reset();
    this.#socket = new ClientSocket(this.#address, this.#options.connectTimeoutMs, {
      connected: () => {
        const hello = { version: PROTOCOL_VERSION, secret: this.#options.secret };
        this.#encode(HELLO_ID, 'Hello', hello);
        this.#flush();
      },
      receive: (chunk) => this.#receive(chunk),
      closed: (cause) => this.#lost(cause),
    });
  }

  #receive(chunk: Buffer): void {
    try {
      this.#frames.receive(chunk);
    } catch (error) {
      this.#socket?.destroy(error as Error);
    }
  }

  #welcome({ inFlightMax }: { inFlightMax: number }): void {
    this.#greeted = true;
    this.#credit = inFlightMax;
    this.#failingSinceMs = undefined;
    this.#backoffMs = BACKOFF_FIRST_MS;
    this.#firstTry?.();
    this.#firstTry = undefined;
    if (this.#waiting.length > 0) this.#sendWaiting();
    else this.#socket?.hold(false);
  }

  /** The connection is gone: what is known of each call that was on it, and another try for those that may have one. */
  #lost(cause: Error | undefined): void {
    this.#socket = undefined;
    this.#greeted = false;
    this.#writer.sink.reset();
    const why = this.#failure ?? cause;
    const sent = [...this.#sent.values()];
    this.#sent.clear();
    const again: Call[] = [];
    for (const call of sent) {
      if (call.again && call.tries <= this.#options.retriesMax) again.push(call);
      else call.reject(new ConnectionLost(call.operation, 'unknown', this.#place, why));
    }
    this.#waiting = [...again, ...this.#waiting];
    if (this.#firstTry !== undefined && this.#failure !== undefined) this.#giveUp(why);
    if (this.#waiting.length > 0 || this.#firstTry !== undefined) this.#retry(why);
    else this.#failingSinceMs = undefined;
  }

  #retry(why: Error | undefined): void {
    const now = systemClock.monotonicMs();
    this.#failingSinceMs ??= now;
    // A server that refuses the hello will refuse the next one too.
    if (this.#failure !== undefined) return this.#giveUp(why);
    if (now + this.#backoffMs - this.#failingSinceMs > this.#options.connectTimeoutMs)
      return this.#giveUp(why);
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#connect();
    }, this.#backoffMs);
    this.#backoffMs = Math.min(BACKOFF_MAX_MS, this.#backoffMs * 2);
  }

  #giveUp(why: Error | undefined): void {
    this.#failingSinceMs = undefined;
    this.#backoffMs = BACKOFF_FIRST_MS;
    const first = this.#firstTry;
    this.#firstTry = undefined;
    first?.(
      why instanceof Error && why === this.#failure ? why : this.#unreachable('connect', why),
    );
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) {
      const outcome = call.tries === 0 ? 'not applied' : 'unknown';
      call.reject(new ConnectionLost(call.operation, outcome, this.#place, why));
    }
  }

  #unreachable(operation: string, why: Error | undefined): Error {
    return new ConnectionLost(operation, 'not applied', this.#place, why);
  }

  /** Looks at the oldest calls now and then: they are in the order of their deadlines, nearly. */
  #watchDeadlines(): void {
    if (this.#deadlines !== undefined) return;
    const everyMs = Math.max(5, Math.min(1_000, this.#options.timeoutMs / 4));
    this.#deadlines = setInterval(() => this.#checkDeadlines(), everyMs);
    this.#deadlines.unref();
  }

  #checkDeadlines(): void {
    const now = systemClock.monotonicMs();
    const { timeoutMs } = this.#options;
    for (const [id, call] of this.#sent) {
      if (call.deadlineMs > now) continue;
      this.#take(id);
      call.reject(new CallTimedOut(call.operation, 'unknown', timeoutMs));
    }
    const late = this.#waiting.filter((call) => call.deadlineMs <= now);
    if (late.length > 0) {
      this.#waiting = this.#waiting.filter((call) => call.deadlineMs > now);
      for (const { operation, reject, tries } of late)
        reject(new CallTimedOut(operation, tries === 0 ? 'not applied' : 'unknown', timeoutMs));
    }
    if (this.#sent.size === 0 && this.#waiting.length === 0) {
      clearInterval(this.#deadlines);
      this.#deadlines = undefined;
    }
  }
}
