// Answers of one connection as frames (io/ipc/PROTOCOL.md), in private memory that is used again once it has left.
//
//   frame := u32 length, big-endian . [id, nil, result] or [id, error]

import type { Connection } from '../../io/ipc/socket-server.js';
import { ByteSink } from '../core/byte-sink.js';
import { RAW_ITEMS, type RawItems } from '../operation/context.js';
import { wireError } from './errors.js';
import { MsgpackWriter } from './msgpack-writer.js';

const NIL = 0xc0;
const ITEM = Buffer.from('\x81\xa4Item', 'latin1');
const SINK_BYTES_KEPT = 1_048_576;

export class AnswerWriter {
  #writer = new MsgpackWriter(new ByteSink(16_384));

  /** Bytes that wait to be sent. */
  get length(): number {
    return this.#writer.sink.length;
  }

  /** `{}` */
  empty(id: number): void {
    const at = this.#begin(id);
    this.#writer.sink.appendByte(0x80);
    this.#end(at);
  }

  /** `{ Item }`, with an item that `write` appends. */
  item(id: number, write: (sink: ByteSink) => void): void {
    const at = this.#begin(id);
    const { sink } = this.#writer;
    sink.append(ITEM);
    write(sink);
    this.#end(at);
  }

  /** What an operation gives, its raw items in their place. */
  output(id: number, output: object): void {
    const before = this.length;
    const at = this.#begin(id);
    try {
      const raw = (output as RawItems)[RAW_ITEMS];
      if (raw === undefined) this.#writer.write(output);
      else this.#withItems(output as Record<string, unknown>, raw);
      this.#end(at);
    } catch (error) {
      this.#writer.sink.length = before;
      throw error;
    }
  }

  #withItems(output: Readonly<Record<string, unknown>>, raw: Uint8Array): void {
    const writer = this.#writer;
    const names = Object.keys(output).filter((name) => output[name] !== undefined);
    const { Count } = output;
    writer.mapHead(names.length + 1);
    if (Count === undefined) {
      writer.text('Item');
    } else {
      writer.text('Items');
      writer.arrayHead(Count as number);
    }
    writer.sink.append(raw);
    for (const name of names) {
      writer.text(name);
      writer.write(output[name], name);
    }
  }

  /** An error of a request; without an id one of the connection. */
  error(id: number | undefined, error: unknown): void {
    const { sink } = this.#writer;
    const at = sink.length;
    sink.reserve(16);
    sink.length += 4;
    sink.appendByte(0x92);
    if (id === undefined) sink.appendByte(NIL);
    else this.#writer.number(id);
    this.#writer.write(wireError(error));
    this.#end(at);
  }

  /** What `write` would append, as bytes of its own. */
  apart(write: () => void): Uint8Array {
    const { sink } = this.#writer;
    const at = sink.length;
    write();
    const bytes = sink.u8.slice(at, sink.length);
    sink.length = at;
    return bytes;
  }

  append(bytes: Uint8Array): void {
    this.#writer.sink.append(bytes);
  }

  /** Sends what waits. Its memory is the socket's until it has left. */
  sendTo(connection: Connection): void {
    const { sink } = this.#writer;
    const left = connection.write(sink.u8.subarray(0, sink.length));
    if (left && sink.u8.length <= SINK_BYTES_KEPT) sink.reset();
    else this.#writer = new MsgpackWriter(new ByteSink(16_384));
  }

  #begin(id: number): number {
    const { sink } = this.#writer;
    const at = sink.length;
    sink.reserve(16);
    sink.length += 4;
    sink.appendByte(0x93);
    this.#writer.number(id);
    sink.appendByte(NIL);
    return at;
  }

  #end(at: number): void {
    const { sink } = this.#writer;
    sink.patchU32(at, sink.length - at - 4);
  }
}
