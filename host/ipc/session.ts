// One connection of the IPC door: frames in, answers out (io/ipc/PROTOCOL.md).
//
// Bytes of the socket are copied into the private memory of the core that checks them (FrameBench). Reads and writes of one item
// are done from there, with no JavaScript value of the item; for the rest the arguments are read into values and the operation
// that the embedded door has is run. Answers of one stretch of requests leave in one write, from private memory (DESIGN R16).
//
// Bounds: `credit` requests at once, HEAVY_MAX of those with large answers, no request while the client does not read. Past one of
// them the rest of the input waits and the socket is not read; an answer or a drained socket goes on.

import { FRAME_BYTES_MAX, DIRECT, type FrameBench } from '../core/frame-bench.js';
import type { Connection, Peer } from '../../io/ipc/socket-server.js';
import { latin1Slice, utf8Slice } from '../core/codec/native-text.js';
import type { DirectAccess } from '../engine/store.js';
import { SerializationException } from '../errors.js';
import type { OperationContext } from '../operation/context.js';
import { AnswerWriter } from './answer-writer.js';
import { Input } from './input.js';
import { HEAVY, ipcOperation, NUMBERED, PROTOCOL_VERSION } from './operations.js';
import { MsgpackReader } from './msgpack-reader.js';

export interface SessionContext {
  readonly operations: OperationContext;
  /** The same for values in DynamoDB's typed shapes. */
  readonly typedOperations: OperationContext;
  readonly direct: DirectAccess;
  readonly inFlightMax: number;
  /** What all connections hold of frames that are not whole yet. */
  readonly partial: { bytes: number; readonly bytesMax: number };
  /** Whether a client has said in its hello what it must. */
  secretMatches(given: unknown): boolean;
}

/** Before an operation's name: attribute values are in typed shapes. */
const TYPED = 'typed.';
const HEAVY_MAX = 16;
/** Answers are sent once there is this much, even while requests are left to look at. */
const SEND_BYTES = 256 * 1024;
/** What may wait in `partial` without being counted: a read of a socket. */
const FREE_PARTIAL_BYTES = 64 * 1024;

export class Session implements Peer {
  readonly #context: SessionContext;
  readonly #connection: Connection;
  readonly #bench: FrameBench;
  readonly #benchBytes: Buffer;
  readonly #reader = new MsgpackReader();
  readonly #answers = new AnswerWriter();
  readonly #input = new Input();
  readonly #inFlight = new Set<number>();
  #credit: number;
  #heavy = 0;
  #greeted = false;
  /** No more input is looked at: an error of the protocol, or the server closes. */
  #over = false;
  #paused = false;
  #sending = false;
  #partialBytes = 0;
  #finished: (() => void) | undefined;

  constructor(context: SessionContext, connection: Connection) {
    this.#context = context;
    this.#connection = connection;
    this.#credit = context.inFlightMax;
    this.#bench = context.direct.bench;
    this.#benchBytes = Buffer.from(this.#bench.u8.buffer);
  }

