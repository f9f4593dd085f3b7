// The doors through which other processes reach an open database: opened on demand, closed before it.

import type { DoorService, HttpDoor, HttpOptions } from './http-door.js';

export class Doors {
  readonly #service: DoorService;
  readonly #open = new Set<AsyncDisposable>();

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

  /** Every door answers what is in flight, and closes. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((door) => door[Symbol.asyncDispose]()));
  }
}
