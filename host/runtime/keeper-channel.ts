// Requests to the keeper from any thread of the process, over a broadcast channel named for the runtime.
//
// The log thread sleeps on a futex, not in an event loop, so a request is followed by a ring of the doorbell. An error
// travels as its fields and is made anew on the other side.

import { BroadcastChannel, threadId } from 'node:worker_threads';
import type { KeeperReplies, KeeperRequest } from '../engine/keeper-requests.js';
import type { Doorbell } from './control.js';
import { unpackError, type PackedError } from './packed-error.js';
import type { KeepAlive } from './waiting.js';

export interface KeeperMessage {
  readonly database: string;
  readonly from: string;
  readonly id: number;
  readonly request: KeeperRequest;
}

export interface KeeperAnswer {
  readonly to: string;
  readonly id: number;
  readonly reply?: unknown;
  readonly error?: PackedError;
  /** Another answer to the same request follows. */
  readonly more?: boolean;
}

export function channelName(runtime: string): string {
  return `ferritedb:${runtime}`;
}

interface Pending {
  readonly onMore?: (reply: unknown) => void;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

let clients = 0;

/** One thread's way to the keeper of one database. */
export class KeeperClient {
  readonly #channel: BroadcastChannel;
  readonly #database: string;
  readonly #doorbell: Doorbell;
  readonly #keepAlive: KeepAlive;
  readonly #from = `${threadId}.${++clients}`;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(runtime: string, database: string, doorbell: Doorbell, keepAlive: KeepAlive) {
    this.#channel = new BroadcastChannel(channelName(runtime));
    this.#channel.onmessage = (event) => this.#answer((event as { data: KeeperAnswer }).data);
    this.#channel.unref();
    this.#database = database;
    this.#doorbell = doorbell;
    this.#keepAlive = keepAlive;
  }

  ask<Kind extends KeeperRequest['kind']>(
    request: Extract<KeeperRequest, { kind: Kind }>,
    onMore?: (reply: unknown) => void,
  ): Promise<KeeperReplies[Kind]> {
    const id = ++this.#lastId;
    this.#keepAlive.hold();
    const message: KeeperMessage = { database: this.#database, from: this.#from, id, request };
    return new Promise<KeeperReplies[Kind]>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (reply: unknown) => void, reject, onMore });
      this.#channel.postMessage(message);
      this.#doorbell.ring();
    }).finally(() => this.#keepAlive.release());
  }

  /** Rejects what is pending: the keeper is gone. */
  fail(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  close(): void {
    this.#channel.close();
  }

  #answer(answer: KeeperAnswer): void {
    if (answer.to !== this.#from) return;
    const pending = this.#pending.get(answer.id);
    if (answer.more === true) return pending?.onMore?.(answer.reply);
    this.#pending.delete(answer.id);
    if (answer.error !== undefined) pending?.reject(unpackError(answer.error));
    else pending?.resolve(answer.reply);
  }
}