  receive(chunk: Buffer): void {
    if (this.#over) return;
    this.#input.push(chunk);
    this.#work();
  }

  drained(): void {
    if (this.#paused) this.#work();
  }

  closed(): void {
    this.#over = true;
    this.#countPartial(0);
    this.#finished?.();
  }

  finish(): Promise<void> {
    this.#over = true;
    return new Promise((resolve) => {
      this.#finished = resolve;
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#inFlight.size > 0 || this.#finished === undefined) return;
    this.#send();
    this.#finished();
  }

  get #blocked(): boolean {
    return (
      this.#inFlight.size >= this.#credit || this.#heavy >= HEAVY_MAX || this.#connection.congested
    );
  }

  /** Looks at whole frames until there is none, or a bound says to wait. */
  #work(): void {
    const input = this.#input;
    const bench = this.#bench;
    while (!this.#over && !this.#blocked) {
      const bytes = input.take(bench.u8, bench.framesAt, bench.framesBytes);
      if (bytes === 0) break;
      let at = bench.framesAt;
      const end = at + bytes;
      while (at + 4 <= end && !this.#over && !this.#blocked) {
        const length = this.#benchBytes.readUInt32BE(at);
        if (length > FRAME_BYTES_MAX) {
          this.#violation(`A frame of ${length} bytes: the most is ${FRAME_BYTES_MAX}`);
          break;
        }
        if (at + 4 + length > end) {
          input.need = 4 + length;
          break;
        }
        this.#frame(at + 4, length);
        at += 4 + length;
        if (this.#answers.length >= SEND_BYTES) this.#send();
      }
      input.giveBack(bench.u8, at, end);
      if (!input.ready) break;
    }
    this.#send();
    this.#countPartial(input.bytes);
    this.#pauseOrResume();
  }

  #pauseOrResume(): void {
    const pause = this.#blocked && !this.#over;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#connection.pause();
    else this.#connection.resume();
  }

  /** Frames that are being received share a bound: past it the connection that wants more is cut off. */
  #countPartial(bytes: number): void {
    const { partial } = this.#context;
    partial.bytes += bytes - this.#partialBytes;
    this.#partialBytes = bytes;
    if (bytes > FREE_PARTIAL_BYTES && partial.bytes > partial.bytesMax && !this.#over)
      this.#violation('The server receives too many large frames at once: try again later');
  }

  #frame(at: number, length: number): void {
    const bench = this.#bench;
    const sound = bench.open(at, length);
    const { id } = bench;
    if (id === undefined) return this.#violation('A frame that is not [id, operation, arguments]');
    if (this.#inFlight.has(id))
      return this.#violation(`A second request ${id} before the first is answered`);
    if (!sound) return this.#malformed(id);
    if (!this.#greeted) return this.#hello(id, at + length);
    if (bench.kind !== DIRECT.NONE && this.#direct(id, at + length)) return;
    this.#run(id, at + length);
  }

  #malformed(id: number): void {
    const error = new SerializationException(
      'The request is not sound msgpack of this protocol: cut off, nested too deep, an unknown ext type, ' +
        'text that is not UTF-8, or not [id, operation, arguments]',
      'arguments',
    );
    if (this.#greeted) this.#answers.error(id, error);
    else this.#violation(error.message);
  }

  /** A read or write of one item, straight from its bytes. False: it must go the long way. */
  #direct(id: number, limit: number): boolean {
    const bench = this.#bench;
    const { operations, direct } = this.#context;
    const { kind, bodyAt } = bench;
    try {
      const table = operations.catalog.findActive(this.#tableName());
      if (table === undefined) return false;
      if (kind === DIRECT.GET) return this.#directGet(id, table, limit);
      const done =
        kind === DIRECT.PUT
          ? direct.put(table, bodyAt, limit)
          : direct.delete(table, bodyAt, limit);
      if (done === undefined) return false;
      this.#later(id, done, () => this.#answers.empty(id));
      return true;
    } catch (error) {
      this.#answers.error(id, error);
      return true;
    }
  }

  #directGet(id: number, table: Parameters<DirectAccess['get']>[0], limit: number): boolean {
    const { consistent, bodyAt } = this.#bench;
    let told = false;
    let answer: Uint8Array | undefined;
    const answers = this.#answers;
    // What is read at once and needs no log is answered where it is found; the rest waits in a copy.
    const found: Parameters<DirectAccess['get']>[4] = (write) => {
      if (told || consistent) answer = answers.apart(() => answers.item(id, write));
      else answers.item(id, write);
    };
    const absent = (): void => {
      if (told || consistent) answer = answers.apart(() => answers.empty(id));
      else answers.empty(id);
    };
    const done = this.#context.direct.get(table, bodyAt, limit, consistent, found, absent);
    told = true;
    if (done === undefined) return false;
    if (done !== true) this.#later(id, done, () => answers.append(answer as Uint8Array));
    return true;
  }

  #lastName = '';
  #lastBytes = Buffer.alloc(0);

  /** Most requests name the table of the one before. */
  #tableName(): string {
    const { u8, tableAt, tableBytes } = this.#bench;
    const last = this.#lastBytes;
    let same = last.length === tableBytes;
    for (let i = 0; same && i < tableBytes; i++) same = last[i] === u8[tableAt + i];
    if (!same) {
      this.#lastBytes = Buffer.from(u8.slice(tableAt, tableAt + tableBytes));
      this.#lastName = this.#lastBytes.toString('utf8');
    }
    return this.#lastName;
  }

  /** Any request, as values. */
  #run(id: number, limit: number): void {
    const bench = this.#bench;
    const called = this.#operationName();
    const typed = called?.startsWith(TYPED) === true;
    const name = typed ? called.slice(TYPED.length) : called;
    const operation = name === undefined ? undefined : ipcOperation(name);
    if (operation === undefined || name === undefined) {
      return this.#answers.error(id, unknownOperation(name ?? String(bench.code)));
    }
    // The text of a direct request has not been looked at yet.
    if (bench.kind !== DIRECT.NONE && !bench.argumentsAreSound(limit)) return this.#malformed(id);
    const heavy = HEAVY.has(name);
    if (heavy) this.#heavy++;
    let done: Promise<unknown>;
    try {
      const input = this.#reader.read(this.#benchBytes, bench.argumentsAt, limit);
      const { operations, typedOperations } = this.#context;
      done = operation(typed ? typedOperations : operations, input);
    } catch (error) {
      done = Promise.reject(error as Error);
    }
    this.#later(
      id,
      done,
      (output) => this.#answers.output(id, output as object),
      heavy ? () => this.#heavy-- : undefined,
    );
  }

