// At open: the definitions of shapes that have been flushed are read from the tables (keyspace 0) into the shard's
// shape directory, so that items of tables and of the log can be understood. Runs before anything else uses the shard.

import { CURSOR, RESULT, STATUS } from '../core/abi.js';
import { NO_LIMIT, RunReader, writeCursorRequest, type KeyBounds } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import { BlockProvider } from './block-provider.js';

const SHAPE_ID_AT = 12; // table id 0, hash 0, then the id, big-endian

export function loadShapes(attachment: Attachment, core: ShardCore, catalogEpoch: number): void {
  const blocks = new BlockProvider(attachment);
  const run = new RunReader();
  const bounds: KeyBounds = {
    low: new Uint8Array(SHAPE_ID_AT),
    high: Uint8Array.of(0, 0, 0, 1),
    flags: CURSOR.HIGH_EXCLUSIVE,
  };
  for (let more = true; more; ) {
    writeCursorRequest(core, bounds, NO_LIMIT, 0);
    const status = core.exports.cursorNext(catalogEpoch);
    if (status === STATUS.NEED_BLOCK) {
      blocks.provideSync(core, core.need());
      continue;
    }
    if (status < 0) throw attachment.fault(status, core.shard);
    more = core.result(RESULT.MORE) !== 0;
    const lastAt = core.result(RESULT.LAST_KEY_PTR);
    if (more) bounds.low = core.u8.slice(lastAt, lastAt + core.result(RESULT.LAST_KEY_LENGTH));
    bounds.flags |= CURSOR.LOW_EXCLUSIVE;
    const end = core.outAt + core.result(RESULT.BYTES);
    for (let at = core.outAt; at < end; ) {
      at = run.read(core, at);
      const idAt = run.keyAt + SHAPE_ID_AT;
      const id = (core.u8[idAt] << 8) | core.u8[idAt + 1];
      const loaded = core.exports.shapeLoad(id, run.valueAt, run.valueLength);
      if (loaded < 0) throw attachment.fault(loaded, core.shard);
    }
  }
  core.exports.blocksUnpin();
}
