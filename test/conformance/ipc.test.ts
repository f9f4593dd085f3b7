// The conformance suite through the IPC door: a client on a Unix socket of a server on the real engine.

import { connect, open } from '../../host/index.js';
import { conformance } from './suite.js';
import { remoteDoor } from './remote-door.js';

let doors = 0;

conformance(async () => {
  const database = await open();
  const listening = await database.listen({ path: `/tmp/ferrite-${process.pid}-${++doors}.sock` });
  return remoteDoor(await connect(listening.address), () => database.close());
});