  #operationName(): string | undefined {
    const { code, nameAt, nameBytes } = this.#bench;
    if (code !== 0) return NUMBERED[code - 1];
    return utf8Slice(this.#benchBytes, nameAt, nameAt + nameBytes);
  }

  /** Answers once a promise settles. */
  #later(
    id: number,
    done: Promise<unknown>,
    answer: (result: unknown) => void,
    after?: () => void,
  ): void {
    this.#inFlight.add(id);
    const settled = (): void => {
      after?.();
      this.#inFlight.delete(id);
      this.#sendSoon();
    };
    done.then(
      (result) => {
        try {
          answer(result);
        } catch (error) {
          this.#answers.error(id, error);
        }
        settled();
      },
      (error: unknown) => {
        this.#answers.error(id, error);
        settled();
      },
    );
  }

  /** Everything that is answered in one turn leaves together. */
  #sendSoon(): void {
    if (this.#sending) return;
    this.#sending = true;
    queueMicrotask(() => {
      this.#sending = false;
      this.#send();
      this.#settle();
      if (this.#paused) this.#work();
    });
  }

  #send(): void {
    if (this.#answers.length > 0) this.#answers.sendTo(this.#connection);
  }

  #hello(id: number, limit: number): void {
    const { nameAt, nameBytes, code, argumentsAt } = this.#bench;
    const name = code === 0 ? latin1Slice(this.#benchBytes, nameAt, nameAt + nameBytes) : '';
    if (name !== 'Hello') return this.#violation('The first request must be Hello');
    const said = this.#reader.read(this.#benchBytes, argumentsAt, limit) as Record<string, unknown>;
    if (said['version'] !== PROTOCOL_VERSION)
      return this.#violation(`This server speaks version ${PROTOCOL_VERSION} of the protocol`);
    if (!this.#context.secretMatches(said['secret']))
      return this.#violation('The secret is missing or wrong', 'UnrecognizedClientException');
    const wanted = said['inFlightMax'];
    if (typeof wanted === 'number' && wanted >= 1)
      this.#credit = Math.min(this.#credit, Math.floor(wanted));
    this.#greeted = true;
    this.#connection.accept();
    this.#answers.output(id, {
      version: PROTOCOL_VERSION,
      server: 'ferritedb',
      inFlightMax: this.#credit,
      frameBytesMax: FRAME_BYTES_MAX,
      operations: [...NUMBERED],
    });
  }

  /** The client does not keep to the protocol: it is told, and that is the end. */
  #violation(message: string, name = 'ProtocolError'): void {
    this.#over = true;
    this.#answers.error(undefined, Object.assign(new Error(message), { name }));
    this.#send();
    this.#connection.end();
  }
}

function unknownOperation(name: string): Error {
  return Object.assign(new Error(`There is no operation ${JSON.stringify(name.slice(0, 100))}`), {
    name: 'UnknownOperationException',
  });
}
