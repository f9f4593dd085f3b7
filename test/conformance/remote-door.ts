// The suite's document door on a connection: the client has its methods, and closing it closes the server too.

import type { RemoteDatabase } from '../../host/index.js';
import type { Door } from './door.js';

export function remoteDoor(remote: RemoteDatabase, closeServer: () => Promise<void>): Door {
  const close = async (): Promise<void> => {
    await remote.close();
    await closeServer();
  };
  return new Proxy(remote as unknown as Door, {
    get(target, name) {
      if (name === 'close') return close;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
