// The doors through which other processes reach an open database: opened on demand, closed before it.

import type { DirectAccess, Store } from '../engine/store.js';
import type { IpcDoor, ListenOptions } from '../ipc/door.js';
import type { OperationContext } from '../operation/context.js';
import type { DoorService, HttpDoor, HttpOptions } from './http-door.js';
import { SdkRequestHandler } from './sdk/request-handler.js';
import { WireHandler } from './wire/handler.js';

export class Doors {
  readonly #service: DoorService;
  readonly #open = new Set<AsyncDisposable>();
  #sdk: SdkRequestHandler | undefined;
  #direct: DirectAccess | undefined;

  constructor(service: DoorService) {
    this.#service = service;
  }

  async http(options: HttpOptions): Promise<HttpDoor> {
    // Programs that serve nothing do not load the server.
    const { openHttpDoor } = await import('./http-door.js');
    const door = await openHttpDoor(this.#service, options);
    this.#open.add(door);
    return door;
  }

  async ipc(store: Store, operations: OperationContext, options: ListenOptions): Promise<IpcDoor> {
    const { openIpcDoor } = await import('../ipc/door.js');
    this.#direct ??= store.direct?.();
    if (this.#direct === undefined) throw new TypeError('This store serves no other processes.');
    const service = { operations, direct: this.#direct, folder: store.folder };
    const door = await openIpcDoor(service, options);
    this.#open.add(door);
    return door;
  }

  /** The door for clients of the AWS SDK in this process. */
  sdk(requireOpen: () => void): SdkRequestHandler {
    this.#sdk ??= new SdkRequestHandler(new WireHandler(this.#service).handle, requireOpen);
    return this.#sdk;
  }

  /** Every door answers what is in flight, and closes. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((door) => door[Symbol.asyncDispose]()));
  }
}
